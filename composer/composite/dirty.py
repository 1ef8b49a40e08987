"""Dirty: where two composites can differ, strip by strip, and from which run on.

Knows traces, and compares pixels where digests differ. Does not know what is kept of a composite, nor how
one is made. Whatever it cannot tell it calls dirty. What it calls clean has equal bytes in both: a pixel
depends on what lies on that pixel alone, and what a mask hides wholly leaves the backdrop as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..pixels.geometry import Bounds
from ..pixels.raster import Array, Mask, Raster
from .traces import Digest, GroupTrace, LayerTrace, RunTrace, Trace

Boxes = tuple[Bounds, ...]
"""One for each strip and inside it; an empty one where a strip is clean."""
Find = Callable[[Digest], Raster | Mask | None]
"""The value of a digest; None when it is gone."""
_NONE = Bounds(0, 0, 0, 0)


@dataclass(frozen=True)
class Changes:
    """What became of the runs of one composite in another.

    `boxes`: what is dirty. `lowest`: by strip the first run of the new one that paints other pixels there,
    the number of its runs where a strip is clean. Runs before `below` are the same; those from `old_above`
    on are the ones from `new_above` on.
    """

    boxes: Boxes
    lowest: tuple[int, ...]
    below: int
    old_above: int
    new_above: int

    def moved(self, depth: int) -> int | None:
        """How many runs of the new composite end where `depth` runs of the old one did; None: nowhere."""
        if depth <= self.below:
            return depth
        if depth >= self.old_above:
            return depth + self.new_above - self.old_above
        return depth if self.old_above == self.new_above else None


class Comparison:
    """Compares composites of one canvas, divided into `strips`."""

    def __init__(self, strips: Sequence[Bounds], find: Find) -> None:
        self._strips = tuple(strips)
        self._find = find
        self._clean: Boxes = (_NONE,) * len(self._strips)

    def changes(self, old: Sequence[RunTrace], new: Sequence[RunTrace]) -> Changes:
        """What became of the old runs in the new ones."""
        boxes, lowest = self._clean, [len(new)] * len(self._strips)
        for run, dirty in self._parts(old, new):
            lowest = [at if box.is_empty else min(at, run) for at, box in zip(lowest, dirty, strict=True)]
            boxes = _united(boxes, dirty)
            if boxes == self._strips:
                break
        below, above = _shared(old, new)
        return Changes(boxes, tuple(lowest), below, len(old) - above, len(new) - above)

    def _parts(self, old: Sequence[RunTrace], new: Sequence[RunTrace]) -> Iterator[tuple[int, Boxes]]:
        """What is dirty for the sake of each run that is not the same in both, lowest first."""
        below, above = _shared(old, new)
        gone, come = old[below : len(old) - above], new[below : len(new) - above]
        if len(gone) == len(come):
            for run, pair in enumerate(zip(gone, come, strict=True), start=below):
                yield run, self._run(*pair)
        else:
            for base, _ in (*gone, *come):
                yield below, self._cover(base)

    def _all(self, old: Sequence[RunTrace], new: Sequence[RunTrace]) -> Boxes:
        return _union([dirty for _, dirty in self._parts(old, new)], self._clean)

    def _run(self, old: RunTrace, new: RunTrace) -> Boxes:
        (old_base, old_clipped), (new_base, new_clipped) = old, new
        if bool(old_clipped) != bool(new_clipped):  # a base alone is composited in another way
            return _united(self._cover(old_base), self._cover(new_base))
        clipped = self._all([(item, ()) for item in old_clipped], [(item, ()) for item in new_clipped])
        return _united(self._item(old_base, new_base), clipped)

    def _item(self, old: Trace, new: Trace) -> Boxes:
        if old == new:
            return self._clean
        if _look(old) != _look(new):
            return _united(self._cover(old), self._cover(new))
        inside = self._clean
        if isinstance(old, GroupTrace) and isinstance(new, GroupTrace):
            inside = self._all(old.inside, new.inside)
        elif isinstance(old, LayerTrace) and isinstance(new, LayerTrace):
            inside = self._between(old.raster, new.raster)
        return _united(inside, self._between(old.mask, new.mask))

    def _between(self, old: Digest | None, new: Digest | None) -> Boxes:
        """Where two values with the same place differ."""
        if old is None or new is None or old == new:
            return self._clean
        before, after = self._find(old), self._find(new)
        if before is None or after is None or before.depth != after.depth:
            return self._strips
        return tuple(_differing(before, after, strip) for strip in self._strips)

    def _cover(self, item: Trace) -> Boxes:
        """Where an item may paint at all."""
        if isinstance(item, GroupTrace):
            own = _union([self._cover(base) for base, _ in item.inside], self._clean)
        else:
            own = tuple(item.box.intersect(strip) for strip in self._strips)
        mask = None if item.mask is None else self._find(item.mask)
        if not isinstance(mask, Mask):
            return own
        return tuple(_shown(mask, box) for box in own)


def _look(item: Trace) -> tuple[object, ...]:
    """What of an item cannot change in a part of it only."""
    own = (type(item), item.blend, item.opacity, item.mask is None)
    return (*own, item.box) if isinstance(item, LayerTrace) else (*own, item.pass_through)


def _shared(old: Sequence[RunTrace], new: Sequence[RunTrace]) -> tuple[int, int]:
    """How many runs are the same from below, and how many of the others from above."""
    most, below, above = min(len(old), len(new)), 0, 0
    while below < most and old[below] == new[below]:
        below += 1
    while above < most - below and old[-1 - above] == new[-1 - above]:
        above += 1
    return below, above


def _united(one: Boxes, other: Boxes) -> Boxes:
    return tuple(a.union(b) for a, b in zip(one, other, strict=True))


def _union(many: Sequence[Boxes], clean: Boxes) -> Boxes:
    for boxes in many:
        clean = _united(clean, boxes)
    return clean


def _differing(old: Raster | Mask, new: Raster | Mask, strip: Bounds) -> Bounds:
    before, box = _rows(old, strip)
    after, _ = _rows(new, strip)
    if np.array_equal(before, after):
        return _NONE
    return _narrowed(box, np.any(np.not_equal(before, after), axis=0))


def _shown(mask: Mask, box: Bounds) -> Bounds:
    if box.is_empty:
        return _NONE
    return _narrowed(box, mask.values[box.slices].max(axis=0))


def _rows(value: Raster | Mask, strip: Bounds) -> tuple[Array, Bounds]:
    """What of a value lies in the strip, a number for each pixel, and its box."""
    if isinstance(value, Mask):
        return value.values[strip.slices], strip
    box = strip.intersect(value.bounds)
    rows, columns = box.translate(-value.left, -value.top).slices
    pixel = np.dtype(f"u{4 * value.pixels.dtype.itemsize}")
    return value.pixels.view(pixel)[rows, columns, 0], box


def _narrowed(box: Bounds, columns: Array) -> Bounds:
    """The columns of the box from the first to the last that is not 0."""
    found = np.flatnonzero(columns)
    if not found.size:
        return _NONE
    return Bounds(box.left + int(found[0]), box.top, box.left + int(found[-1]) + 1, box.bottom)
