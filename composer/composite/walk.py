"""Walk: layers, groups and clipping runs, bottom first, onto one surface.

Knows Photoshop's rules of what is composited with what. Does not know pixels (the kernel does)
nor how the canvas is divided.

A *clipping run* is an unclipped item with the clipped ones directly above it. Their colours blend
with the base's inside the base's alpha ("blend clipped layers as group"), then the result blends
by the base's mode, opacity and mask. A hidden base hides its run. Clipped items below the first
unclipped one of their group have no base and are composited as if not clipped. A pass-through
group that is a base is composited as isolated: a run needs one colour and one alpha to clip to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..pixels.stack import LayerGroup, StackItem
from .kernel import Kernel
from .surface import Source, Surface, straight, weight

Run = tuple[StackItem, tuple[StackItem, ...]]


def compose(items: Sequence[StackItem], backdrop: Surface, kernel: Kernel) -> None:
    """Composite the items, bottom first, onto the premultiplied backdrop, in place."""
    compose_runs(seen_runs(items), backdrop, kernel)


def compose_runs(runs: Iterable[Run], backdrop: Surface, kernel: Kernel) -> None:
    """Composite runs of `seen_runs`; a part of them at a time, in order, gives the same bytes."""
    for base, clipped in runs:
        _paint(base, clipped, backdrop, kernel)


def seen_runs(items: Sequence[StackItem]) -> Iterator[Run]:
    """The runs that are not hidden, bottom first, without their hidden items.

    A pass-through group that changes nothing of its own stands there as the runs of its children.
    """
    for base, clipped in clipping_runs(items):
        if not base.visible:
            continue
        shown = tuple(item for item in clipped if item.visible)
        if isinstance(base, LayerGroup) and not shown and _is_plain(base):
            yield from seen_runs(base.children)
        else:
            yield base, shown


def clipping_runs(items: Sequence[StackItem]) -> Iterator[Run]:
    """(base, clipped items above it) for every run, bottom first; most runs are a base alone."""
    base: StackItem | None = None
    clipped: list[StackItem] = []
    for item in items:
        if item.clip and base is not None:
            clipped.append(item)
            continue
        if base is not None:
            yield base, tuple(clipped)
        base, clipped = (None, []) if item.clip else (item, [])
        if item.clip:
            yield item, ()
    if base is not None:
        yield base, tuple(clipped)


def _paint(base: StackItem, clipped: Sequence[StackItem], backdrop: Surface, kernel: Kernel) -> None:
    if isinstance(base, LayerGroup) and base.pass_through and not clipped:
        _pass_through(base, backdrop, kernel)
        return
    source = _source(base, backdrop, kernel)
    if clipped:
        source = _with_clipped(source, clipped, backdrop, kernel)
    kernel.blend(backdrop, source, base.blend, base.mask, base.opacity)


def _source(item: StackItem, backdrop: Surface, kernel: Kernel) -> Source:
    if not isinstance(item, LayerGroup):
        return item.raster
    group = Surface.blank(backdrop.bounds)
    compose(item.children, group, kernel)
    kernel.straighten(group)
    return group


def _with_clipped(source: Source, clipped: Sequence[StackItem], backdrop: Surface, kernel: Kernel) -> Surface:
    """The base's colours, taken as opaque, under the clipped items; then the base's alpha again."""
    box = backdrop.bounds.intersect(source.bounds)
    run = Surface(straight(source, box), box)
    alpha = run.channels[3].copy()
    run.channels[3] = 1.0
    for item in clipped:
        _paint(item, (), run, kernel)
    run.channels[3] = alpha
    return run


def _is_plain(group: LayerGroup) -> bool:
    return group.pass_through and group.mask is None and group.opacity >= 1.0


def _pass_through(group: LayerGroup, backdrop: Surface, kernel: Kernel) -> None:
    if _is_plain(group):
        compose(group.children, backdrop, kernel)
        return
    before = backdrop.copy()
    compose(group.children, backdrop, kernel)
    backdrop.channels[...] -= before.channels
    backdrop.channels[...] *= weight(group.mask, group.opacity, backdrop.bounds)
    backdrop.channels[...] += before.channels
