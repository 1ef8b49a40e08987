"""Painterly base: a first lay-in, broader and calmer than its two filters one after the other.

That it takes grain, keeps edges and leaves no blocks is told with the other painterly filters.
"""

import numpy as np
import pytest

from composer.pixels.color import luma
from composer.pixels.gaussian import gaussian
from composer.pixels.raster import Array, Raster

from .trying import bare_edges, raster, run


def foliage(size: int = 320) -> Array:
    """Leaves of some pixels on large dark and light forms."""
    rng = np.random.default_rng(9)
    leaves = gaussian(rng.normal(0, 1, (size, size, 3)), 2)
    forms = gaussian(rng.normal(0, 1, (size, size)), 30)[..., None]
    return np.clip(0.5 + 0.15 * forms / forms.std() + 0.08 * leaves / leaves.std(), 0, 1)


def drawing(image: Raster) -> float:
    """How much is drawn in the picture."""
    return float(np.abs(np.diff(luma(image.to_float()), axis=1)).mean())


def test_it_is_calmer_than_facet_and_kuwahara() -> None:
    photo = raster(foliage())
    chained = run("kuwahara", run("facet", photo))
    assert drawing(run("painterly_base", photo)) < drawing(chained) < drawing(photo)


@pytest.mark.parametrize("radius", [4, 10, 30])
def test_large_forms_stay(radius: float) -> None:
    photo = foliage()
    result = run("painterly_base", raster(photo), radius=radius).to_float()[..., :3]
    before, after = gaussian(photo, 24), gaussian(result, 24)
    assert np.abs(before - after).mean() < 0.02
    assert after.std() > 0.85 * before.std()


def test_a_draft_shows_the_same_planes() -> None:
    photo = gaussian(foliage(), 1.5)
    whole = run("painterly_base", raster(photo), radius=16).to_float()[::2, ::2, :3]
    draft = run("painterly_base", raster(photo[::2, ::2]), radius=8).to_float()[..., :3]
    assert np.abs(whole - draft).mean() < 0.02


def test_bare_edges_are_fine() -> None:
    for image in bare_edges():
        assert run("painterly_base", image).bounds == image.bounds
