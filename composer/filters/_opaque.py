"""Opaque: runs a colour filter on a raster with transparency, so that nothing bleeds in.

Knows that a filter keeps extent, depth, place and alpha. Does not know any filter. No extension of its
own.
"""

from collections.abc import Callable

import numpy as np

from ..pixels.continued import continued_colors
from ..pixels.raster import FloatArray, Raster, quantize


def filter_colors(image: Raster, change: Callable[[FloatArray], FloatArray]) -> Raster:
    """`change` takes and gives (H, W, 3) float32 0…1 sRGB; alpha comes back exactly as it was."""
    if image.is_empty or not image.pixels[..., 3].any():
        return image
    result = np.empty_like(image.pixels)
    result[..., :3] = quantize(change(continued_colors(image)), image.depth)
    result[..., 3] = image.pixels[..., 3]
    return image.with_pixels(result)
