"""Strips: runs a filter with a known reach over bands of rows, which bounds memory and fits the cache.

Knows arrays and how far a filter reaches. The result does not depend on where the bands lie.
"""

from collections.abc import Callable

import numpy as np

from .raster import FloatArray

_PIXELS = 400_000  # a band this large stays in the second-level cache with its intermediate results


def in_strips(pixels: FloatArray, reach: int, change: Callable[[FloatArray], FloatArray]) -> FloatArray:
    """`change` on (h, W, …) bands, which keeps their rows; a pixel may depend on others `reach` rows away."""
    height, width = pixels.shape[:2]
    rows = max(2 * reach, _PIXELS // max(width, 1), 16)
    if height <= rows:
        return change(pixels)
    result = np.empty(0, np.float32)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        first, last = max(0, top - reach), min(height, bottom + reach)
        band = change(pixels[first:last])[top - first : bottom - first]
        if top == 0:
            result = np.empty((height, *band.shape[1:]), np.float32)
        result[top:bottom] = band
    return result
