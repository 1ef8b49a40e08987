"""Tiles: every pixel and every position of every layer lies in exactly one core, whatever the size."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch

from composer.neural.tiles import GRID, Tile, bands, cells, halo, tiled
from composer.pixels.geometry import Bounds, Extent

EXTENTS = [Extent(16, 16), Extent(97, 61), Extent(257, 256), Extent(300, 17), Extent(129, 513)]


def counted(extent: Extent, boxes: Sequence[Bounds]) -> np.ndarray:
    """How many of the boxes each pixel lies in."""
    count = np.zeros((extent.height, extent.width), int)
    for box in boxes:
        count[box.slices] += 1
    return count


@pytest.mark.parametrize("extent", EXTENTS, ids=str)
@pytest.mark.parametrize("side", [None, 32, 256])
def test_every_pixel_lies_in_exactly_one_core(extent: Extent, side: int | None) -> None:
    tiles = tiled(extent, side, 32)
    assert (counted(extent, [tile.core for tile in tiles]) == 1).all()


@pytest.mark.parametrize("extent", EXTENTS, ids=str)
@pytest.mark.parametrize("level", range(5))
def test_every_position_of_a_layer_lies_in_exactly_one_core(extent: Extent, level: int) -> None:
    layer = Extent(extent.width >> level, extent.height >> level)
    tiles = tiled(extent, 48, 32)
    assert (counted(layer, [cells(tile.core, level) for tile in tiles]) == 1).all()


@pytest.mark.parametrize("extent", EXTENTS, ids=str)
def test_tiles_see_a_margin_as_far_as_the_picture_goes(extent: Extent) -> None:
    for tile in tiled(extent, 32, 48):
        assert tile.outer == tile.core.pad(48).intersect(Bounds.of(extent))
        assert tile.core.width <= 32
        assert tile.core.height <= 32


def test_tiles_begin_where_the_deepest_layer_has_a_position() -> None:
    for tile in tiled(Extent(301, 283), 100, 48):
        corners = (tile.core.left, tile.core.top, tile.outer.left, tile.outer.top)
        assert all(corner % GRID == 0 for corner in corners)


def test_tiles_are_of_about_equal_size() -> None:
    widths = [tile.core.width for tile in tiled(Extent(1100, 20), 1024, 0)]
    assert len(widths) == 2
    assert min(widths) > 0.9 * max(widths)


def test_a_picture_that_fits_is_one_tile() -> None:
    whole = Bounds(0, 0, 200, 100)
    assert tiled(Extent(200, 100), 200, 32) == (Tile(whole, whole),)
    assert len(tiled(Extent(200, 100), 199, 32)) == 2


def test_the_core_is_found_again_in_the_part_that_is_seen() -> None:
    picture = np.arange(96 * 160).reshape(96, 160)
    for tile in tiled(Extent(160, 96), 48, 32):
        seen = picture[tile.outer.slices]
        np.testing.assert_array_equal(seen[tile.core_in_outer.slices], picture[tile.core.slices])


@pytest.mark.parametrize("reach", [0, 1, 16, 46, 75])
def test_the_halo_holds_all_that_a_core_depends_on(reach: int) -> None:
    """A position just beyond the core sees it, lies in a cell of its own, and sees as far again."""
    assert halo(reach) >= 2 * reach + GRID
    assert halo(reach) % GRID == 0
    assert halo(reach) - (2 * reach + GRID) < GRID


@pytest.mark.parametrize("shape", [(1, 3, 5, 7), (1, 3, 1000, 530), (1, 1, 3, 200_000)], ids=str)
def test_bands_are_all_rows_in_order(shape: tuple[int, ...]) -> None:
    image = torch.empty(shape)
    rows = [row for band in bands(image) for row in range(band.start, band.stop)]
    assert rows == list(range(shape[2]))
    assert (len(list(bands(image))) > 1) == (image.numel() > 1 << 19)
