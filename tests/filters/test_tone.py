"""Tone: what a local tone map does to shadows, highlights, edges and colours."""

import numpy as np
import pytest

from composer.pixels.color import srgb_to_oklab
from composer.pixels.gaussian import gaussian
from composer.pixels.raster import Array, Raster

from .trying import bare_edges, raster, run


def toned(image: Raster, **knobs: object) -> Raster:
    return run("tone", image, **knobs)


def grey(values: Array, depth: int = 16) -> Raster:
    return raster(np.repeat(values.astype(np.float32)[..., None], 3, axis=2), depth)


def red(image: Raster) -> Array:
    return image.to_float()[..., 0]


def lightness(image: Raster) -> Array:
    return srgb_to_oklab(image.to_float()[..., :3])[..., 0]


def test_shadows_are_lifted_and_highlights_held_and_the_middle_stays() -> None:
    flat = {
        level: lightness(toned(grey(np.full((48, 48), level)), shadows=0.6, highlights=-0.6)).mean()
        for level in (0.1, 0.4, 0.9)
    }
    before = {level: lightness(grey(np.full((1, 1), level))).item() for level in flat}
    assert flat[0.1] > before[0.1] + 0.03
    assert flat[0.9] < before[0.9] - 0.03
    assert flat[0.4] == pytest.approx(before[0.4], abs=0.03)


def test_noise_in_blacks_does_not_become_bright_speckles() -> None:
    first, second = (toned(grey(np.full((48, 48), v / 255)), shadows=1, contrast=-1) for v in (1, 2))
    assert red(first).max() * 255 < 4
    assert red(second).max() * 255 < 8


def test_black_and_white_stay_black_and_white() -> None:
    ends = np.where(np.arange(96) < 48, 0.0, 1.0) * np.ones((64, 1))
    result = red(toned(grey(ends), shadows=1, highlights=-1, contrast=1))
    assert result == pytest.approx(ends, abs=0.01)


@pytest.mark.parametrize("softness", [1, 8, 30])
@pytest.mark.parametrize("radius", [10, 60])
def test_no_halo_beside_a_skyline(softness: float, radius: float) -> None:
    """Beside an edge nothing becomes darker or lighter than far from it, and no edge turns round."""
    across = np.clip((np.arange(400) - 200) / softness + 0.5, 0, 1)
    sky = np.tile(0.1 + 0.8 * across, (120, 1))
    result = lightness(toned(grey(sky), shadows=0.8, highlights=-0.8, radius=radius))[60]
    assert result.max() - result[-10] < 0.015
    assert result[10] - result.min() < 0.015
    assert np.diff(result).min() > -0.004


def test_mid_tones_keep_their_drawing_where_the_curve_is_flat() -> None:
    """Both ends drawn in fully leave a third of the mid-tones' contrast, were it not given back."""
    y, x = np.mgrid[0:160, 0:160]
    stucco = grey(0.4 + 0.02 * np.sin(x / 3) * np.sin(y / 3))
    before = lightness(stucco)[40:-40, 40:-40].std()
    after = lightness(toned(stucco, shadows=1, highlights=-1))[40:-40, 40:-40].std()
    assert after > 0.5 * before


def test_detail_is_raised_and_calmed() -> None:
    rng = np.random.default_rng(3)
    bark = grey(0.4 + gaussian(rng.normal(0, 0.1, (128, 128)), 2))
    before, more, less = (
        lightness(toned(bark, shadows=0, highlights=0, detail=detail)).std() for detail in (0, 1, -0.7)
    )
    assert more > 1.5 * before
    assert less < 0.5 * before


def test_colours_keep_their_hue() -> None:
    rng = np.random.default_rng(4)
    image = raster(np.kron(rng.uniform(0.15, 0.75, (4, 4, 3)), np.ones((24, 24, 1))), 16)
    before, after = (srgb_to_oklab(each.to_float()[..., :3]) for each in (image, toned(image, shadows=0.8)))
    colored = np.hypot(before[..., 1], before[..., 2]) > 0.03
    hue = [np.arctan2(lab[..., 2], lab[..., 1])[colored] for lab in (before, after)]
    assert np.abs(np.angle(np.exp(1j * (hue[0] - hue[1])))).max() < np.deg2rad(2)


def test_what_is_transparent_does_not_shine_into_what_is_not() -> None:
    pixels = np.zeros((96, 96, 4), np.uint8)
    pixels[32:64, 32:64] = (60, 60, 60, 255)
    result = toned(Raster(pixels), shadows=0.8).pixels
    inside = result[32:64, 32:64, :3].astype(int)
    assert np.ptp(inside) <= 1
    assert np.array_equal(result[..., 3], pixels[..., 3])


def test_a_draft_looks_like_the_whole() -> None:
    rng = np.random.default_rng(8)
    rough = np.kron(rng.uniform(0.1, 0.9, (10, 15)), np.ones((32, 32)))
    whole = lightness(toned(grey(rough), shadows=0.7, highlights=-0.7, detail=0.5, radius=40))
    draft = lightness(toned(grey(rough[::2, ::2]), shadows=0.7, highlights=-0.7, detail=0.5, radius=20))
    assert np.abs(whole[::2, ::2] - draft).mean() < 0.01


def test_bare_edges_are_fine() -> None:
    for image in bare_edges():
        assert toned(image).bounds == image.bounds
