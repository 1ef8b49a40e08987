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


def linear_levels(depth: int) -> FloatArray:
    """Linear light of every level of a channel, float32 (2^depth,)."""
    limit = np.float32((1 << depth) - 1)
    return srgb_to_linear(np.arange(1 << depth, dtype=np.float32) / limit)
