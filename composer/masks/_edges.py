"""Edges: brings a mask that was found at a small size to the size of its picture.

Knows how far such a mask may be off: about one of its own pixels. No extension of its own.
"""

import numpy as np

from ..pixels.guided import guided
from ..pixels.raster import Array, FloatArray

_GUIDE_SIDE = 960  # pixels at which colours are compared with the mask


def follow_edges(coarse: FloatArray, rgb: Array, steepness: float) -> FloatArray:
    """(h, w) float32 0…1 and (H, W, 3) integers to (H, W) 0…1; `steepness` 1 leaves edges as found."""
    side = min(_GUIDE_SIDE, max(rgb.shape[:2]))
    radius = max(2, round(2.0 * side / max(coarse.shape)))
    value = guided(coarse, rgb, side, radius)
    value -= np.float32(0.5)
    value *= np.float32(steepness)
    value += np.float32(0.5)
    followed: FloatArray = np.clip(value, 0, 1, out=value)
    return followed
