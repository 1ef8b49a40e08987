"""Smooth: what goes from skin and skies, and what stays."""

import numpy as np
import pytest

from composer.pixels.gaussian import gaussian
from composer.pixels.raster import Array, Raster

from .trying import bare_edges, raster, run


def grey(values: Array, depth: int = 16) -> Raster:
    return raster(np.repeat(values.astype(np.float32)[..., None], 3, axis=2), depth)


def red(image: Raster) -> Array:
    return image.to_float()[..., 0]


def blotched_skin(size: int = 160) -> tuple[Array, Array]:
    """Blotches of some pixels, and pores of one: their sum is skin of a mid-tone."""
    rng = np.random.default_rng(11)
    blotches = gaussian(rng.normal(0, 1, (size, size)), 3)
    return 0.015 * blotches / blotches.std(), rng.normal(0, 0.01, (size, size))


def amount_of(pattern: Array, picture: Array) -> float:
    """How much of the pattern is in the picture, by regression."""
    return float((picture * pattern).sum() / (pattern * pattern).sum())


def test_blotches_go_and_pores_stay() -> None:
    blotches, pores = blotched_skin()
    result = red(run("smooth", grey(0.6 + blotches + pores))) - 0.6
    assert amount_of(blotches, result) < 0.55
    assert amount_of(pores, result) > 0.55
    airbrushed = red(run("smooth", grey(0.6 + blotches + pores), texture=0)) - 0.6
    assert amount_of(pores, airbrushed) < 0.35
    assert 0.35 < amount_of(blotches, airbrushed) < 0.55


@pytest.mark.parametrize("depth", [8, 16])
def test_edges_stay_where_they_are_without_halos(depth: int) -> None:
    step = grey(np.tile(np.where(np.arange(160) < 80, 0.3, 0.7), (48, 1)), depth)
    result = red(run("smooth", step, amount=1, texture=0))[24]
    assert result[79] == pytest.approx(0.3, abs=0.02)
    assert result[80] == pytest.approx(0.7, abs=0.02)
    assert result.min() > 0.29
    assert result.max() < 0.71


def test_shading_stays() -> None:
    shading = np.tile(np.linspace(0.3, 0.8, 300), (64, 1))
    assert red(run("smooth", grey(shading)))[:, 30:-30] == pytest.approx(shading[:, 30:-30], abs=0.003)


def test_a_draft_is_as_smooth_as_the_whole() -> None:
    rng = np.random.default_rng(8)
    rough = 0.5 + 0.4 * gaussian(rng.normal(0, 1, (320, 480)), 4)
    whole = red(run("smooth", grey(rough), radius=16, texture=0))
    draft = red(run("smooth", grey(rough[::2, ::2]), radius=8, texture=0))
    assert np.abs(whole[::2, ::2] - draft).mean() < 0.15 * np.abs(whole - rough).mean()


def test_nothing_to_do_changes_nothing() -> None:
    image = grey(np.random.default_rng(1).uniform(0, 1, (32, 32)))
    for neutral in ({"radius": 0}, {"amount": 0}):
        assert np.array_equal(run("smooth", image, **neutral).pixels, image.pixels)


def test_bare_edges_are_fine() -> None:
    for image in bare_edges():
        assert run("smooth", image).bounds == image.bounds
