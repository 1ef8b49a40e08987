"""Unsharp: sharper in canvas pixels, without lines of light beside edges.

That it adds contrast, and its threshold, are told with the first filters.
"""

import numpy as np
import pytest

from composer.pixels.gaussian import gaussian
from composer.pixels.raster import Array, Raster

from .trying import bare_edges, raster, run


def grey(values: Array, depth: int = 16) -> Raster:
    return raster(np.repeat(values.astype(np.float32)[..., None], 3, axis=2), depth)


def red(image: Raster) -> Array:
    return image.to_float()[..., 0]


def step(low: float, high: float) -> Raster:
    return grey(np.tile(np.where(np.arange(96) < 48, low, high), (24, 1)))


@pytest.mark.parametrize("amount", [1, 5])
def test_halos_are_bounded_however_strong_the_edge(amount: float) -> None:
    sharp = red(run("unsharp", step(0.2, 0.8), amount=amount, radius=3, halo=0.05))
    assert 0.8 < sharp.max() < 0.8505
    assert 0.1495 < sharp.min() < 0.2


def test_texture_gains_its_full_share() -> None:
    values = 0.5 + np.random.default_rng(2).normal(0, 0.01, (64, 64))
    free = red(run("unsharp", grey(values), amount=1, halo=1))
    limited = red(run("unsharp", grey(values), amount=1))
    assert (limited - values).std() == pytest.approx((free - values).std(), rel=0.03)


def test_without_a_limit_it_is_the_unsharp_mask_of_the_books() -> None:
    values = 0.5 + 0.3 * gaussian(np.random.default_rng(2).normal(0, 1, (64, 64)), 2)
    sharp = red(run("unsharp", grey(values), amount=1.5, radius=2, halo=1))
    assert sharp == pytest.approx(np.clip(values + 1.5 * (values - gaussian(values, 2)), 0, 1), abs=1e-4)


def test_the_radius_is_one_of_the_canvas() -> None:
    """A draft of half the size, with half the radius, is sharpened as the whole is."""
    values = 0.5 + 0.8 * gaussian(np.random.default_rng(4).normal(0, 1, (256, 256)), 5)
    whole = red(run("unsharp", grey(values), amount=2, radius=8))
    draft = red(run("unsharp", grey(values[::2, ::2]), amount=2, radius=4))
    assert np.abs(whole[::2, ::2] - draft).mean() < 0.1 * np.abs(whole - values).mean()


def test_bare_edges_are_fine() -> None:
    for image in bare_edges():
        assert run("unsharp", image).bounds == image.bounds
