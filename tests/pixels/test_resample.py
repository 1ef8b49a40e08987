"""Placement: where pixels land on the canvas, and that none is changed without need."""

import numpy as np
import pytest

from composer.pixels.geometry import Bounds, Extent
from composer.pixels.raster import Raster
from composer.pixels.resample import ANCHORS, Fit, covered, place


def _photo(width: int, height: int, dtype: type = np.uint8, opaque: bool = True) -> Raster:
    top = np.iinfo(dtype).max
    pixels = np.random.default_rng(width).integers(0, top, (height, width, 4), endpoint=True).astype(dtype)
    if opaque:
        pixels[..., 3] = top
    return Raster(pixels)


def _smooth(width: int, height: int) -> Raster:
    y, x = np.mgrid[0:height, 0:width]
    channels = [x / width, y / height, (x + y) / (width + height), np.ones_like(x, float)]
    return Raster.from_float(np.stack(channels, axis=-1))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("opaque", [True, False])
def test_a_photo_of_the_canvas_size_comes_through_bit_for_bit(dtype: type, opaque: bool) -> None:
    photo = _photo(31, 17, dtype, opaque)
    for fit in ("contain", "cover", "stretch", "none"):
        placed = place(photo, Fit(fit=fit), Extent(31, 17))
        assert np.array_equal(placed.pixels, photo.pixels)
        assert placed.bounds == Bounds(0, 0, 31, 17)


def test_a_photo_moved_by_whole_pixels_is_cut_at_the_canvas() -> None:
    photo = _photo(20, 10)
    placed = place(photo, Fit(fit="none", anchor="top_left", offset=(-5, 3)), Extent(12, 8))
    assert placed.bounds == Bounds(0, 3, 12, 8)
    assert np.array_equal(placed.pixels, photo.pixels[:5, 5:17])


@pytest.mark.parametrize(
    ("fit", "bounds"),
    [
        ("contain", Bounds(0, 25, 100, 75)),
        ("cover", Bounds(0, 0, 100, 100)),
        ("stretch", Bounds(0, 0, 100, 100)),
        ("none", Bounds(30, 40, 70, 60)),
    ],
)
def test_fits(fit: str, bounds: Bounds) -> None:
    assert place(_smooth(40, 20), Fit(fit=fit), Extent(100, 100)).bounds == bounds


@pytest.mark.parametrize("anchor", ANCHORS)
def test_an_anchor_aligns_the_photo_with_that_side(anchor: str) -> None:
    placed = place(_smooth(20, 10), Fit(fit="none", anchor=anchor), Extent(100, 60)).bounds
    if "left" in anchor:
        assert placed.left == 0
    if "right" in anchor:
        assert placed.right == 100
    if "top" in anchor:
        assert placed.top == 0
    if "bottom" in anchor:
        assert placed.bottom == 60
    if anchor == "center":
        assert placed == Bounds(40, 25, 60, 35)


def test_the_aspect_is_kept_to_one_pixel() -> None:
    for width, height in ((123, 457), (1000, 7), (33, 32)):
        placed = place(_smooth(width, height), Fit(), Extent(217, 131)).extent
        factor = min(217 / width, 131 / height)
        assert abs(placed.width - width * factor) <= 1
        assert abs(placed.height - height * factor) <= 1


def test_a_draft_looks_like_the_final_made_smaller() -> None:
    photo = _smooth(300, 200)
    final = place(photo, Fit(fit="cover", crop=(0.1, 0.2, 0.9, 0.8), scale=1.2), Extent(160, 100))
    draft = place(photo, Fit(fit="cover", crop=(0.1, 0.2, 0.9, 0.8), scale=1.2), Extent(80, 50))
    halved = final.to_float().reshape(50, 2, 80, 2, 4).mean(axis=(1, 3))
    assert np.abs(draft.to_float() - halved).max() < 0.02


@pytest.mark.parametrize(
    ("flip", "rows", "columns"), [("horizontal", 1, -1), ("vertical", -1, 1), ("both", -1, -1)]
)
def test_flips(flip: str, rows: int, columns: int) -> None:
    photo = _photo(7, 5)
    placed = place(photo, Fit(flip=flip), Extent(7, 5))
    assert np.array_equal(placed.pixels, photo.pixels[::rows, ::columns])


@pytest.mark.parametrize("quarters", [-3, -2, -1, 1, 2, 3])
@pytest.mark.parametrize("size", [(7, 5), (8, 5), (8, 6)])
@pytest.mark.parametrize("alpha", [255, 254])
def test_quarter_turns_go_clockwise_and_lose_nothing(
    quarters: int, size: tuple[int, int], alpha: int
) -> None:
    photo = _photo(*size)
    photo.pixels[0, 0, 3] = alpha
    turned = place(photo, Fit(fit="none", rotate=90 * quarters, flip="horizontal"), Extent(20, 20))
    assert np.array_equal(turned.pixels, np.rot90(photo.pixels[:, ::-1], k=-quarters))


@pytest.mark.parametrize("rotate", [0, 30, 90, 200, 270])
@pytest.mark.parametrize("anchor", ANCHORS)
def test_the_box_of_what_was_turned_is_aligned(anchor: str, rotate: float) -> None:
    fit = Fit(fit="none", anchor=anchor, rotate=rotate)
    placed = place(_smooth(20, 10), fit, Extent(100, 60)).bounds
    ends = {"left": placed.left, "right": 100 - placed.right, "top": placed.top, "bottom": 60 - placed.bottom}
    assert all(0 <= end <= 1 for side, end in ends.items() if side in anchor)
    assert placed.intersect(covered(Extent(20, 10), fit, Extent(100, 60))) == placed


@pytest.mark.parametrize("rotate", [0, 90, 20])
@pytest.mark.parametrize("step", [-1, 1])
def test_a_nudge_by_one_pixel_moves_by_one_pixel(rotate: float, step: int) -> None:
    placed = [
        place(_smooth(21, 10), Fit(fit="none", offset=(step * i, step * i), rotate=rotate), Extent(90, 61))
        for i in range(6)
    ]
    assert [(each.left, each.top) for each in placed] == [
        (placed[0].left + step * i, placed[0].top + step * i) for i in range(6)
    ]
    assert all(np.abs(each.pixels.astype(int) - placed[0].pixels).max() <= 1 for each in placed)


def test_a_turned_photo_has_a_soft_edge_and_no_dark_rim() -> None:
    white = Raster(np.full((60, 60, 4), 255, np.uint8))
    turned = place(white, Fit(fit="none", rotate=30), Extent(100, 100)).pixels
    alpha = turned[..., 3]
    assert ((alpha > 20) & (alpha < 235)).any()
    assert turned[alpha > 8][:, :3].min() >= 250


def test_colours_under_transparent_pixels_never_bleed_in() -> None:
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[..., 0] = 255
    pixels[:, 20:] = (0, 0, 255, 255)
    for fit in (Fit(scale=0.37), Fit(scale=0.6, rotate=20)):
        placed = place(Raster(pixels), fit, Extent(40, 40)).pixels
        seen = placed[placed[..., 3] > 8]
        assert len(seen)
        assert seen[:, 0].max() <= 2


def test_a_reduction_has_no_aliasing() -> None:
    stripes = np.zeros((400, 400, 4), np.uint8)
    stripes[:, ::2] = 255
    stripes[..., 3] = 255
    for fit in (Fit(fit="contain"), Fit(fit="contain", rotate=15)):
        placed = place(Raster(stripes), fit, Extent(50, 50)).pixels[15:35, 15:35, 0]
        assert np.abs(placed.astype(int) - 127).max() <= 14


@pytest.mark.parametrize("size", [Extent(37, 29), Extent(150, 130)])
def test_8_and_16_bits_come_to_the_same_colours(size: Extent) -> None:
    photo = _photo(96, 80)
    fine = Raster(photo.pixels.astype(np.uint16) * 257)
    placed, as_fine = (place(each, Fit(fit="stretch"), size).pixels for each in (photo, fine))
    assert np.abs(as_fine / 257 - placed).max() <= 0.51


@pytest.mark.parametrize("size", [Extent(40, 40), Extent(120, 120)])
def test_one_pixel_that_is_not_opaque_changes_nothing_but_what_is_near_it(size: Extent) -> None:
    photo = _photo(80, 80)
    pierced = photo.with_pixels(photo.pixels.copy())
    pierced.pixels[40, 40, 3] = 254
    whole, other = (place(each, Fit(fit="stretch"), size).pixels for each in (photo, pierced))
    apart = np.abs(whole.astype(int) - other).max(axis=2)
    middle, reach = size.width // 2, 6
    apart[middle - reach : middle + reach + 1, middle - reach : middle + reach + 1] = 0
    assert apart.max() <= 1


def test_a_photo_outside_the_canvas_is_empty() -> None:
    for fit in (Fit(offset=(500, 0)), Fit(offset=(0, -500), rotate=10)):
        assert place(_smooth(20, 20), fit, Extent(30, 30)).is_empty
