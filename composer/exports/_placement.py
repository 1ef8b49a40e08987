"""Placement: pixels cut, padded and converted to what a file format wants to store.

Knows rasters, masks and boxes. Does not know any file format.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from ..pixels.geometry import Bounds, Extent
from ..pixels.raster import Array, Mask, Raster, quantize

_ROWS = 256

Depth = Annotated[
    Literal[8, 16] | None,
    Field(
        description="Bits a channel. 16: the whole piece is computed in 16, whatever its photographs have; "
        "what a network paints comes out a little different then. Left out: as many as the layers came to – "
        "16 when a photograph has 16, or another output wants 16."
    ),
]
"""A parameter called so is more than the exporter's: the planner reads it too."""


@dataclass(frozen=True, eq=False, slots=True)
class TrimmedMask:
    """The part of a mask inside `bounds` (canvas pixels); `outside` (0 or 1) is its value everywhere else."""

    values: Array
    bounds: Bounds
    outside: int


def at_depth(values: Array, depth: int) -> Array:
    """Integers of 8 or 16 bits as `depth` bits, rounded to nearest; the same array when nothing changes."""
    if values.dtype.itemsize * 8 == depth:
        return values
    if depth == 16:
        return values.astype(np.uint16) * np.uint16(257)
    return ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)


def box_of(shown: Array) -> Bounds:
    """The smallest box around the true values of a (H, W) array; empty at the origin when there are none."""
    rows, columns = np.flatnonzero(shown.any(axis=1)), np.flatnonzero(shown.any(axis=0))
    if not len(rows):
        return Bounds(0, 0, 0, 0)
    return Bounds(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def shown_box(raster: Raster) -> Bounds:
    """The raster's box on the canvas without its fully transparent margins; empty when nothing shows."""
    box = box_of(raster.pixels[..., 3] != 0)
    return box if box.is_empty else box.translate(raster.left, raster.top)


def cut(raster: Raster, box: Bounds) -> Array:
    """The raster's pixels inside `box` (canvas pixels, within the raster), without copying them."""
    rows, columns = box.translate(-raster.left, -raster.top).slices
    return raster.pixels[rows, columns] if not box.is_empty else raster.pixels[:0, :0]


def trim_mask(mask: Mask, masked: Bounds) -> TrimmedMask:
    """The mask without margins that are wholly hidden, or wholly shown where that leaves less to store.

    Left whole when nothing would remain inside `masked`, the box of what it masks: Krita takes an
    empty box for no mask at all, and GIMP a box beside the layer.
    """
    full = np.iinfo(mask.values.dtype).max
    hidden, shown = box_of(mask.values != 0), box_of(mask.values != full)
    outside = int(shown.extent.pixels < hidden.extent.pixels)
    box = shown if outside else hidden
    if box.intersect(masked).is_empty:
        box = Bounds.of(mask.extent)
    return TrimmedMask(mask.values[box.slices], box, outside)


def on_canvas(raster: Raster, canvas: Extent) -> Array:
    """(H, W, 4) pixels of the whole canvas: the raster on transparent black, cut at the edges."""
    whole = Bounds.of(canvas)
    if raster.bounds == whole:
        return raster.pixels
    pixels = Raster.blank(whole, raster.depth).pixels
    inside = raster.crop(whole)
    pixels[inside.bounds.slices] = inside.pixels
    return pixels


def over(pixels: Array, color: tuple[float, float, float]) -> Array:
    """(H, W, 3) uint8: straight pixels on a colour (0…1), rounded to nearest."""
    if is_opaque(pixels):
        return at_depth(pixels, 8)[..., :3]
    result = np.empty((*pixels.shape[:2], 3), np.uint8)
    full = np.float32(np.iinfo(pixels.dtype).max)
    for rows in range(0, len(pixels), _ROWS):
        part = pixels[rows : rows + _ROWS].astype(np.float32) / full
        alpha = part[..., 3:]
        mixed = part[..., :3] * alpha + np.array(color, np.float32) * (1 - alpha)
        result[rows : rows + _ROWS] = quantize(mixed, 8)
    return result


def is_opaque(pixels: Array) -> bool:
    """Whether no pixel of (H, W, 4) lets anything through."""
    return bool((pixels[..., 3] == np.iinfo(pixels.dtype).max).all())
