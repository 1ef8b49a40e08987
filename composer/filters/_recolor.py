"""Recolor: runs a change of OKLab colours over a raster, and keeps what comes out inside sRGB.

Knows bands of rows and alpha that stays. Does not know any filter. No extension of its own.
"""

from collections.abc import Callable

import numpy as np

from ..pixels.color import linear_to_oklab, linear_to_srgb, srgb_to_linear
from ..pixels.gamut import kept_inside
from ..pixels.raster import FloatArray, Raster, quantize

Change = Callable[[FloatArray, slice], FloatArray]
"""(h, W, 3) OKLab of some rows of the raster, and which rows these are, to OKLab."""

_TOE = np.float32(0.25)  # OKLab L, 34 of 255 levels
_PIXELS = 100_000  # a band this large stays in the second-level cache with its intermediate results


def recolored(image: Raster, change: Change) -> Raster:
    """`change` on every visible pixel; alpha comes back exactly as it was."""
    if image.is_empty or not image.pixels[..., 3].any():
        return image
    height, width = image.pixels.shape[:2]
    linear, rows = linear_levels(image.depth), max(1, _PIXELS // width)
    result = image.pixels.copy()
    for top in range(0, height, rows):
        band = slice(top, min(top + rows, height))
        lab = linear_to_oklab(linear[image.pixels[band, :, :3]])
        result[band, :, :3] = quantize(linear_to_srgb(kept_inside(change(lab, band))), image.depth)
    return image.with_pixels(result)


def gently_lifted(before: FloatArray, after: FloatArray) -> FloatArray:
    """OKLab lightness `after` a rising curve of `before`, lifted the less the nearer to black it was.

    There L is steep – the first level of 8 bits is 0.07 of it – so that a curve which only bends would make
    bright speckles of the noise in blacks. What is darkened is left alone, and order is kept.
    """
    x = np.minimum(before / _TOE, np.float32(1))
    lift = after - before
    return np.where(lift > 0, before + lift * (x * x * (3 - 2 * x)), after)


def linear_levels(depth: int) -> FloatArray:
    """Linear light of every level of a channel, float32 (2^depth,)."""
    limit = np.float32((1 << depth) - 1)
    return srgb_to_linear(np.arange(1 << depth, dtype=np.float32) / limit)
