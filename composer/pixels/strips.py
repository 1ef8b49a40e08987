"""Strips: runs a filter with a known reach over bands of rows, which bounds memory and fits the cache.

Knows arrays and how far a filter reaches. The result does not depend on where the bands lie.
"""

from collections.abc import Callable

import numpy as np

from .raster import FloatArray

_PIXELS = 400_000  # a band this large stays in the second-level cache with its intermediate results


def in_strips(rgb: FloatArray, reach: int, change: Callable[[FloatArray], FloatArray]) -> FloatArray:
    """`change` on (h, W, 3) bands of `rgb`; a result pixel may depend on pixels up to `reach` rows away."""
    height, width = rgb.shape[:2]
    rows = max(2 * reach, _PIXELS // max(width, 1), 16)
    result = np.empty_like(rgb)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        first, last = max(0, top - reach), min(height, bottom + reach)
        result[top:bottom] = change(rgb[first:last])[top - first : bottom - first]
    return result
