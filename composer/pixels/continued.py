"""Continued colours: what a picture's colours would be where it is transparent, or not known.

Knows a push-pull pyramid (Gortler et al., "The Lumigraph", 1996): holes are filled from ever coarser means
of what is known. Does not invent texture.
"""

import cv2
import numpy as np

from .raster import Array, FloatArray, Raster

# A pixel this opaque knows its own colour; below it, rounding of premultiplied sources has eaten it.
_TRUSTED_ALPHA = np.float32(1 / 8)


def continued_colors(image: Raster) -> FloatArray:
    """(H, W, 3) float32: the raster's colours, continued from their neighbours where it is transparent."""
    limit = np.float32((1 << image.depth) - 1)
    rgb: FloatArray = np.divide(image.pixels[..., :3], limit, dtype=np.float32)
    alpha = image.pixels[..., 3]
    if alpha.min() >= limit * _TRUSTED_ALPHA:
        return rgb
    weight = np.minimum(alpha / (limit * _TRUSTED_ALPHA), np.float32(1))
    return continued(rgb, weight)


def continued(rgb: FloatArray, known: FloatArray) -> FloatArray:
    """(H, W, 3): `rgb` where `known` (H, W) is 1, continued from there where it is 0; black if nowhere is."""
    weight = known[..., None]
    return _push_pull(np.concatenate((rgb * weight, weight), axis=2))


def _push_pull(weighted: FloatArray) -> FloatArray:
    """Holes of (H, W, 4) premultiplied colour filled from ever coarser means."""
    height, width = weighted.shape[:2]
    weight = weighted[..., 3:]
    if max(height, width) == 1:
        alone: FloatArray = np.divide(weighted[..., :3], np.maximum(weight, 1e-6), dtype=np.float32)
        return alone
    half = ((width + 1) // 2, (height + 1) // 2)
    coarse = _push_pull(_reduced(weighted, half))
    behind = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR).reshape(height, width, 3)
    filled: FloatArray = weighted[..., :3] + behind * (1 - weight)
    return filled


def _reduced(weighted: FloatArray, size: tuple[int, int]) -> FloatArray:
    """Half the size; a pixel that is known even in part becomes known, so that holes close quickly."""
    small: Array = cv2.resize(weighted, size, interpolation=cv2.INTER_AREA)
    weight = small[..., 3:]
    full = np.minimum(weight * 4, np.float32(1))
    scaled: FloatArray = small * (full / np.maximum(weight, np.float32(1e-6)))
    return scaled
