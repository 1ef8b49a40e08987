"""Difference: where two sets of what guides a render differ, pixel by pixel.

Knows rasters and masks by role. Does not know which render they belong to, nor what is done about it.
"""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from ..operation import REACH
from ..pixels.geometry import Bounds, Extent
from ..pixels.raster import Mask, Raster

Value = Raster | Mask
Flags = NDArray[np.bool_]


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


def painted(dirty: Flags) -> Flags:
    """What may be painted anew: the flagged pixels and those within `REACH` of one, by columns and rows."""
    side = 2 * REACH + 1
    grown = cv2.dilate(dirty.astype(np.uint8), np.ones((side, side), np.uint8))
    return np.not_equal(grown, 0)


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
