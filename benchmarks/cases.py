"""Cases: one small document for each thing a layered file can hold, to see which program keeps it.

Knows documents. Does not know files or programs.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from composer.pixels.raster import Mask, Raster
from composer.pixels.stack import LayerGroup, LayerStack, PaintLayer, StackItem
from composer.registry import find_blend, names

from .documents import CANVAS, disc, layer, picture, ramp, showcase, spot, stack


def cases() -> Iterator[tuple[str, LayerStack]]:
    """Name and document of every case, simplest first."""
    yield "plain", stack([_base()])
    yield "transparent", stack([_dot()])
    yield "opacity", stack([_base(), replace(_dot(), opacity=0.37)])
    yield "layer mask", stack([_base(), replace(_dot(), mask=ramp())])
    yield "mask shown everywhere", stack([_base(), replace(_dot(), mask=_flat(1))])
    yield "mask hidden everywhere", stack([_base(), replace(_dot(), mask=_flat(0))])
    yield "mask mostly shown", stack([_base(), replace(_top(), mask=_holed())])
    yield "empty layer", stack([_base(), layer("empty", Raster(np.zeros((0, 0, 4), np.uint8)))])
    yield "layer outside", stack([_base(), layer("outside", disc(3, 40, -100, -100))])
    for group in _groups():
        yield group.name, stack([_base(), group])
    yield from _clippings()
    yield "16 bit", showcase(16)
    yield "showcase", showcase()
    for mode in names("blend"):
        whole = layer(mode, picture(2), mode)
        yield f"mode {mode}", stack([_base(), whole])
        # Where a program mixes before it clamps, or blends a soft edge otherwise, only this shows it.
        yield f"mode {mode}, veiled", stack([_base(), replace(whole, mask=ramp(), opacity=0.6)])


def _groups() -> Iterator[LayerGroup]:
    normal = find_blend("normal")
    children = (_dot(), replace(_dot(230), blend=find_blend("multiply")))
    yield LayerGroup("isolated group", children, normal)
    yield LayerGroup("group mask", children, normal, spot())
    yield LayerGroup("group opacity", children, normal, opacity=0.4)
    yield LayerGroup("group mask and mode", children, find_blend("screen"), spot(), 0.4)
    yield LayerGroup("pass-through", children, normal, pass_through=True)
    yield LayerGroup("pass-through, opacity", children, normal, opacity=0.4, pass_through=True)
    yield LayerGroup("pass-through, mask", children, normal, spot(), pass_through=True)
    yield LayerGroup("pass-through, mask, overlap", (*children, _dot(120)), normal, spot(), pass_through=True)
    yield LayerGroup("hidden group", children, normal, visible=False)


def _clippings() -> Iterator[tuple[str, LayerStack]]:
    over = replace(_top(), clip=True)
    dark = replace(over, blend=find_blend("multiply"), opacity=0.8)
    masked = replace(_dot(), mask=ramp(), opacity=0.9)
    group = LayerGroup("base group", (_dot(), _dot(230)), find_blend("normal"))
    above = layer("above", disc(8, 40, 200, 60))
    yield "clip normal", stack([_base(), _dot(), over, above])
    yield "clip multiply", stack([_base(), _dot(), dark, above])
    yield "clip two", stack([_base(), _dot(), over, dark])
    yield "clip to masked", stack([_base(), masked, dark])
    yield "clip masked", stack([_base(), _dot(), replace(over, mask=spot())])
    yield "clip to mode", stack([_base(), replace(_dot(), blend=find_blend("multiply")), over])
    yield "clip to group", stack([_base(), group, over])
    yield "clip multiply to group", stack([_base(), group, dark])


def _base() -> StackItem:
    return layer("base", picture(1))


def _dot(x: int = 100) -> PaintLayer:
    return layer("dot", disc(x, 70, x, 90))


def _top() -> PaintLayer:
    return layer("top", picture(2))


def _flat(value: float) -> Mask:
    return Mask.from_float(np.full((CANVAS.height, CANVAS.width), value, np.float32))


def _holed() -> Mask:
    values = np.ones((CANVAS.height, CANVAS.width), np.float32)
    values[20:60, 40:150] = 0.3
    return Mask.from_float(values)
