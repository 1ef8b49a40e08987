"""Strips: a canvas divided into bands of rows, and the threads that work on them.

Knows boxes. Does not know what is done with one; the result must not depend on where they lie.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ..pixels.geometry import Bounds

T = TypeVar("T")
R = TypeVar("R")


def strips(box: Bounds, pixels: int) -> list[Bounds]:
    """Bands over the whole width of `box`, top first, each of about so many pixels."""
    rows = max(1, pixels // max(1, box.width))
    tops = range(box.top, box.bottom, rows)
    return [Bounds(box.left, top, box.right, min(top + rows, box.bottom)) for top in tops]


def each(work: Callable[[T], R], parts: Iterable[T], threads: int) -> list[R]:
    """What `work` makes of each part, in their order, by so many threads."""
    listed = list(parts)
    if threads == 1 or len(listed) < 2:
        return [work(part) for part in listed]
    with ThreadPoolExecutor(threads, "composite") as pool:
        return list(pool.map(work, listed))
