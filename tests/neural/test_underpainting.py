"""A picture over what lies below it: whose shapes, whose drawing; recipes and patches leave it to be seen."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from composer.neural.controls import Controls
from composer.neural.engine import Engine
from composer.neural.patch import REACH
from composer.neural.render import render
from composer.neural.underpainting import ANCHOR, SHAPES, THROUGH, held_to_pixels, underpainted
from composer.operation import Parent, PlainBench, StyleImage, StyleSet
from composer.pixels.geometry import Bounds, Extent
from composer.pixels.raster import Raster

from .studio import box_mask, moved

HALF = 48  # columns


def halves(left: float, right: float) -> Tensor:
    """A picture of two greys."""
    return torch.cat([torch.full((1, 3, 72, HALF), value) for value in (left, right)], dim=3)


def checks() -> Tensor:
    """A fine pattern, ±0.1, of no light of its own."""
    rows, columns = torch.arange(72)[:, None], torch.arange(2 * HALF)
    return ((rows + columns) % 2 * 0.2 - 0.1).expand(1, 3, -1, -1)


def test_shapes_come_from_below_and_drawing_from_above() -> None:
    mixed = underpainted(0.5 + checks(), halves(0.2, 0.8), share=1.0)
    for half, light in ((mixed[..., 8 : HALF - 8], 0.2), (mixed[..., HALF + 8 : -8], 0.8)):
        assert float(half.mean()) == pytest.approx(0.5 + THROUGH * (light - 0.5), abs=0.005)
        assert float(half.std()) == pytest.approx(0.1, abs=0.005)


def test_the_texture_of_what_lies_below_does_not_show() -> None:
    content = halves(0.6, 0.4)
    torch.testing.assert_close(underpainted(content, content + checks(), 1.0), content, atol=0.01, rtol=0)


@pytest.mark.parametrize("share", [0.25, 0.5])
def test_it_comes_in_as_far_as_the_style(share: float) -> None:
    content, ground = halves(0.3, 0.3), halves(0.9, 0.9)
    light = float(underpainted(content, ground, share).mean())
    assert light == pytest.approx(0.3 + share * THROUGH * 0.6, abs=0.001)


def test_without_a_share_the_content_stays_to_the_bit() -> None:
    content = torch.rand(1, 3, 40, 50, generator=torch.Generator().manual_seed(1))
    assert torch.equal(underpainted(content, 1 - content, share=0.0), content)


def test_colours_stay_within_their_range() -> None:
    mixed = underpainted(halves(0.0, 1.0) + checks().clamp_min(0), halves(1.0, 0.0), share=1.0)
    assert 0 <= float(mixed.min()) <= float(mixed.max()) <= 1


@pytest.mark.parametrize("extent", [(1, 1), (3, 200), (SHAPES, SHAPES), (SHAPES + 1, 5)], ids=str)
def test_odd_sizes_are_mixed(extent: tuple[int, int]) -> None:
    content, ground = torch.zeros(1, 3, *extent), torch.ones(1, 3, *extent)
    mixed = underpainted(content, ground, share=1.0)
    torch.testing.assert_close(mixed, torch.full_like(content, THROUGH), atol=1e-3, rtol=0)


def test_a_recipe_holds_to_it_at_any_strength(engine: Engine) -> None:
    for strength in (0.05, 0.5, 1.0):
        recipe = engine.recipe(Controls(strength=strength), Extent(80, 64), 1)
        held = held_to_pixels(recipe)
        assert held.weights.anchor == max(ANCHOR, recipe.weights.anchor)
        assert (held.scales, held.blend, held.detail) == (recipe.scales, recipe.blend, recipe.detail)
        assert replace(held.weights, anchor=recipe.weights.anchor) == recipe.weights


def test_a_patch_follows_what_lies_below(strip: Raster, painting: Raster, engine: Engine) -> None:
    below = strip.with_pixels(np.full_like(strip.pixels, 255))
    dark = below.pixels.copy()
    dark[:, 250:358, :3] = 0
    dirty = box_mask(strip.extent, Bounds(250, 0, 358, strip.extent.height))
    styles = StyleSet((StyleImage(painting),), seed=1, canvas_long_side=80, init=below)
    before = render(strip, styles, Controls(), engine, PlainBench())
    again = replace(styles, init=below.with_pixels(dark), parent=Parent(strip, before, dirty))
    after = render(strip, again, Controls(), engine, PlainBench())
    assert not moved(before, after)[:, : 250 - REACH].any()
    light = [raster.pixels[:, 270:338, :3].mean() for raster in (before, after)]
    assert light[1] < light[0] - 30
