"""Groups, pass-through and clipping, against expectations made by hand from the formula."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from composer.composite.flatten import flatten
from composer.composite.walk import clipping_runs
from composer.pixels.raster import Mask, Raster
from composer.pixels.stack import PaintLayer, StackItem
from composer.registry import find_blend

from .conftest import (
    HEIGHT,
    WIDTH,
    assert_close,
    clipped,
    group,
    layer,
    mask,
    nothing,
    over,
    parts,
    shown,
    stack,
    through,
)


def pixels(*items: StackItem, kernel: str) -> np.ndarray:
    return flatten(stack(*items), kernel=kernel).pixels


def flat(color: tuple[int, int, int, int], mode: str = "normal") -> PaintLayer:
    return PaintLayer(mode, Raster(np.full((HEIGHT, WIDTH, 4), color, np.uint8)), find_blend(mode))


def test_an_isolated_group_of_normal_layers_looks_as_if_not_grouped(kernel: str) -> None:
    bottom, *others = (layer(seed) for seed in range(4))
    grouped = flatten(stack(bottom, group(*others)), kernel=kernel)
    assert_close(grouped, parts(flatten(stack(bottom, *others), kernel=kernel)))


def test_a_pass_through_group_is_as_if_not_grouped_to_the_byte(kernel: str) -> None:
    bottom, one, two = layer(1), layer(2, "multiply"), layer(3, "soft_light")
    np.testing.assert_array_equal(
        pixels(bottom, through(one, through(two)), kernel=kernel), pixels(bottom, one, two, kernel=kernel)
    )


def test_in_an_isolated_group_layers_do_not_see_what_lies_below(kernel: str) -> None:
    photo, shade = flat((200, 100, 50, 255)), flat((128, 128, 128, 255), "multiply")
    assert pixels(photo, group(shade), kernel=kernel)[0, 0].tolist() == [128, 128, 128, 255]
    assert pixels(photo, through(shade), kernel=kernel)[0, 0].tolist() == [100, 50, 25, 255]


def test_a_group_blends_as_one_with_its_mode_mask_and_opacity(kernel: str) -> None:
    bottom, one, two = layer(1), layer(2), layer(3, "screen")
    whole = replace(group(one, two, mode="multiply"), mask=mask(4), opacity=0.5)
    inside = over(over(nothing(), *parts(one.raster)), *parts(two.raster), lambda b, s: b + s - b * s)
    wanted = over(parts(bottom.raster), inside[0], inside[1] * shown(mask(4)) * 0.5, np.multiply)
    assert_close(flatten(stack(bottom, whole), kernel=kernel), wanted, levels=0.51)


def test_groups_nest(kernel: str) -> None:
    deep = group(group(group(layer(2))))
    assert_close(
        flatten(stack(layer(1), deep), kernel=kernel),
        parts(flatten(stack(layer(1), layer(2)), kernel=kernel)),
    )


def test_a_pass_through_group_with_a_mask_fades_from_without_to_with(kernel: str) -> None:
    bottom, shade = layer(1, opaque=True), layer(2, "multiply", opaque=True)
    faded = replace(through(shade), mask=mask(3), opacity=0.5)
    before, _ = parts(bottom.raster)
    weight = (shown(mask(3)) * 0.5)[..., None]
    after = before * parts(shade.raster)[0]
    wanted = before + (after - before) * weight, np.ones((HEIGHT, WIDTH))
    assert_close(flatten(stack(bottom, faded), kernel=kernel), wanted, levels=0.51)


def test_a_hidden_group_hides_its_layers(kernel: str) -> None:
    hidden = [replace(group(layer(2)), visible=False), replace(through(layer(3)), visible=False)]
    assert np.array_equal(pixels(layer(1), *hidden, kernel=kernel), pixels(layer(1), kernel=kernel))


def test_a_clipped_layer_shows_only_inside_its_base(kernel: str) -> None:
    photo, base, top = flat((0, 0, 0, 255)), layer(2), flat((255, 0, 0, 255))
    found = pixels(photo, base, clipped(top), kernel=kernel)
    np.testing.assert_array_equal(found[..., 0], base.raster.pixels[..., 3])
    assert not found[..., 1:3].any()


def test_clipped_layers_blend_with_their_base_and_then_the_run_with_what_lies_below(kernel: str) -> None:
    bottom = layer(1, opaque=True)
    base = replace(layer(2, "screen"), mask=mask(3), opacity=0.6)
    tint = replace(layer(4, "multiply"), mask=mask(5), opacity=0.9)
    cb, alpha = parts(base.raster)
    opaque = cb, np.ones_like(alpha)
    cs, coverage = parts(tint.raster)
    run, _ = over(opaque, cs, coverage * shown(mask(5)) * 0.9, np.multiply)
    wanted = over(parts(bottom.raster), run, alpha * shown(mask(3)) * 0.6, lambda b, s: b + s - b * s)
    found = flatten(stack(bottom, base, clipped(tint)), kernel=kernel)
    assert_close(found, wanted, levels=0.51)


def test_a_run_of_clipped_layers_shares_one_base(kernel: str) -> None:
    base = layer(2)
    found = pixels(base, clipped(flat((255, 0, 0, 255))), clipped(flat((0, 0, 255, 255))), kernel=kernel)
    np.testing.assert_array_equal(found[..., 2], (found[..., 3] > 0) * 255)
    np.testing.assert_array_equal(found[..., 3], base.raster.pixels[..., 3])


@pytest.mark.parametrize("wrap", [group, through])
def test_a_group_can_be_a_base_and_can_be_clipped(kernel: str, wrap: object) -> None:
    assert callable(wrap)
    plain = pixels(layer(1), layer(2), clipped(layer(3)), kernel=kernel)
    for base, top in [(wrap(layer(2)), layer(3)), (layer(2), wrap(layer(3)))]:
        found = pixels(layer(1), base, clipped(top), kernel=kernel)
        assert np.abs(found.astype(int) - plain).max() <= 1


def test_a_hidden_base_hides_what_is_clipped_to_it(kernel: str) -> None:
    run = replace(layer(2), visible=False), clipped(layer(3))
    assert np.array_equal(pixels(layer(1), *run, kernel=kernel), pixels(layer(1), kernel=kernel))


def test_a_hidden_clipped_layer_leaves_its_base_alone(kernel: str) -> None:
    hidden = replace(clipped(layer(3)), visible=False)
    assert np.array_equal(pixels(layer(2), hidden, kernel=kernel), pixels(layer(2), kernel=kernel))


def test_a_clipped_layer_at_the_bottom_has_no_base_and_is_drawn_as_it_is(kernel: str) -> None:
    loose = pixels(clipped(layer(1)), clipped(layer(2)), kernel=kernel)
    assert np.array_equal(loose, pixels(layer(1), layer(2), kernel=kernel))
    inside = pixels(layer(3), through(clipped(layer(1))), kernel=kernel)
    assert np.array_equal(inside, pixels(layer(3), layer(1), kernel=kernel))


def test_a_base_smaller_than_the_canvas_clips_to_its_pixels(kernel: str) -> None:
    small = PaintLayer("patch", Raster(np.full((10, 10, 4), 255, np.uint8), 5, 6), find_blend("normal"))
    found = pixels(small, clipped(flat((9, 8, 7, 255))), kernel=kernel)
    wanted = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    wanted[6:16, 5:15] = (9, 8, 7, 255)
    np.testing.assert_array_equal(found, wanted)


def test_what_is_above_a_run_is_not_in_it() -> None:
    a, b, c = layer(1), clipped(layer(2)), layer(3)
    assert list(clipping_runs([a, b, c])) == [(a, (b,)), (c, ())]


def test_flattening_changes_no_layer(kernel: str) -> None:
    base = replace(layer(1), mask=Mask(np.full((HEIGHT, WIDTH), 200, np.uint8)))
    before = base.raster.pixels.copy()
    flatten(stack(base, clipped(layer(2)), group(layer(3))), kernel=kernel)
    np.testing.assert_array_equal(base.raster.pixels, before)
