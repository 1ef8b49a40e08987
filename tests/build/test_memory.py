"""Memory: a canvas that cannot fit is refused in words before anything swaps."""

import pytest

from composer.build import memory
from composer.build.memory import check_memory, free_bytes
from composer.errors import OperationError
from composer.graph.action import Fill
from composer.pixels.geometry import Extent

SKY = Fill((0, 0, 0, 1), Extent(30_000, 30_000))


def test_a_canvas_that_does_not_fit_is_told_with_both_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda: 4_000_000_000)
    with pytest.raises(
        OperationError, match=r"900 megapixels take at least 8\.1 GB .* 4\.0 GB are free"
    ) as told:
        check_memory(SKY, SKY.canvas.pixels)
    assert "--scale 0.5" in told.value.hint


def test_sixteen_bits_take_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda: 9_000_000_000)
    check_memory(SKY, SKY.canvas.pixels)
    deep = Fill(SKY.color, SKY.canvas, 16)
    with pytest.raises(OperationError, match=r"at least 11\.7 GB"):
        check_memory(deep, SKY.canvas.pixels)


@pytest.mark.parametrize("free", [None, 40_000_000_000])
def test_one_that_fits_or_cannot_be_judged_is_tried(
    monkeypatch: pytest.MonkeyPatch, free: int | None
) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda: free)
    check_memory(SKY, SKY.canvas.pixels)


def test_this_machine_says_what_is_free_or_nothing() -> None:
    free = free_bytes()
    assert free is None or free > 0
