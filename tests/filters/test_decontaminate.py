"""Decontaminate: no green rim about a figure that stood before green, and colours that go on beyond it."""

import numpy as np
import pytest

from composer.operation import References
from composer.pixels.color import srgb_to_oklab
from composer.pixels.raster import Array, Mask, Raster

from .trying import bare_edges, blobs, mask, raster, run

SIZE = 128
GREEN = np.float32((0.1, 0.8, 0.15))


def matte(soft: float) -> Array:
    """A disc whose edge is `soft` pixels wide and frayed."""
    y, x = np.mgrid[0:SIZE, 0:SIZE] - SIZE / 2
    radius = 36 + 4 * np.sin(9 * np.arctan2(y, x))
    shown: Array = np.clip((radius - np.hypot(x, y)) / soft + 0.5, 0, 1).astype(np.float32)
    return shown


def fur() -> Array:
    return blobs(3, (0.6, 0.4, 0.35), 0.05, SIZE)


def before_green(soft: float, depth: int = 8) -> tuple[Raster, References]:
    shown = matte(soft)[..., None]
    image = raster(fur() * shown + GREEN * (1 - shown), depth)
    return image, References(masks={"figure": mask(matte(soft))})


def spill(result: Raster, soft: float) -> float:
    """How much greener than the figure alone its soft edge is, weighed by how much of it shows."""
    shown = matte(soft)
    weight = shown * ((shown > 0.02) & (shown < 0.98))
    rgb = result.to_float()[..., :3]
    excess = [np.maximum(0, each[..., 1] - (each[..., 0] + each[..., 2]) / 2) for each in (rgb, fur())]
    return float((np.maximum(0, excess[0] - excess[1]) * weight).sum() / weight.sum())


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("soft", [3.0, 12.0])
def test_the_green_is_gone_from_the_edge(soft: float, depth: int) -> None:
    image, given = before_green(soft, depth)
    clean = run("decontaminate", image, given)
    assert spill(image, soft) > 0.05
    assert spill(clean, soft) < 0.012
    half = run("decontaminate", image, given, strength=0.5)
    assert spill(clean, soft) < spill(half, soft) < 0.7 * spill(image, soft)


def test_what_shows_wholly_stays_bit_for_bit_and_so_does_alpha() -> None:
    image, given = before_green(6)
    clean = run("decontaminate", image, given)
    inside = matte(6) == 1
    assert np.array_equal(clean.pixels[inside], image.pixels[inside])
    assert np.array_equal(clean.pixels[..., 3], image.pixels[..., 3])


def test_the_mask_can_be_grown_afterwards() -> None:
    """Beyond the edge the figure's colours go on; far away the photograph is as it was."""
    image, given = before_green(3)
    clean = run("decontaminate", image, given, reach=10).to_float()
    y, x = np.mgrid[0:SIZE, 0:SIZE] - SIZE / 2
    beyond = clean[(np.hypot(x, y) > 42) & (np.hypot(x, y) < 46)]
    assert np.abs(beyond[:, :3].mean(axis=0) - (0.6, 0.4, 0.35)).max() < 0.1
    assert np.allclose(clean[2, 2, :3], GREEN, atol=0.01)


def test_without_strength_only_what_lies_beyond_the_mask_takes_the_figures_colours() -> None:
    image, given = before_green(6)
    shown = matte(6) >= 0.5 / 255  # the least that a mask of 8 bits tells
    edge = run("decontaminate", image, given, strength=0)
    clean = run("decontaminate", image, given)
    assert np.array_equal(edge.pixels[shown], image.pixels[shown])
    assert np.array_equal(edge.pixels[~shown], clean.pixels[~shown])


def test_without_a_soft_edge_or_a_figure_nothing_changes() -> None:
    image, _ = before_green(6)
    for value in (0.0, 1.0):
        everywhere = References(masks={"figure": mask(np.full((SIZE, SIZE), value))})
        assert np.array_equal(run("decontaminate", image, everywhere).pixels, image.pixels)


def test_white_fur_before_green_does_not_turn_lilac() -> None:
    """The mask is softer than the fur, as one that was feathered: it takes out more green than there is."""
    grain = np.random.default_rng(2).normal(0, 0.03, (SIZE, SIZE, 1)).astype(np.float32)
    white = np.clip(np.float32((0.92, 0.92, 0.93)) + grain, 0, 1)
    shown, told = matte(5)[..., None], matte(15)
    image = raster(white * shown + GREEN * (1 - shown))
    clean = run("decontaminate", image, References(masks={"figure": mask(told)}))
    _, a, b = np.moveaxis(srgb_to_oklab(clean.to_float()[..., :3]), -1, 0)
    edge = (told > 0.02) & (told < 1)
    assert np.percentile(a[edge], 95) < 0.006
    assert np.percentile(b[edge], 5) > -0.012


def test_hair_darker_and_greyer_than_the_skin_keeps_its_own_colour() -> None:
    skin, hair = np.float32((0.85, 0.62, 0.5)), np.float32((0.2, 0.19, 0.19))
    shown = matte(12)
    figure = np.where((shown > 0.9)[..., None], skin, hair)
    image = raster(figure * shown[..., None] + GREEN * (1 - shown[..., None]))
    clean = run("decontaminate", image, References(masks={"figure": mask(shown)}))
    lab = srgb_to_oklab(clean.to_float()[..., :3])
    thick = (shown > 0.5) & (shown < 0.8)
    assert np.median(np.hypot(lab[..., 1], lab[..., 2])[thick]) < 0.05


@pytest.mark.parametrize("soft", [3.0, 12.0])
def test_a_picture_that_came_cut_out_loses_its_green_rim_too(soft: float) -> None:
    image, _ = before_green(soft)
    pixels = image.pixels.copy()
    pixels[..., 3] = np.round(255 * matte(soft))
    pixels[pixels[..., 3] == 0] = 0  # as it is saved: nothing is known of what lay behind
    cut = Raster(pixels)
    clean = run("decontaminate", cut, References())
    assert spill(cut, soft) > 0.05
    assert spill(clean, soft) < 0.012
    inside = pixels[..., 3] == 255
    assert np.array_equal(clean.pixels[inside], pixels[inside])
    assert np.array_equal(clean.pixels[..., 3], pixels[..., 3])


def test_odd_layers_come_through() -> None:
    half = Mask(np.tile(np.array([0, 90, 255], np.uint8), (12, 4)))
    for odd in bare_edges():
        assert run("decontaminate", odd, References(masks={"figure": half})).extent == odd.extent
