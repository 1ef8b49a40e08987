"""Footprint: what each node of a plan takes of memory while it runs, and of the disk afterwards.

Knows sizes, by headers and placements, and what each kind of action was seen to take for a pixel. Does not
know what an action does, nor what is free (`room`).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..graph.action import (
    Action,
    Adjust,
    Apply,
    Combine,
    Composite,
    CutOut,
    Decode,
    Export,
    Fade,
    Fill,
    Find,
    Place,
)
from ..graph.node import Node, Plan
from ..pixels.geometry import Extent
from ..pixels.glance import glance
from ..pixels.limits import largest_megapixels
from ..pixels.resample import covered
from ..registry import Kind
from .memory import least_bytes

_WORKING = {
    Decode: 10,
    Place: 7,
    Find: 7,
    Fill: 4,
    Adjust: 14,
    Combine: 14,
    CutOut: 19,
    Fade: 10,
    Composite: 5,
}
"""Bytes that are taken for a pixel at 8 bits a channel, inputs not counted: measured at 25 megapixels."""
_MASK_WORKING, _FILTER_WORKING = 40, 40
"""The same of the middle one of all masks and filters; they lie between 5 and 64."""
_FLAT_WORKING, _LAYERED_WORKING, _LAYER_WORKING = 8, 13, 4
"""The same of an export, and of each layer in it."""
_DEEP = 2
_NONE = Extent(0, 0)


@dataclass(frozen=True)
class Footprint:
    """Of one node: pixels; bytes it cannot do without, and those it may take; bytes of its value on disk.

    A neural layer's memory counts nothing, since its engine fits itself into what is free; nor does the file
    that an export writes, since it is packed, nor what a mask finds, since it is small. A photograph
    cannot be read without some bytes either, but that is told of it when it is read, beside all others that
    cannot be.
    """

    pixels: int
    least: int
    working: int
    kept: int


def footprints(plan: Plan) -> dict[str, Footprint]:
    """The footprint of every node, in running order. A picture whose header tells nothing counts nothing."""
    sizes: dict[str, Extent] = {}
    deep: set[str] = set()
    found: dict[str, Footprint] = {}
    for name, node in plan.nodes.items():
        inputs = [source for _, source in node.inputs]
        sizes[name] = _size(node, sizes)
        if getattr(node.action, "depth", 8) == 16 or deep.intersection(inputs):
            deep.add(name)
        found[name] = _footprint(node.action, sizes[name].pixels, _DEEP if name in deep else 1, len(inputs))
    return found


def _size(node: Node, sizes: dict[str, Extent]) -> Extent:
    """The extent that an action works on."""
    action = node.action
    if isinstance(action, Decode):
        seen = glance(node.files[0][1])
        if seen is None or seen.extent.pixels > largest_megapixels() * 1e6:
            return _NONE
        return seen.extent
    first = sizes[node.inputs[0][1]] if node.inputs else _NONE
    if isinstance(action, Place):
        return covered(first, action.fit, action.canvas).extent if first.pixels else _NONE
    if isinstance(action, Composite | Export):
        return action.recipe.canvas
    return getattr(action, "canvas", None) or first if isinstance(action, Apply | Fill) else first


def _footprint(action: Action, pixels: int, deep: int, inputs: int) -> Footprint:
    return Footprint(
        pixels,
        least=least_bytes(action) * pixels,
        working=_working(action, inputs) * deep * pixels,
        kept=_kept(action) * deep * pixels,
    )


def _working(action: Action, inputs: int) -> int:
    if isinstance(action, Export):
        is_layered = action.extension.needs.layers
        return _LAYERED_WORKING + _LAYER_WORKING * (inputs - 1) if is_layered else _FLAT_WORKING
    if isinstance(action, Apply):
        return _MASK_WORKING if action.extension.kind is Kind.MASK else _FILTER_WORKING
    return _WORKING.get(type(action), 0)


def _kept(action: Action) -> int:
    """Bytes a pixel of the value: four channels, or one of a mask."""
    if isinstance(action, Export | Find):
        return 0
    is_mask = isinstance(action, Adjust | Combine) or (
        isinstance(action, Apply) and action.extension.kind is Kind.MASK
    )
    return 1 if is_mask else 4
