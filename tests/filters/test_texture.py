"""Texture: what comes in of a texture, and what of the layer stays."""

import numpy as np
import pytest

from composer.operation import References
from composer.pixels.color import srgb_to_oklab
from composer.pixels.raster import Array, Raster

from .trying import bare_edges, blobs, flat, raster, run

SIZE = 128


def relief(size: int = 64) -> Array:
    """(size, size, 3): small red and dark bumps on a slope from dark to light."""
    rng = np.random.default_rng(2)
    bumps = np.kron(rng.uniform(-0.15, 0.15, (size // 4, size // 4)), np.ones((4, 4)))
    slope = np.linspace(0.2, 0.8, size)[None]
    return np.clip((slope + bumps)[..., None] * (1.0, 0.7, 0.6), 0, 1).astype(np.float32)


WALL = raster(relief())
PLAIN = flat((0.4, 0.5, 0.6), 16, SIZE)


def textured(image: Raster, of: Raster = WALL, **knobs: object) -> Raster:
    return run("texture", image, References(rasters={"of": of}), **({"of": "wall", "size": 64} | knobs))


def lab(image: Raster) -> Array:
    return srgb_to_oklab(image.to_float()[..., :3])


def likeness(a: Array, b: Array) -> float:
    fine = [each - np.roll(each, 4, axis=1) for each in (a, b)]
    return float(np.corrcoef(fine[0][:, 8:].ravel(), fine[1][:, 8:].ravel())[0, 1])


@pytest.mark.parametrize("depth", [8, 16])
def test_the_relief_comes_in_and_the_tone_stays(depth: int) -> None:
    before = flat((0.4, 0.5, 0.6), depth, SIZE)
    after = lab(textured(before, strength=1))
    assert likeness(after[:64, :64, 0], lab(WALL)[..., 0]) > 0.95
    assert after[..., 0].mean() == pytest.approx(lab(before)[..., 0].mean(), abs=0.004)
    middle = after[16:-16, 16:-16, 0]
    assert abs(middle[:, :48].mean() - middle[:, 48:].mean()) < 0.02, "the texture's own slope must stay out"


def test_only_lightness_changes_unless_colour_is_wanted() -> None:
    before = lab(PLAIN)
    assert np.abs(lab(textured(PLAIN))[..., 1:] - before[..., 1:]).max() < 0.003
    assert lab(textured(PLAIN, color=1))[..., 1].std() > 0.004


def test_it_goes_on_mirrored_without_a_seam() -> None:
    """A third repeat is the first again, and the joint between two is no edge."""
    after = lab(textured(flat((0.5, 0.5, 0.5), 16, 256), strength=1))[..., 0]
    assert after[32:96, 32:60] == pytest.approx(after[160:224, 160:188], abs=0.02)
    steps = np.abs(np.diff(after, axis=1)).mean(axis=0)
    assert steps[63] < 2 * steps[40:88].mean()


def test_strong_lines_of_the_layer_stay() -> None:
    edge = np.where(np.arange(SIZE) < 64, 0.1, 0.9)[None, :, None]
    image = raster(np.broadcast_to(edge, (SIZE, SIZE, 3)).astype(np.float32), 16)
    step = np.diff(lab(textured(image))[..., 0], axis=1)[:, 63]
    assert step == pytest.approx(np.full(SIZE, np.diff(lab(image)[0, :, 0])[63]), abs=0.1)


def test_strength_is_how_strong_the_relief_is() -> None:
    faint, full = (lab(textured(PLAIN, strength=strength))[..., 0].std() for strength in (0.5, 1.0))
    assert faint == pytest.approx(full / 2, rel=0.05)
    assert textured(PLAIN, strength=0) is PLAIN


def test_size_and_rotation_lay_it_out() -> None:
    large = lab(textured(PLAIN, size=128))[..., 0]
    assert (
        np.abs(np.diff(large, axis=1)).mean() < np.abs(np.diff(lab(textured(PLAIN))[..., 0], axis=1)).mean()
    )
    stripes = np.where(np.arange(64) % 8 < 4, 0.3, 0.7)[None, :, None].repeat(64, 0).repeat(3, 2)
    wall = raster(stripes.astype(np.float32))
    upright, turned = (lab(textured(PLAIN, wall, rotate=rotate))[..., 0] for rotate in (0, 90))
    assert upright.mean(axis=0).std() > 20 * upright.mean(axis=1).std()
    assert turned.mean(axis=1).std() > 20 * turned.mean(axis=0).std()


def test_the_texture_lies_on_the_canvas() -> None:
    whole = lab(textured(flat((0.5, 0.5, 0.5), 16, 192), coarsest=8))
    part = Raster(np.ascontiguousarray(flat((0.5, 0.5, 0.5), 16, 96).pixels), 40, 50)
    result = textured(part, coarsest=8)
    assert lab(result)[24:-24, 24:-24] == pytest.approx(whole[74:122, 64:112], abs=0.01)
    assert (result.left, result.top) == (40, 50)


def test_it_follows_alpha() -> None:
    """What is transparent has no say: whatever colours lie there, the visible part is the same."""
    alpha = np.zeros((SIZE, SIZE), np.float32)
    alpha[32:96, 32:96] = 1
    soft = blobs(4, (0.5, 0.5, 0.5), 0.02, SIZE)
    one, other = (
        textured(raster(np.where(alpha[..., None] > 0, soft, color).astype(np.float32), 8, alpha))
        for color in (0.0, 1.0)
    )
    assert np.array_equal(one.pixels[32:96, 32:96], other.pixels[32:96, 32:96])
    assert np.array_equal(one.pixels[..., 3], np.rint(alpha * 255))


def test_black_and_white_stay_clean() -> None:
    for value in (0.0, 1.0):
        plain = flat((value,) * 3, 8, SIZE)
        assert np.array_equal(textured(plain).pixels, plain.pixels)


def test_no_relief_however_strong_makes_bright_spots_of_what_is_nearly_black() -> None:
    plain = flat((5 / 255,) * 3, 8, SIZE)
    assert textured(plain, strength=4).pixels[..., :3].max() < 32


def test_bare_layers_come_back() -> None:
    for image in (*bare_edges(), PLAIN):
        for wall in (*bare_edges(), WALL):
            assert textured(image, wall).pixels.shape == image.pixels.shape
