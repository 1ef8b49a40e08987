"""Lowering: a layer stack rewritten so that every program shows it alike.

Knows layers and groups. Does not know any file format. Programs disagree on three things, and this
module writes none of them:

- **Mask or opacity on a pass-through group** (Krita drops them). When every layer in it blends
  *normally*, the group becomes an isolated one, which looks the same. Otherwise mask and opacity
  move down onto the group's layers. That is exact wherever one layer covers a pixel, and wherever
  the mask is fully hidden or fully shown and the opacity is 1. Where several layers overlap under a
  half-shown mask, or under an opacity below 1, the layers shine through each other a little; the
  merged picture in the file is right in every case.
- **A pass-through group that is clipped, or that others are clipped to**: becomes isolated, as
  Photoshop treats it.
- **Clipping with nothing below to clip to**: the flag is dropped.

Control characters in names, which neither XML nor Krita takes, become U+FFFD.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from ..pixels.raster import Mask
from ..pixels.stack import LayerGroup, LayerStack, PaintLayer, StackItem

_NORMAL = b"norm"
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, §2.2


def lower(stack: LayerStack) -> LayerStack:
    """The same picture without what only some programs understand."""
    return replace(stack, layers=_siblings(stack.layers))


def product(mask: Mask | None, other: Mask | None) -> Mask | None:
    """Both masks as one, at the greater depth of the two."""
    if mask is None or other is None:
        return mask or other
    return Mask.from_float(mask.to_float() * other.to_float(), max(mask.depth, other.depth))


def clip_runs(items: tuple[StackItem, ...]) -> Iterator[tuple[StackItem, tuple[StackItem, ...]]]:
    """Each base with the items clipped to it, all bottom first; items with nothing to clip to are bases."""
    first = next((at for at, item in enumerate(items) if not item.clip), len(items))
    yield from ((item, ()) for item in items[:first])
    start = first
    for end in range(first + 1, len(items) + 1):
        if end == len(items) or not items[end].clip:
            yield items[start], items[start + 1 : end]
            start = end


def _siblings(items: tuple[StackItem, ...]) -> tuple[StackItem, ...]:
    lowered: list[StackItem] = []
    for base, clipped in clip_runs(items):
        lowered.append(_lowered(replace(base, clip=False), alone=not clipped))
        lowered += [_lowered(item, alone=False) for item in clipped]
    return tuple(lowered)


def _lowered(item: StackItem, alone: bool) -> StackItem:
    item = replace(item, name=_UNWRITABLE.sub("\ufffd", item.name))
    if isinstance(item, PaintLayer):
        return item
    if not item.pass_through:
        return replace(item, children=_siblings(item.children))
    if alone and item.mask is None and item.opacity == 1:
        return replace(item, children=_siblings(item.children))
    if not alone or _blends_normally(item.children):
        return replace(item, pass_through=False, children=_siblings(item.children))
    return replace(item, mask=None, opacity=1.0, children=_siblings(_veiled(item)))


def _blends_normally(items: tuple[StackItem, ...]) -> bool:
    """Whether nothing in these siblings looks at the colours below them."""
    bases = [base for base, _ in clip_runs(items)]
    inner = [base.children for base in bases if isinstance(base, LayerGroup) and base.pass_through]
    return all(base.blend.psd == _NORMAL for base in bases) and all(map(_blends_normally, inner))


def _veiled(group: LayerGroup) -> tuple[StackItem, ...]:
    """The group's children with its mask and opacity; what is clipped follows its base."""
    veiled: list[StackItem] = []
    for base, clipped in clip_runs(group.children):
        opacity = base.opacity * group.opacity
        veiled += [replace(base, clip=False, mask=product(base.mask, group.mask), opacity=opacity), *clipped]
    return tuple(veiled)
