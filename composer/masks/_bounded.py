"""Bounded: a layer at a size whose cost is bounded, and what was found there at the layer's own size.

Knows rasters over the canvas. No transparent colour is mixed into a smaller copy. No extension of its own.
"""

import cv2
import numpy as np

from ..pixels.gaussian import float32
from ..pixels.raster import FloatArray, Mask, Raster, in_eight_bits, quantize


def bounded(image: Raster, pixels: int) -> Raster:
    """The layer in 8 bits and at most about `pixels` pixels, its first at (0, 0)."""
    seen = Raster(in_eight_bits(image.pixels))
    height, width = seen.pixels.shape[:2]
    scale = min(1.0, (pixels / max(height * width, 1)) ** 0.5)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if scale == 1 or seen.is_empty:
        return seen
    if bool((seen.pixels[..., 3] == 255).all()):
        return Raster(cv2.resize(seen.pixels, size, interpolation=cv2.INTER_AREA))
    return Raster(quantize(reduced(seen.to_float(), size), 8))


def reduced(rgba: FloatArray, size: tuple[int, int]) -> FloatArray:
    """(H, W, 4) straight to (width, height), smaller."""
    weighted = rgba * rgba[..., 3:]
    weighted[..., 3] = rgba[..., 3]
    small = float32(cv2.resize(weighted, size, interpolation=cv2.INTER_AREA))
    small[..., :3] /= np.maximum(small[..., 3:], np.float32(1e-6))
    return small


def alpha_of(image: Raster) -> FloatArray:
    """(H, W) 0…1."""
    return Mask(image.pixels[..., 3]).to_float()


def resized(values: FloatArray, like: tuple[int, ...]) -> FloatArray:
    """(h, w) at the size of the shape `like`, averaged when that is smaller."""
    height, width = like[:2]
    if values.shape == (height, width) or 0 in (height, width):
        return values
    kind = cv2.INTER_AREA if height < values.shape[0] else cv2.INTER_LINEAR
    return float32(cv2.resize(values, (width, height), interpolation=kind))


def within(found: FloatArray, image: Raster, confidence: float | None = None) -> Mask:
    """What was found at any size as a mask over `image`, hidden as far as that is transparent."""
    values = resized(found, image.pixels.shape)
    return Mask.from_float(values * alpha_of(image), image.depth, confidence)


def nothing(image: Raster, confidence: float | None = None) -> Mask:
    """A mask over `image` that shows nothing."""
    return Mask(np.zeros(image.pixels.shape[:2], image.pixels.dtype), confidence)
