"""Match: whose colours a layer takes, and what it never does to a sky."""

import numpy as np
import pytest

from composer.operation import References
from composer.pixels.color import oklab_to_srgb, srgb_to_oklab
from composer.pixels.raster import Array, Raster

from .trying import bare_edges, blobs, flat, mask, raster, run

WARM = raster(blobs(1, (0.7, 0.5, 0.3)))
COLD = raster(blobs(2, (0.3, 0.4, 0.5), 0.06))


def lab(image: Raster) -> Array:
    return srgb_to_oklab(image.to_float()[..., :3]).reshape(-1, 3)


def matched(image: Raster, to: Raster, **knobs: object) -> Raster:
    return run("match", image, References(rasters={"to": to}), to="other", **knobs)


@pytest.mark.parametrize("method", ["mkl", "reinhard"])
@pytest.mark.parametrize("depth", [8, 16])
def test_all_the_way_the_colours_have_the_others_mean_and_spread(method: str, depth: int) -> None:
    result = lab(matched(raster(WARM.to_float()[..., :3], depth), COLD, method=method, strength=1))
    assert result.mean(axis=0) == pytest.approx(lab(COLD).mean(axis=0), abs=0.01)
    assert result.std(axis=0) == pytest.approx(lab(COLD).std(axis=0), rel=0.15)


def test_mkl_matches_how_colours_vary_together() -> None:
    def covariance(image: Raster) -> Array:
        return np.cov(lab(image).T)

    wanted = covariance(COLD)
    mkl, reinhard = (
        np.abs(covariance(matched(WARM, COLD, method=method, strength=1)) - wanted).max()
        for method in ("mkl", "reinhard")
    )
    assert mkl < reinhard


def test_strength_is_how_far_it_goes() -> None:
    start, end = lab(WARM).mean(axis=0), lab(matched(WARM, COLD, strength=1)).mean(axis=0)
    half = lab(matched(WARM, COLD, strength=0.5)).mean(axis=0)
    assert half == pytest.approx((start + end) / 2, abs=0.01)
    assert matched(WARM, COLD, strength=0) is WARM


def test_luminance_and_chroma_are_apart() -> None:
    only_light = lab(matched(WARM, COLD, strength=1, chroma=0))
    only_color = lab(matched(WARM, COLD, strength=1, luminance=0))
    assert np.abs(only_color[:, 0] - lab(WARM)[:, 0]).max() < 0.01
    assert only_light[:, 1:].mean(axis=0) == pytest.approx(lab(WARM)[:, 1:].mean(axis=0), abs=0.01)
    assert only_light[:, 0].mean() == pytest.approx(lab(COLD)[:, 0].mean(), abs=0.02)


def test_a_layer_matched_to_itself_stays() -> None:
    assert np.abs(matched(WARM, WARM, strength=1).pixels.astype(int) - WARM.pixels).max() <= 1


def test_only_what_shows_is_looked_at() -> None:
    """A bright red surround that is transparent, or outside the masks, changes nothing."""
    inside = np.zeros((128, 128), np.float32)
    inside[32:96, 32:96] = 1
    painted = np.where(inside[..., None] > 0, WARM.to_float()[..., :3], np.float32([1, 0, 0]))
    other = np.where(inside[..., None] > 0, COLD.to_float()[..., :3], np.float32([1, 0, 0]))
    cut = matched(raster(painted, alpha=inside), raster(other, alpha=inside))
    references = References(
        rasters={"to": raster(other)}, masks={"where": mask(inside), "figure": mask(inside)}
    )
    masked = run("match", raster(painted), references, to="other", where="a", figure="b")
    box = (slice(32, 96), slice(32, 96))
    assert np.array_equal(masked.pixels[box], cut.pixels[box])
    assert not np.array_equal(matched(raster(painted), raster(other)).pixels[box], cut.pixels[box])


def test_what_hardly_shows_hardly_counts() -> None:
    """A red veil of one part in fifty over half of a picture moves its match by next to nothing."""
    half = np.where(np.arange(128) < 64, 1.0, 0.02)[None].repeat(128, 0).astype(np.float32)
    veiled = np.where(half[..., None] == 1, WARM.to_float()[..., :3], np.float32([1, 0, 0]))
    alone = matched(raster(veiled, alpha=(half == 1).astype(np.float32)), COLD, strength=1).to_float()
    with_veil = matched(raster(veiled, alpha=half), COLD, strength=1).to_float()
    assert np.abs(with_veil - alone)[:, :64, :3].mean() < 0.01


def test_alpha_and_place_stay() -> None:
    alpha = np.linspace(0, 1, 128, dtype=np.float32)[None].repeat(128, 0)
    image = Raster(raster(WARM.to_float()[..., :3], alpha=alpha).pixels, 30, 12)
    result = matched(image, COLD)
    assert np.array_equal(result.pixels[..., 3], image.pixels[..., 3])
    assert (result.left, result.top) == (30, 12)


def test_a_flat_layer_is_not_blown_up() -> None:
    """A clear sky with a little grain takes the colour, and its grain stays a grain."""
    rng = np.random.default_rng(3)
    sky = np.array((0.5, 0.65, 0.8)) + rng.normal(0, 0.004, (128, 128, 3))
    result = matched(raster(sky.astype(np.float32), 16), raster(blobs(4, (0.5, 0.4, 0.3), 0.25)), strength=1)
    assert lab(result).std(axis=0).max() < 0.015


def test_the_grain_of_one_clear_sky_is_not_given_to_another() -> None:
    rng = np.random.default_rng(5)
    calm, grainy = (
        raster((np.array(blue) + rng.normal(0, grain, (128, 128, 1))).astype(np.float32), 16)
        for blue, grain in (((0.5, 0.65, 0.8), 0.003), ((0.4, 0.5, 0.7), 0.007))
    )
    ratio = lab(matched(calm, grainy, strength=1))[:, 0].std() / lab(calm)[:, 0].std()
    assert 1 <= ratio < 1.4


def test_a_gradient_stays_a_gradient() -> None:
    """What would go beyond white rolls off: no plateau, no step, no turn of hue."""
    light = np.linspace(0.55, 0.97, 256, dtype=np.float32)
    sky = oklab_to_srgb(np.stack((light, -0.02 * (1 - light), -0.05 * (1 - light)), axis=1))[None].repeat(
        32, 0
    )
    bright = raster(np.clip(blobs(5, (0.9, 0.9, 0.85), 0.1), 0, 1))
    result = lab(matched(raster(sky, 16), bright, strength=1, chroma=0)).reshape(32, 256, 3)[0]
    steps = np.diff(result[:, 0])
    assert steps.min() > 0
    assert steps.max() < 3 * np.median(steps)
    colored = np.hypot(result[:, 1], result[:, 2]) > 0.003
    assert np.ptp(np.arctan2(result[colored, 2], result[colored, 1])) < 0.03


def test_strips_do_not_show() -> None:
    row = blobs(6, (0.4, 0.5, 0.6))[:1].repeat(2000, 0)
    result = matched(raster(row), COLD).pixels
    assert np.array_equal(result, result[:1].repeat(2000, 0))


def test_bare_layers_come_back() -> None:
    for image in bare_edges():
        assert matched(image, COLD).pixels.shape == image.pixels.shape
        unseen = matched(flat((0.2, 0.4, 0.6)), image)
        assert unseen.pixels.shape == (64, 64, 4)
