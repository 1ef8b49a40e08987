"""Gaussian: blurs of any float radius, with the same result at every size of a draft.

Knows arrays (H, W) or (H, W, C) of float32 or integers. Does not know masks, rasters or alpha.
"""

import cv2
import numpy as np

from .raster import Array, FloatArray

# Up to this σ the kernel is short enough to be run as it is; above it a reduced copy is blurred.
_DIRECT = 8.0


def gaussian(values: Array, sigma: float) -> FloatArray:
    """(H, W) or (H, W, C) blurred by a Gaussian of standard deviation `sigma` pixels, as float32.

    0 gives the values unchanged. Edge pixels are repeated beyond the border. Large σ work on a
    reduced copy whose own blur (box of f pixels down, triangle of f pixels up) is taken off σ².
    """
    image = np.ascontiguousarray(values, np.float32)
    if sigma <= 0.0 or image.size == 0:
        return image
    if sigma <= _DIRECT:
        return _direct(image, sigma)
    factor = sigma / (_DIRECT / 2)
    height, width = image.shape[:2]
    reduced = (max(1, round(width / factor)), max(1, round(height / factor)))
    small = float32(cv2.resize(image, reduced, interpolation=cv2.INTER_AREA))
    left = (sigma / factor) ** 2 - 1 / 12 - 1 / 6
    blurred = _direct(small, left**0.5)
    return float32(cv2.resize(blurred, (width, height), interpolation=cv2.INTER_LINEAR))


def _direct(image: FloatArray, sigma: float) -> FloatArray:
    size = 2 * int(np.ceil(3.0 * sigma)) + 1
    return float32(cv2.GaussianBlur(image, (size, size), sigma, borderType=cv2.BORDER_REPLICATE))


def float32(image: Array) -> FloatArray:
    """What cv2 gave back, as the float32 array it is."""
    return image.astype(np.float32, copy=False)
