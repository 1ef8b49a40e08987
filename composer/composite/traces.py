"""Traces: what decides the pixels of a composite, as values that are kept when the pixels are not.

Knows every field of a layer or group that compositing looks at, with digests in place of pixels: runs with
equal traces paint equal pixels over equal backdrops. Does not know where unequal ones differ (`dirty`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from ..pixels.geometry import Bounds
from ..pixels.raster import Mask, Raster
from ..pixels.stack import BlendMode, LayerGroup, StackItem
from .walk import Run, seen_runs

Digest = Hashable
DigestOf = Callable[[Raster | Mask], Digest]
"""A name for a value: equal ones only for values that are equal, place included."""


@dataclass(frozen=True)
class LayerTrace:
    """A layer that is seen. `box`: what its raster covers, in canvas pixels."""

    raster: Digest
    box: Bounds
    mask: Digest | None
    blend: BlendMode
    opacity: float


@dataclass(frozen=True)
class GroupTrace:
    """A group that is seen, with the runs inside it that are."""

    inside: tuple[RunTrace, ...]
    mask: Digest | None
    blend: BlendMode
    opacity: float
    pass_through: bool


Trace = LayerTrace | GroupTrace
RunTrace = tuple[Trace, tuple[Trace, ...]]
"""The base of a clipping run, and what is clipped to it."""


def traces_of(runs: Iterable[Run], digest_of: DigestOf) -> tuple[RunTrace, ...]:
    """The traces of `walk.seen_runs`."""
    return tuple(
        (_trace(base, digest_of), tuple(_trace(item, digest_of) for item in clipped))
        for base, clipped in runs
    )


def _trace(item: StackItem, digest_of: DigestOf) -> Trace:
    mask = None if item.mask is None else digest_of(item.mask)
    if isinstance(item, LayerGroup):
        inside = traces_of(seen_runs(item.children), digest_of)
        return GroupTrace(inside, mask, item.blend, item.opacity, item.pass_through)
    return LayerTrace(digest_of(item.raster), item.raster.bounds, mask, item.blend, item.opacity)
