"""Hashed: random bits that are a function of a place and a seed, so that a pattern can begin anywhere.

Knows integers. Does not know lattices, or how the bits become numbers.
"""

import numpy as np

from .raster import Array


def hashed(x: Array) -> Array:
    """uint32 to uint32 of the same shape: every bit depends on every bit of x.

    The finaliser "lowbias32" of Wellons, "Prospecting for Hash Functions" (2018).
    """
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B)
    result: Array = x ^ (x >> np.uint32(16))
    return result
