"""Flattening layers: exact at the bottom, W3C's formula above it, one result however it is divided."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from composer.composite.flatten import flatten
from composer.pixels.geometry import Bounds, Extent
from composer.pixels.raster import Mask, Raster
from composer.pixels.stack import LayerStack, PaintLayer
from composer.registry import find_blend

from .conftest import (
    CANVAS,
    HEIGHT,
    WIDTH,
    assert_close,
    clipped,
    group,
    layer,
    mask,
    noise,
    nothing,
    over,
    parts,
    shown,
    stack,
    through,
)


@pytest.mark.parametrize("depth", [8, 16])
def test_an_opaque_photo_alone_comes_out_bit_for_bit(kernel: str, depth: int) -> None:
    photo = layer(1, depth=depth, opaque=True)
    merged = flatten(stack(photo, depth=depth), kernel=kernel)
    np.testing.assert_array_equal(merged.pixels, photo.raster.pixels)


@pytest.mark.parametrize("depth", [8, 16])
def test_every_level_of_an_opaque_photo_survives(kernel: str, depth: int) -> None:
    levels = np.arange(1 << depth).reshape(-1, 256)
    pixels = np.stack([levels, levels[::-1], levels, np.full_like(levels, (1 << depth) - 1)], axis=-1)
    photo = Raster(pixels.astype(np.uint8 if depth == 8 else np.uint16))
    canvas = LayerStack(photo.extent, (PaintLayer("photo", photo, find_blend("normal")),), depth=depth)
    np.testing.assert_array_equal(flatten(canvas, kernel=kernel).pixels, photo.pixels)


def test_an_opaque_photo_stays_exact_under_layers_that_are_hidden_or_masked_away(kernel: str) -> None:
    photo = layer(1, opaque=True)
    hidden = replace(layer(2, "multiply"), visible=False)
    masked = replace(layer(3, "screen"), mask=Mask(np.zeros((HEIGHT, WIDTH), np.uint8)))
    faded = replace(layer(4), opacity=0.0)
    merged = flatten(stack(photo, hidden, masked, faded), kernel=kernel)
    np.testing.assert_array_equal(merged.pixels, photo.raster.pixels)


@pytest.mark.parametrize("depth", [8, 16])
def test_a_layer_with_mask_and_opacity_lies_over_another_as_w3c_says(kernel: str, depth: int) -> None:
    bottom, top = layer(1, depth=depth), layer(2, "multiply", depth=depth)
    top = replace(top, mask=mask(3, depth), opacity=0.7)
    merged = flatten(stack(bottom, top, depth=depth), kernel=kernel)
    colors, alpha = parts(top.raster)
    wanted = over(
        over(nothing(), *parts(bottom.raster)), colors, alpha * shown(mask(3, depth)) * 0.7, np.multiply
    )
    assert_close(merged, wanted, levels=0.51)


@pytest.mark.parametrize("mask_depth", [8, 16])
def test_the_depth_of_a_mask_and_of_a_layer_need_not_be_the_canvas_s(kernel: str, mask_depth: int) -> None:
    bottom = layer(1, depth=16, opaque=True)
    top = replace(layer(2), mask=mask(3, mask_depth))
    merged = flatten(stack(bottom, top, depth=16), kernel=kernel)
    colors, alpha = parts(top.raster)
    wanted = over(parts(bottom.raster), colors, alpha * shown(mask(3, mask_depth)))
    assert_close(merged, wanted, levels=0.51)


@pytest.mark.parametrize("mode", ["multiply", "color_dodge", "divide", "hue"])
def test_over_nothing_a_layer_keeps_its_colour_whatever_its_mode(kernel: str, mode: str) -> None:
    alone = layer(5, mode)
    merged = flatten(stack(alone), kernel=kernel)
    pixels = alone.raster.pixels * (alone.raster.pixels[..., 3:] > 0)
    np.testing.assert_array_equal(merged.pixels, pixels)


def test_nothing_over_nothing_is_transparent_black(kernel: str) -> None:
    clear = noise(1, 4)
    clear[..., 3] = 0
    layers = [PaintLayer("clear", Raster(clear), find_blend(mode)) for mode in ("normal", "screen", "color")]
    assert not flatten(stack(*layers), kernel=kernel).pixels.any()


def test_an_empty_stack_is_transparent(kernel: str) -> None:
    merged = flatten(stack(), kernel=kernel)
    assert merged.extent == CANVAS
    assert not merged.pixels.any()


def test_a_layer_may_hang_over_the_canvas_or_lie_beside_it(kernel: str) -> None:
    photo = layer(1, opaque=True)
    pixels = noise(2, 4)
    pixels[..., 3] = 255
    for left, top in [(-20, -10), (30, 25), (-5, 20), (WIDTH, 0), (-WIDTH, -HEIGHT)]:
        moved = PaintLayer("moved", Raster(pixels, left, top), find_blend("normal"))
        merged = flatten(stack(photo, moved), kernel=kernel).pixels
        wanted = photo.raster.pixels.copy()
        seen = moved.raster.crop(Bounds.of(CANVAS))
        wanted[seen.bounds.slices] = seen.pixels
        np.testing.assert_array_equal(merged, wanted)


def busy(depth: int = 8) -> LayerStack:
    """One of everything."""
    inner = replace(group(layer(3, "screen", depth=depth), layer(4, "hue", depth=depth)), mask=mask(5))
    outer = replace(through(layer(6, "overlay", depth=depth), inner), opacity=0.6, mask=mask(7))
    base = replace(layer(8, depth=depth), raster=Raster(noise(8, 4, depth), -7, 9), opacity=0.8)
    on_it = clipped(replace(layer(9, "soft_light", depth=depth), mask=mask(10)))
    return stack(layer(1, depth=depth), layer(2, "multiply", depth=depth), outer, base, on_it, depth=depth)


@pytest.mark.parametrize("depth", [8, 16])
def test_a_region_has_the_bytes_of_the_same_crop_of_the_whole(kernel: str, depth: int) -> None:
    whole = flatten(busy(depth), kernel=kernel)
    for region in [Bounds(0, 0, 1, 1), Bounds(13, 7, 50, 30), Bounds(-5, 40, 20, 99), Bounds(60, 0, 61, 43)]:
        part = flatten(busy(depth), region, kernel=kernel)
        assert part.bounds == whole.crop(region).bounds
        np.testing.assert_array_equal(part.pixels, whole.crop(region).pixels)


def test_a_region_beside_the_canvas_is_empty(kernel: str) -> None:
    assert flatten(busy(), Bounds(500, 500, 600, 600), kernel=kernel).is_empty


def test_threads_and_strips_change_no_byte(kernel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = flatten(busy(), threads=1, kernel=kernel).pixels
    monkeypatch.setattr("composer.composite.flatten.strips", every_row)
    for threads in (1, 2, 3):
        np.testing.assert_array_equal(flatten(busy(), threads=threads, kernel=kernel).pixels, whole)


def every_row(box: Bounds, _: int) -> list[Bounds]:
    return [Bounds(box.left, y, box.right, y + 1) for y in range(box.top, box.bottom)]


def test_a_mask_of_another_size_is_refused_by_name() -> None:
    small = replace(layer(1), name="sky", mask=Mask(np.zeros((3, 5), np.uint8)))
    with pytest.raises(ValueError, match="mask of 'sky' is 5×3, the canvas is 61×43"):
        flatten(stack(small))


def test_a_canvas_of_one_column_flattens(kernel: str) -> None:
    pixels = np.full((9, 1, 4), 255, np.uint8)
    tall = LayerStack(Extent(1, 9), (PaintLayer("white", Raster(pixels), find_blend("normal")),))
    np.testing.assert_array_equal(flatten(tall, kernel=kernel).pixels, pixels)
