"""Opaque: runs a colour filter on a raster with transparency, so that nothing bleeds in.

Knows that a filter keeps extent, depth, place and alpha. Does not know any filter. No extension of its
own.
"""

from collections.abc import Callable

from ..pixels.continued import continued_colors
from ..pixels.raster import FloatArray, Raster, quantize

_BAND = 256  # rows rounded to integers at once


def filter_colors(image: Raster, change: Callable[[FloatArray], FloatArray]) -> Raster:
    """`change` takes and gives (H, W, 3) float32 0…1 sRGB; alpha comes back exactly as it was."""
    if image.is_empty or not image.pixels[..., 3].any():
        return image
    colors = change(continued_colors(image))
    result = image.pixels.copy()
    for top in range(0, len(colors), _BAND):
        result[top : top + _BAND, :, :3] = quantize(colors[top : top + _BAND], image.depth)
    return image.with_pixels(result)
