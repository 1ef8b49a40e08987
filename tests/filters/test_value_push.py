"""Value push: which way tones go, and what stays."""

import numpy as np
import pytest

from composer.operation import References
from composer.pixels.color import srgb_to_oklab
from composer.pixels.raster import Array, Raster

from .trying import bare_edges, blobs, flat, mask, raster, run

PHOTO = raster(blobs(1, (0.55, 0.45, 0.35), 0.12))


def lab(image: Raster) -> Array:
    return srgb_to_oklab(image.to_float()[..., :3])


def ramp(depth: int = 16) -> Raster:
    return raster(np.linspace(0, 1, 256, dtype=np.float32)[None, :, None].repeat(32, 0).repeat(3, 2), depth)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("knobs", [{"push": 1}, {"push": -1}, {"contrast": 1}, {"contrast": -1}])
def test_black_and_white_stay_and_order_is_kept(knobs: dict[str, float], depth: int) -> None:
    result = run("value_push", ramp(depth), **knobs).to_float()[0]
    assert result[0] == pytest.approx([0, 0, 0, 1])
    assert result[-1] == pytest.approx([1, 1, 1, 1])
    assert np.diff(result[:, 0]).min() >= 0
    assert np.abs(np.ptp(result[:, :3], axis=1)).max() < 0.005, "greys stay grey"


@pytest.mark.parametrize("knobs", [{"push": 1}, {"push": 0.5, "contrast": -1}])
def test_noise_in_blacks_does_not_become_bright_speckles(knobs: dict[str, float]) -> None:
    """A first level of 43, as the curve by itself gives, is a speckle; what is dark and drawn comes up."""
    levels = [int(run("value_push", flat((v / 255,) * 3), **knobs).pixels[0, 0, 0]) for v in (1, 2, 40)]
    assert levels[0] <= 5
    assert levels[1] <= 13
    assert levels[2] > 80


def test_push_makes_lighter_or_darker() -> None:
    darker, lighter = (lab(run("value_push", PHOTO, push=push))[..., 0].mean() for push in (-0.5, 0.5))
    assert darker < lab(PHOTO)[..., 0].mean() - 0.1
    assert lighter > lab(PHOTO)[..., 0].mean() + 0.1


def test_contrast_turns_about_the_mean() -> None:
    before = lab(PHOTO)[..., 0]
    for contrast, wider in ((0.5, True), (-0.5, False)):
        after = lab(run("value_push", PHOTO, contrast=contrast))[..., 0]
        assert bool(after.std() > before.std()) == wider
        assert after.mean() == pytest.approx(before.mean(), abs=0.02)


def test_contrast_turns_about_the_mean_of_the_figure() -> None:
    half = (np.arange(128) < 64).astype(np.float32)[None].repeat(128, 0)
    parts = raster(
        np.where(half[..., None] > 0, np.float32(0.2), np.float32(0.7)) * np.ones((1, 1, 3), np.float32)
    )
    result = run("value_push", parts, References(masks={"figure": mask(half)}), figure="a", contrast=-0.8)
    assert np.abs(result.to_float()[:, :64, 0] - 0.2).max() < 0.01
    assert result.to_float()[0, 100, 0] < 0.65


def test_hues_stay() -> None:
    for push in (-0.6, 0.6):
        before, after = lab(PHOTO), lab(run("value_push", PHOTO, push=push))
        hues = [np.arctan2(each[..., 2], each[..., 1]) for each in (before, after)]
        colored = np.minimum(*(np.hypot(each[..., 1], each[..., 2]) for each in (before, after))) > 0.03
        assert np.abs(np.angle(np.exp(1j * (hues[0] - hues[1]))))[colored].max() < 0.1


@pytest.mark.parametrize(("color", "push"), [((0.012, 0.004, 0.004), 1), ((0.97, 0.93, 0.9), -1)])
def test_pale_clouds_pushed_darker_do_not_turn_yellow(color: tuple[float, float, float], push: float) -> None:
    """Nor do deep shadows glow when they are lifted: chroma grows by two fifths at the most."""
    before = flat(color, 16)
    chroma = [np.hypot(*lab(image)[4, 4, 1:]) for image in (before, run("value_push", before, push=push))]
    assert chroma[1] < 1.45 * chroma[0]


def test_temperature_warms_and_saturation_greys() -> None:
    before = lab(PHOTO)
    warm, grey = (
        lab(run("value_push", PHOTO, **knobs)) for knobs in ({"temperature": 1}, {"saturation": -1})
    )
    assert (warm[..., 2] - before[..., 2]).mean() > 0.02
    assert np.abs(warm[..., 0] - before[..., 0]).max() < 0.02
    assert np.hypot(grey[..., 1], grey[..., 2]).max() < 0.01


def test_alpha_stays_and_bare_layers_come_back() -> None:
    alpha = np.linspace(0, 1, 64, dtype=np.float32)[None].repeat(64, 0)
    faded = raster(np.full((64, 64, 3), 0.5, np.float32), 8, alpha)
    assert np.array_equal(run("value_push", faded, push=0.5).pixels[..., 3], faded.pixels[..., 3])
    for image in bare_edges():
        assert run("value_push", image, push=0.5).pixels.shape == image.pixels.shape
    assert run("value_push", PHOTO) is PHOTO
    assert run("value_push", flat((0, 0, 0)), push=1, contrast=1).pixels[..., :3].max() == 0
