"""Difference: where two sets of what guides a render differ, pixel by pixel.

Knows rasters and masks by role. Does not know which render they belong to, nor what is done about it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..pixels.adjust import grow
from ..pixels.geometry import Bounds, Extent
from ..pixels.raster import Mask, Raster

Value = Raster | Mask
Flags = NDArray[np.bool_]

MARGIN = 24
"""How far around a changed pixel an engine paints anew, in pixels: what lies there was painted to fit it."""


def difference(old: Mapping[str, Value], new: Mapping[str, Value]) -> Flags | None:
    """Where, over the box of `content`, any role's pixels differ: (H, W) flags.

    A mask that only one of them has counts as nowhere shown in the other. None when they cannot be laid
    upon each other: another place, size or depth, or a raster in one of them only.
    """
    content = new["content"]
    assert isinstance(content, Raster)
    flags = np.zeros((content.bounds.height, content.bounds.width), np.bool_)
    for role in sorted({*old, *new}):
        found = _between(old.get(role), new.get(role), content.bounds)
        if found is None:
            return None
        flags |= found
    return flags


def painted_around(dirty: Flags) -> float:
    """The share (0…1) of the box that is painted anew: the flagged pixels and `MARGIN` around them."""
    rows, columns = np.flatnonzero(dirty.any(axis=1)), np.flatnonzero(dirty.any(axis=0))
    if not rows.size:
        return 0.0
    height, width = dirty.shape
    flagged = Bounds(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    box = flagged.pad(MARGIN).intersect(Bounds.of(Extent(width, height)))
    grown = grow(Mask(dirty[box.slices].astype(np.uint8)), MARGIN)
    return int(np.count_nonzero(grown.values)) / dirty.size


def over_canvas(dirty: Flags, box: Bounds, canvas: Extent) -> Mask:
    """The flags of a box as a mask of the canvas: shown where flagged."""
    values = np.zeros((canvas.height, canvas.width), np.uint8)
    values[box.slices] = dirty * np.uint8(255)
    return Mask(values)


def _between(old: Value | None, new: Value | None, box: Bounds) -> Flags | None:
    if isinstance(old, Raster) and isinstance(new, Raster):
        return _between_rasters(old, new, box)
    masks = [value for value in (old, new) if isinstance(value, Mask)]
    if len(masks) == 2:
        old, new = masks
        if (old.extent, old.depth) != (new.extent, new.depth):
            return None
        return np.not_equal(old.values[box.slices], new.values[box.slices])
    if len(masks) == 1 and (old is None or new is None):
        return np.not_equal(masks[0].values[box.slices], 0)
    return None


def _between_rasters(old: Raster, new: Raster, box: Bounds) -> Flags | None:
    if (old.bounds, old.depth) != (new.bounds, new.depth):
        return None
    pixel = np.dtype(f"u{old.pixels.dtype.itemsize * 4}")  # four channels compared as one number
    flags = np.zeros((box.height, box.width), np.bool_)
    shared = old.bounds.intersect(box)
    if shared.is_empty:
        return flags
    differs = np.not_equal(old.pixels.view(pixel)[..., 0], new.pixels.view(pixel)[..., 0])
    inside = shared.translate(-old.left, -old.top).slices
    flags[shared.translate(-box.left, -box.top).slices] = differs[inside]
    return flags
