"""Feather, grow, shrink, invert, levels and combinations of masks."""

import cv2
import numpy as np
import pytest

from composer.pixels import adjust
from composer.pixels.raster import Mask

DEPTHS = pytest.mark.parametrize("depth", [8, 16])


def square(depth: int = 8, size: int = 64, side: int = 24) -> Mask:
    values = np.zeros((size, size), np.float32)
    low = (size - side) // 2
    values[low : low + side, low : low + side] = 1
    return Mask.from_float(values, depth, 0.7)


def disc(radius: float, size: int = 161, depth: int = 8) -> Mask:
    y, x = np.mgrid[0:size, 0:size] - size // 2
    return Mask.from_float(np.clip(radius + 0.5 - np.hypot(x, y), 0, 1), depth)


def width_of(mask: Mask) -> float:
    """How many pixels of the middle row are shown, fractions included."""
    return float(mask.to_float()[mask.extent.height // 2].sum())


@DEPTHS
def test_a_length_of_nothing_changes_nothing(depth: int) -> None:
    mask = square(depth)
    for result in (
        adjust.feather(mask, 0),
        adjust.grow(mask, 0),
        adjust.shrink(mask, 0),
        adjust.levels(mask),
    ):
        assert np.array_equal(result.values, mask.values)


@DEPTHS
def test_every_adjustment_keeps_depth_and_confidence(depth: int) -> None:
    mask = square(depth)
    for result in (
        adjust.feather(mask, 3),
        adjust.grow(mask, 2.5),
        adjust.shrink(mask, 2.5),
        adjust.invert(mask),
        adjust.levels(mask, 0.2, 1.5, 0.8),
    ):
        assert (result.depth, result.extent, result.confidence) == (depth, mask.extent, 0.7)


@DEPTHS
@pytest.mark.parametrize("px", [0.25, 1.0, 1.5, 3.25, 7.0])
def test_grow_and_shrink_move_the_edge_by_just_that(depth: int, px: float) -> None:
    mask = square(depth)
    assert width_of(adjust.grow(mask, px)) == pytest.approx(24 + 2 * px, abs=0.02)
    assert width_of(adjust.shrink(mask, px)) == pytest.approx(24 - 2 * px, abs=0.02)
    assert np.array_equal(adjust.grow(mask, -px).values, adjust.shrink(mask, px).values)


@pytest.mark.parametrize("px", [2.5, 10, 40])
def test_growing_is_the_same_in_every_direction(px: float) -> None:
    grown = adjust.grow(disc(20), px).to_float()
    y, x = np.mgrid[0:161, 0:161] - 80
    distance = np.hypot(x, y)
    assert grown[distance < 19.5 + px * 0.95].min() > 0.5
    assert grown[distance > 21 + px * 1.05].max() < 0.5


def test_growing_beyond_all_there_is_takes_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    steps, usual = [], cv2.dilate
    monkeypatch.setattr(cv2, "dilate", lambda *given: steps.append(1) or usual(*given))
    assert adjust.grow(disc(20), 100_000).values.min() == 255
    assert len(steps) < 40


def test_growing_keeps_a_soft_edge_soft() -> None:
    ramp = Mask.from_float(np.tile(np.clip((np.arange(64) - 16) / 32, 0, 1), (8, 1)))
    grown = adjust.grow(ramp, 6).to_float()
    assert np.allclose(grown[4, 8:50], ramp.to_float()[4, 14:56], atol=0.005)


def test_shrinking_does_not_nibble_at_the_canvas_border() -> None:
    whole = Mask(np.full((20, 20), 255, np.uint8))
    assert adjust.shrink(whole, 5).values.min() == 255
    assert adjust.feather(whole, 9).values.min() == 255


@DEPTHS
@pytest.mark.parametrize("px", [0.5, 4.0, 30.0])
def test_feather_keeps_the_edge_where_it_is(depth: int, px: float) -> None:
    half = np.zeros((16, 256), np.float32)
    half[:, 128:] = 1
    soft = adjust.feather(Mask.from_float(half, depth), px).to_float()[8]
    assert (soft[127] + soft[128]) / 2 == pytest.approx(0.5, abs=0.01)
    assert np.all(np.diff(soft) >= -1e-6)
    assert soft[int(128 - px - 1)] < 0.06
    assert soft[int(128 - px / 2)] > 0.1 or px < 2


def test_large_feathers_continue_small_ones() -> None:
    half = np.zeros((8, 512), np.float32)
    half[:, 256:] = 1
    direct, reduced = (adjust.feather(Mask.from_float(half, 16), px).to_float()[4] for px in (16.0, 16.1))
    assert np.abs(direct - reduced).max() < 0.01


@DEPTHS
def test_inverting_twice_is_exact(depth: int) -> None:
    soft = adjust.feather(square(depth), 5)
    assert np.array_equal(adjust.invert(adjust.invert(soft)).values, soft.values)
    assert np.allclose(adjust.invert(soft).to_float(), 1 - soft.to_float(), atol=1e-6)


@DEPTHS
def test_levels_stretch_and_bend(depth: int) -> None:
    ramp = Mask.from_float(np.linspace(0, 1, 101, dtype=np.float32)[None], depth)
    result = adjust.levels(ramp, 0.2, 2.0, 0.6).to_float()[0]
    assert result[:21].max() == 0
    assert result[60:].min() == 1
    assert result[40] == pytest.approx(0.5**0.5, abs=0.01)


def test_impossible_levels_are_refused() -> None:
    with pytest.raises(ValueError, match="black < white"):
        adjust.levels(square(), 0.5, 1, 0.5)


@DEPTHS
def test_combinations_are_soft_arithmetic(depth: int) -> None:
    a = Mask.from_float(np.array([[0, 0, 1, 1, 0.5]], np.float32), depth)
    b = Mask.from_float(np.array([[0, 1, 0, 1, 0.5]], np.float32), depth)
    wanted = {
        adjust.intersect: [0, 0, 0, 1, 0.25],
        adjust.unite: [0, 1, 1, 1, 0.75],
        adjust.subtract: [0, 0, 1, 0, 0.25],
        adjust.exclude: [0, 1, 1, 0, 0.5],
    }
    for operation, values in wanted.items():
        result = operation(a, b)
        assert result.depth == depth
        assert np.allclose(result.to_float()[0], values, atol=0.005), operation.__name__


def test_a_combination_is_as_sure_as_its_less_sure_part() -> None:
    sure, unsure = square(), Mask(square().values, 0.2)
    assert adjust.unite(sure, unsure).confidence == 0.2
    assert adjust.unite(sure, Mask(sure.values)).confidence == 0.7
    assert adjust.unite(Mask(sure.values), Mask(sure.values)).confidence is None


def test_masks_of_two_canvases_do_not_combine() -> None:
    with pytest.raises(ValueError, match="one canvas"):
        adjust.unite(square(size=64), square(size=32))


@DEPTHS
def test_only_the_largest_part_stays_with_its_whole_rim(depth: int) -> None:
    both = np.zeros((120, 200), np.float32)
    both[20:100, 20:90] = 1
    both[40:80, 130:170] = 1
    soft = adjust.feather(Mask.from_float(both, depth), 12)
    alone = both.copy()
    alone[:, 110:] = 0
    kept = adjust.keep_largest(soft)
    wanted = adjust.feather(Mask.from_float(alone, depth), 12)
    assert (kept.depth, kept.confidence) == (depth, soft.confidence)
    assert np.abs(kept.to_float() - wanted.to_float()).max() < 0.01


def test_a_mask_without_any_part_stays_when_the_largest_is_kept() -> None:
    for value in (0, 100, 255):
        flat = Mask(np.full((20, 30), value, np.uint8))
        assert np.array_equal(adjust.keep_largest(flat).values, flat.values)


@DEPTHS
def test_small_holes_are_filled_rim_and_all(depth: int) -> None:
    whole = square(depth, 200, 160)
    pierced = whole.to_float()
    pierced[60:70, 60:70] = 0  # 0.25 % of the canvas
    pierced[100:140, 100:140] = 0  # 4 %
    soft = adjust.feather(Mask.from_float(pierced, depth), 4)
    filled = adjust.fill_holes(soft, 0.01).to_float()
    assert filled[50:80, 50:80].min() > 0.99
    assert filled[110:130, 110:130].max() < 0.1
    assert np.array_equal(filled[:20], soft.to_float()[:20])
    assert adjust.fill_holes(soft, 0.1).to_float()[50:150, 50:150].min() > 0.99


def test_a_hole_fills_no_further_than_what_surrounds_it() -> None:
    veil = np.zeros((100, 100), np.float32)
    veil[20:80, 20:80] = 0.7
    veil[45:55, 45:55] = 0
    filled = adjust.fill_holes(Mask.from_float(veil), 0.05).to_float()
    assert filled[45:55, 45:55].min() > 0.62
    assert filled.max() < 0.71


def test_a_bay_is_no_hole_and_no_share_fills_nothing() -> None:
    bay = np.ones((60, 60), np.float32)
    bay[:6, 20:30] = 0
    bay[40:42, 40:42] = 0
    mask = Mask.from_float(bay)
    assert np.array_equal(adjust.fill_holes(mask, 0).values, mask.values)
    filled = adjust.fill_holes(mask, 0.5).to_float()
    assert filled[40:42, 40:42].min() == 1
    assert filled[:6, 20:30].max() == 0
