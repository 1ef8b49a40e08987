"""What is small is painted whole, what is large in tiles; where memory is short, the artist is told."""

from collections.abc import Callable

import pytest

from composer.errors import OperationError
from composer.neural import memory
from composer.neural.memory import SIDES, WORKING, Footprint, tile_side
from composer.pixels.geometry import Extent
from composer.sizes import readable

from .conftest import RecordingBench
from .studio import CPU

FOOTPRINT = Footprint(per_tile_pixel=1000, per_pixel=100, fixed=10**8)
SMALL, LARGE = Extent(800, 600), Extent(4096, 4096)
Side = Callable[[Extent, float], int | None]


@pytest.fixture
def side(monkeypatch: pytest.MonkeyPatch, bench: RecordingBench) -> Side:
    """The tiles for a picture when so many gigabytes are free."""

    def found(extent: Extent, gigabytes: float) -> int | None:
        monkeypatch.setattr(memory, "available_memory", lambda _: int(gigabytes * 1e9))
        return tile_side(extent, FOOTPRINT, 46, CPU, bench)

    return found


def needed(extent: Extent, tile: int) -> float:
    """Gigabytes for painting in tiles of that side, which see 112 pixels around them."""
    return FOOTPRINT.of(extent, Extent(tile + 2 * 112, tile + 2 * 112)) / 1e9


def test_what_is_small_is_painted_in_one_piece(side: Side, bench: RecordingBench) -> None:
    assert side(SMALL, 8) is None
    assert bench.told == []


def test_what_is_large_is_painted_in_tiles_however_much_is_free(side: Side, bench: RecordingBench) -> None:
    assert side(LARGE, 8) == side(LARGE, 800) == SIDES[0]
    edge = WORKING // FOOTPRINT.per_tile_pixel // 1000
    assert side(Extent(edge, 1000), 800) is None
    assert side(Extent(edge + 1, 1000), 800) == SIDES[0]
    assert bench.told == []


def test_masks_that_guide_a_render_are_counted() -> None:
    piece = Extent(400, 400)
    more = FOOTPRINT.guided(3).of(LARGE, piece) - FOOTPRINT.of(LARGE, piece)
    assert more == 3 * (FOOTPRINT.guided(1).of(LARGE, piece) - FOOTPRINT.of(LARGE, piece))
    assert more > 3 * 4 * LARGE.pixels  # a plane each at the least


@pytest.mark.parametrize("extent", [Extent(1200, 1000), LARGE], ids=str)
def test_where_little_is_free_tiles_are_smaller_and_it_is_said(
    extent: Extent, side: Side, bench: RecordingBench
) -> None:
    usual, enough = side(extent, 800), needed(extent, SIDES[-1]) + 0.001
    assert usual in (None, SIDES[0])
    assert side(extent, enough) == SIDES[-1]
    assert len(bench.told) == 1
    assert f"in tiles of {SIDES[-1]} pixels" in bench.told[0]
    assert readable(round(enough * 1e9)) in bench.told[0]


def test_the_largest_tiles_that_fit_are_taken(side: Side) -> None:
    for tile in SIDES:
        assert side(LARGE, needed(LARGE, tile) + 0.001) == tile


def test_what_does_not_fit_at_all_is_refused_with_its_size_and_a_way_out(side: Side) -> None:
    least = needed(LARGE, SIDES[-1])
    with pytest.raises(OperationError, match=f"4096×4096 needs about {least:.1f} GB") as refusal:
        side(LARGE, least - 0.001)
    assert "--scale 0.5" in refusal.value.hint


def test_a_larger_network_takes_smaller_tiles(bench: RecordingBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available_memory", lambda _: 10**12)
    large = Footprint(per_tile_pixel=2 * FOOTPRINT.per_tile_pixel)
    assert tile_side(LARGE, large, 46, CPU, bench) == 640
    assert bench.told == []


def test_half_precision_takes_less_and_the_same_tiles(side: Side, bench: RecordingBench) -> None:
    enough = side(LARGE, 800)
    bench.precision = "bf16"
    assert side(LARGE, 800) == enough
    assert FOOTPRINT.of_piece(SMALL, "bf16") < FOOTPRINT.of_piece(SMALL)


def test_a_picture_needs_its_own_pixels_and_a_tiles_of_which_less_is_kept() -> None:
    tile = Extent(1376, 1376)
    assert FOOTPRINT.of(SMALL, SMALL) == 10**8 + 1100 * SMALL.pixels
    assert FOOTPRINT.of(LARGE, tile) == 10**8 + 100 * LARGE.pixels + 550 * tile.pixels
