"""Kept: a composite, with surfaces from half-way up its stack for the next one to begin with.

Knows one canvas in strips, and how the next composite is made out of what is kept of the last. These are
values: a composite that fails or is overtaken leaves nothing half-done. Does not know who keeps them, nor
for how long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..pixels.geometry import Bounds
from ..pixels.raster import Raster
from ..pixels.stack import LayerStack
from .dirty import Boxes, Changes, Comparison, Find
from .kernel import Kernel
from .strips import each
from .surface import Surface
from .traces import RunTrace
from .walk import Run, compose_runs

WORTH = 2
"""A surface is kept when it saves so many runs: to copy it costs about as much as to composite one."""


@dataclass(frozen=True, slots=True)
class Partial:
    """What the first `depth` runs come to over the surface's box; read-only."""

    depth: int
    surface: Surface

    def covers(self, box: Bounds) -> bool:
        """Whether all of the box is there."""
        return self.surface.bounds.intersect(box) == box


Shelf = tuple[Partial, ...]
"""The partial composites of a strip, the one used last at the end."""


@dataclass(frozen=True)
class Kept:
    """The composite of `runs`: its picture, read-only, and a shelf for each strip."""

    runs: tuple[RunTrace, ...]
    picture: Raster
    shelves: tuple[Shelf, ...]

    @property
    def bytes(self) -> int:
        """What it takes in memory."""
        surfaces = (partial.surface.channels.nbytes for shelf in self.shelves for partial in shelf)
        return self.picture.pixels.nbytes + sum(surfaces)

    def thinned(self, most: int) -> Kept:
        """The same with at most so many partial composites a strip, those used last."""
        return replace(self, shelves=tuple(_last(shelf, most) for shelf in self.shelves))


@dataclass(frozen=True)
class Stage:
    """A stack to be composited, its runs and their traces. `most`: the partial composites a strip keeps."""

    stack: LayerStack
    runs: tuple[Run, ...]
    traces: tuple[RunTrace, ...]
    strips: Boxes
    kernel: Kernel
    threads: int
    most: int

    def first(self) -> Kept:
        """All of it, with a partial composite half-way up: nobody knows yet where the first edit will be."""
        target = Raster.blank(Bounds.of(self.stack.extent), self.stack.depth)
        count, half = len(self.strips), len(self.runs) // 2
        return self._made(target, ((),) * count, self.strips, (0,) * count, (half,) * count)

    def after(self, before: Kept, find: Find) -> Kept:
        """What may differ from `before`; all else is taken from there."""
        changes = Comparison(self.strips, find).changes(before.runs, self.traces)
        shelves = tuple(_carried(shelf, changes, at) for at, shelf in enumerate(before.shelves))
        if all(box.is_empty for box in changes.boxes):
            return Kept(self.traces, before.picture, shelves)
        target = before.picture.with_pixels(before.picture.pixels.copy())
        return self._made(target, shelves, changes.boxes, changes.lowest, changes.lowest)

    def _made(
        self,
        target: Raster,
        shelves: Sequence[Shelf],
        boxes: Boxes,
        lowest: Sequence[int],
        holds: Sequence[int],
    ) -> Kept:
        """Composites the boxes into the target.

        `lowest`: by strip the first run that makes its box dirty. `holds`, not below that: how many runs make
        up the partial composite that is kept now.
        """

        def strip(at: int) -> Shelf:
            return self._strip(target, shelves[at], boxes[at], lowest[at], holds[at])

        made = each(strip, range(len(boxes)), self.threads)
        target.pixels.setflags(write=False)
        return Kept(self.traces, target, tuple(made))

    def _strip(self, target: Raster, shelf: Shelf, box: Bounds, lowest: int, hold: int) -> Shelf:
        if box.is_empty:
            return shelf
        start = _highest(shelf, box, lowest)
        depth = 0 if start is None else start.depth
        surface = Surface.blank(box) if start is None else start.surface.part(box)
        compose_runs(self.runs[depth:hold], surface, self.kernel)
        used = [] if start is None else [start]
        if self.most and hold - depth >= WORTH:
            used.append(Partial(hold, surface.part(box).locked()))
        compose_runs(self.runs[hold:], surface, self.kernel)
        self.kernel.encode(surface, target)
        depths = [partial.depth for partial in used]
        others = (partial for partial in shelf if partial.depth not in depths)
        return _last((*others, *used), self.most)


def _carried(shelf: Shelf, changes: Changes, strip: int) -> Shelf:
    """The partial composites of a strip that are still true after the changes, at their new depths."""
    box, lowest = changes.boxes[strip], changes.lowest[strip]
    true = (p for p in shelf if p.depth <= lowest or p.surface.bounds.intersect(box).is_empty)
    moved = ((changes.moved(partial.depth), partial.surface) for partial in true)
    return tuple(Partial(depth, surface) for depth, surface in moved if depth is not None)


def _highest(shelf: Shelf, box: Bounds, depth: int) -> Partial | None:
    """The partial composite of the most runs, `depth` at most, that covers the box."""
    fit = [partial for partial in shelf if partial.depth <= depth and partial.covers(box)]
    return max(fit, key=lambda partial: partial.depth, default=None)


def _last(shelf: Sequence[Partial], most: int) -> Shelf:
    return tuple(shelf[max(0, len(shelf) - most) :]) if most else ()
