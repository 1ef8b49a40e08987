"""Small layers lie where the large ones lie."""

import numpy as np
import pytest

from composer.pixels.geometry import Bounds, Extent
from composer.pixels.raster import Mask, Raster
from composer.preview.bounded import Bounded
from composer.preview.reducing import factor_for, reduce_mask, reduce_raster, reduced_extent

CANVAS = Extent(23, 17)


def whole(raster: Raster) -> Raster:
    canvas = Raster.blank(Bounds.of(CANVAS), raster.depth)
    canvas.pixels[raster.bounds.slices] = raster.pixels
    return canvas


@pytest.mark.parametrize("factor", [1, 2, 3, 5, 40])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_layer_reduced_is_the_canvas_reduced(factor: int, dtype: type) -> None:
    limit = np.iinfo(dtype).max
    pixels = np.random.default_rng(3).integers(0, limit, (7, 11, 4), dtype, endpoint=True)
    raster = Raster(pixels, 5, 4)
    small = reduce_raster(raster, CANVAS, factor)
    expected = reduce_raster(whole(raster), CANVAS, factor)
    assert expected.extent == reduced_extent(CANVAS, factor)
    assert np.array_equal(expected.crop(small.bounds).pixels, small.pixels)
    outside = expected.pixels.copy()
    outside[small.bounds.slices] = 0
    assert not outside[..., 3].any(), "nothing is lost"


@pytest.mark.parametrize("factor", [2, 3, 5, 17, 40])
def test_an_opaque_canvas_stays_opaque_and_keeps_its_mean(factor: int) -> None:
    pixels = np.random.default_rng(4).integers(0, 256, (17, 23, 4), np.uint8)
    pixels[..., 3] = 255
    small = reduce_raster(Raster(pixels), CANVAS, factor).pixels
    assert (small[..., 3] == 255).all()
    blocks = pixels[: 17 // factor * factor, : 23 // factor * factor, :3].astype(np.float64)
    means = blocks.reshape(17 // factor, factor, 23 // factor, factor, 3).mean((1, 3))
    assert np.abs(small[: 17 // factor, : 23 // factor, :3] - means).max(initial=0) <= 0.51
    corner = pixels[-(17 % factor or factor) :, -(23 % factor or factor) :, :3]
    assert np.abs(small[-1, -1, :3] - corner.mean((0, 1))).max() <= 0.51


def test_hidden_colours_do_not_bleed() -> None:
    pixels = np.zeros((2, 2, 4), np.uint8)
    pixels[..., 0] = 255
    pixels[0, 0] = (0, 100, 0, 255)
    (pixel,) = reduce_raster(Raster(pixels), Extent(2, 2), 2).pixels.reshape(-1, 4)
    assert pixel.tolist() == [0, 100, 0, 64]


@pytest.mark.parametrize("factor", [1, 2, 3, 40])
def test_a_white_mask_stays_white(factor: int) -> None:
    small = reduce_mask(Mask(np.full((17, 23), 255, np.uint8)), factor)
    assert small.extent == reduced_extent(CANVAS, factor)
    assert (small.values == 255).all()


def test_the_factor_brings_the_long_side_within_bounds() -> None:
    assert factor_for(Extent(1600, 9), 1600) == 1
    assert factor_for(Extent(9, 1601), 1600) == 2
    assert reduced_extent(Extent(12000, 9000), factor_for(Extent(12000, 9000), 1600)) == Extent(1500, 1125)


def test_what_is_kept_stays_within_its_budget() -> None:
    made: list[int] = []

    def make(key: int) -> bytes:
        made.append(key)
        return bytes(40)

    kept: Bounded[bytes] = Bounded(100, len)
    for key in (1, 2, 1, 3, 1, 2):
        kept.get(key, lambda key=key: make(key))
    assert made == [1, 2, 3, 2], "the one used longest ago goes first"
    assert kept.bytes == 80
    assert len(kept.get("large", lambda: bytes(101))) == 101
    assert kept.bytes == 80
