"""Infill: what is seen behind a figure that was taken away, and that nothing of the figure is left."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt
from skimage import data

from composer.operation import References
from composer.pixels.gaussian import gaussian
from composer.pixels.raster import Array, Raster

from .trying import bare_edges, mask, raster, run

SIZE = 256
METHODS = ("push_pull", "patch")
PINK = (1.0, 0.0, 0.9)


def figure(soft: float = 2.0, size: int = SIZE) -> Array:
    """A blob in the middle, (size, size) 0…1, with an edge of about `soft` pixels."""
    y, x = np.mgrid[0:size, 0:size] - size / 2
    radius = size / 5 * (1 + 0.25 * np.sin(3 * np.arctan2(y, x)))
    shown: Array = np.clip((radius - np.hypot(x, y)) / soft + 0.5, 0, 1).astype(np.float32)
    return shown


def photo(name: str, top: int = 0, left: int = 0) -> Array:
    grey = getattr(data, name)()[top : top + SIZE, left : left + SIZE] / 255
    tinted: Array = (grey[..., None] * (0.7, 0.9, 0.6)).astype(np.float32)
    return tinted


def with_figure(background: Array, shown: Array) -> Array:
    mixed: Array = background + shown[..., None] * (np.float32(PINK) - background)
    return mixed


def filled(name: str, depth: int = 8, **knobs: object) -> tuple[Raster, Raster]:
    shown = figure()
    image = raster(with_figure(photo(name), shown), depth)
    return image, run("infill", image, References(masks={"figure": mask(shown)}), **knobs)


def roughness(result: Raster) -> Array:
    """(H, W): the standard deviation of brightness about each pixel."""
    grey = result.to_float()[..., :3].mean(axis=2)
    deviation: Array = np.sqrt(np.maximum(gaussian(grey * grey, 3) - gaussian(grey, 3) ** 2, 0))
    return deviation


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("depth", [8, 16])
def test_nothing_of_the_figure_is_left(method: str, depth: int) -> None:
    image, result = filled("grass", depth, method=method)
    pink = result.to_float()[..., 0] - result.to_float()[..., 1]
    assert pink.max() < 0.02
    seen = figure(30) == 0
    assert np.array_equal(result.pixels[seen], image.pixels[seen]), "the background has changed"


@pytest.mark.parametrize("name", ["grass", "gravel", "brick"])
def test_patches_have_the_texture_of_the_background(name: str) -> None:
    _, result = filled(name, method="patch", margin=2)
    rough, inside, outside = roughness(result), figure(1) == 1, figure(40) == 0
    ratio = rough[inside].mean() / rough[outside].mean()
    assert 0.6 < ratio < 1.5, f"texture ratio {ratio:.2f}"
    at_the_seam = (figure(2) == 0) & (figure(12) > 0.0) & (figure(12) < 0.4)
    steps = np.abs(np.gradient(result.to_float()[..., 1], axis=1))
    seam = steps[at_the_seam].mean() / steps[outside].mean()
    assert 0.7 < seam < 1.4, f"seam gradient {seam:.2f}"


def test_push_pull_lets_the_colours_run_in_without_a_seam() -> None:
    _, result = filled("gravel")
    green, shown = result.to_float()[..., 1], figure(1) == 1
    assert roughness(result)[shown].mean() < 0.02
    assert green[shown].mean() == pytest.approx(green[~shown].mean(), abs=0.08)


def test_the_fill_is_the_same_every_time() -> None:
    assert (
        filled("gravel", method="patch")[1].pixels.tobytes()
        == filled("gravel", method="patch")[1].pixels.tobytes()
    )


def test_texture_reaches_to_its_width_and_nothing_of_the_figure_is_left() -> None:
    _, result = filled("grass", method="patch", width=12)
    pink = result.to_float()[..., 0] - result.to_float()[..., 1]
    assert pink.max() < 0.05
    rough, shown = roughness(result), figure()
    inside = distance_transform_edt(shown >= 0.5)
    assert rough[inside > 30].mean() < 0.3 * rough[(inside > 3) & (inside < 9)].mean()


@pytest.mark.parametrize("method", METHODS)
def test_what_is_transparent_stays_so_and_lends_no_colour(method: str) -> None:
    shown = figure()
    alpha = np.ones_like(shown)
    alpha[:, : SIZE // 3] = 0
    colors = with_figure(photo("grass"), shown)
    colors[:, : SIZE // 3] = PINK
    image = raster(colors, alpha=alpha)
    result = run("infill", image, References(masks={"figure": mask(shown)}), method=method)
    assert np.array_equal(result.pixels[..., 3], image.pixels[..., 3])
    visible = result.to_float()[alpha > 0]
    assert (visible[:, 0] - visible[:, 1]).max() < 0.02


@pytest.mark.parametrize("method", METHODS)
def test_pictures_without_a_background_or_a_figure_stay_as_they_are(method: str) -> None:
    image = raster(photo("grass"))
    for value in (0.0, 1.0):
        told: list[str] = []
        everywhere = References(masks={"figure": mask(np.full((SIZE, SIZE), value))}, tell=told.append)
        assert np.array_equal(run("infill", image, everywhere, method=method).pixels, image.pixels)
        assert bool(told) is bool(value), "that the figure stays is told"
    for odd in bare_edges():
        half = mask(np.tile((0.0, 1.0), (12, 6)))
        assert run("infill", odd, References(masks={"figure": half}), method=method).extent == odd.extent


def test_a_figure_that_fills_a_tiny_picture_but_for_a_rim_is_filled() -> None:
    """No patch is known wholly: the colours run in instead."""
    shown = np.ones((24, 24), np.float32)
    shown[:2] = 0
    image = raster(with_figure(np.full((24, 24, 3), 0.3, np.float32), shown))
    result = run("infill", image, References(masks={"figure": mask(shown)}), method="patch", margin=0)
    assert np.abs(result.to_float()[..., :3] - 0.3).max() < 0.01


def test_a_horizon_goes_on_behind_the_figure() -> None:
    """Sky above it and meadow below, both grained: neither gets into the other's half."""
    grain = np.random.default_rng(4).normal(0, 0.04, (SIZE, SIZE, 1))
    above = np.arange(SIZE)[:, None, None] < SIZE // 2
    scene = np.where(above, np.float32((0.4, 0.55, 0.8)), np.float32((0.3, 0.5, 0.2))) + grain
    shown = figure(size=400)[72:-72, 72:-72]
    image = raster(with_figure(np.clip(scene, 0, 1).astype(np.float32), shown))
    result = run("infill", image, References(masks={"figure": mask(shown)}), method="patch").to_float()
    is_sky = result[..., 2] > result[..., 1]
    wrong = (is_sky != above[..., 0]) & (shown > 0)
    assert wrong.sum() < 0.1 * (shown > 0).sum()


def test_the_margin_takes_away_what_the_mask_left_of_the_figure() -> None:
    """The mask is 5 pixels too small."""
    image, small = raster(with_figure(photo("grass"), figure())), mask(np.clip(figure(12) * 12 - 11, 0, 1))
    pinkest = [
        np.subtract(
            *run("infill", image, References(masks={"figure": small}), margin=margin).to_float().T[:2]
        ).max()
        for margin in (0, 12)
    ]
    assert pinkest[0] > 0.5
    assert pinkest[1] < 0.02


@pytest.mark.parametrize("method", METHODS)
def test_a_layer_off_the_corner_is_filled_under_its_part_of_the_mask(method: str) -> None:
    shown = figure()
    part = Raster(raster(with_figure(photo("grass"), shown)).pixels[60:, 90:], 90, 60)
    red, green = (
        run("infill", part, References(masks={"figure": mask(shown)}), method=method).to_float().T[:2]
    )
    assert (red - green).max() < 0.02


SKY = np.array((0.5, 0.55, 0.6), np.float32)


def fence(grain: Array) -> Array:
    bars = (np.arange(SIZE) % 14 < 8)[None, :, None]
    boards: Array = np.where(bars, np.float32(0.9), np.float32(0.15)) + 0.02 * grain
    return boards


def stones(grain: Array) -> Array:
    heaped: Array = SKY + 0.15 * grain
    return heaped


@pytest.mark.parametrize("wall", [fence, stones])
def test_a_wall_below_a_smooth_sky_of_its_colour_is_not_filled_with_sky(
    wall: Callable[[Array], Array],
) -> None:
    noise = np.random.default_rng(1).normal(0, 1, (SIZE, SIZE)).astype(np.float32)
    grain = gaussian(noise, 3)[..., None] / gaussian(noise, 3).std()
    below = np.arange(SIZE)[:, None, None] >= 110
    scene = np.where(below, wall(grain), SKY + 0.02 * grain)
    shown = figure()
    image = raster(with_figure(np.clip(scene, 0, 1).astype(np.float32), shown))
    result = run("infill", image, References(masks={"figure": mask(shown)}), method="patch")
    rough, low = roughness(result), np.arange(SIZE)[:, None] > 124
    ratio = rough[(shown == 1) & low].mean() / rough[(figure(40) == 0) & low].mean()
    assert 0.7 < ratio < 1.3, f"texture ratio {ratio:.2f}"


def test_a_sky_of_which_no_two_places_are_alike_goes_on_without_a_step() -> None:
    """Redder to one side and darker to the top: its pieces have other tones than where they come to lie."""
    y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    slope = np.dstack((0.3 + 0.3 * x, 0.5 + 0.1 * y, 0.5 + 0.35 * y)).astype(np.float32)
    grain = np.random.default_rng(3).normal(0, 0.006, (SIZE, SIZE, 1))
    shown = figure()
    image = raster(with_figure((slope + grain).astype(np.float32), shown))
    result = run("infill", image, References(masks={"figure": mask(shown)}), method="patch")
    inside = figure(1) == 1
    off = gaussian(result.to_float()[..., :3], 4) - gaussian(slope, 4)
    assert np.abs(np.stack(np.gradient(off, axis=(0, 1))))[:, inside].max() < 0.004
    assert np.abs(off[inside]).max() < 0.03
    rough = roughness(result)
    assert 0.7 < rough[inside].mean() / rough[figure(40) == 0].mean() < 1.3


@pytest.mark.parametrize("method", METHODS)
def test_nothing_of_the_figure_is_left_where_its_mask_is_faint(method: str) -> None:
    """A figure out of focus: far out it covers no more than a tenth."""
    shown = figure(50)
    image = raster(with_figure(photo("grass"), shown))
    result = run("infill", image, References(masks={"figure": mask(shown)}), method=method, margin=0)
    red, green = np.moveaxis(result.to_float()[..., :2], -1, 0)
    assert (red - green).max() < 0.03
