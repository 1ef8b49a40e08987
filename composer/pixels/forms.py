"""Forms: the large forms of a picture without its texture, edges kept.

Knows (H, W, C) float32 values of one scale. Does not know alpha.
After He, Sun and Tang, "Guided Image Filtering" (2013), a picture guided by itself. Departure: one
coefficient for all channels, from their common variance, so that an edge in any is an edge in all.
"""

import cv2
import numpy as np

from .gaussian import float32, gaussian
from .local_linear import LocalLinear
from .raster import FloatArray

_WORK_SIGMA = 4.0  # above it the coefficients are found on a reduced copy


def forms_of(values: FloatArray, sigma: float, tolerance: float) -> LocalLinear:
    """What smooths over about `sigma` pixels (> 0) where the values differ by less than `tolerance`."""
    small = reduced(values, sigma / _WORK_SIGMA)
    sigma = min(sigma, _WORK_SIGMA)
    moments = gaussian(np.dstack((small, np.einsum("ijk,ijk->ij", small, small))), sigma)
    mean = moments[..., :-1]
    variance = np.maximum(moments[..., -1:] - np.einsum("ijk,ijk->ij", mean, mean)[..., None], 0)
    variance /= np.float32(values.shape[2])
    a = variance / (variance + np.float32(tolerance**2))
    return LocalLinear(gaussian(np.concatenate((a, (1 - a) * mean), axis=2), sigma), len(values))


def reduced(values: FloatArray, factor: float) -> FloatArray:
    """(H, W, C) made smaller by `factor`; as it is where that is 1 or less."""
    if factor <= 1:
        return values
    height, width, channels = values.shape
    size = (max(1, round(width / factor)), max(1, round(height / factor)))
    small = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
    return float32(small).reshape(size[1], size[0], channels)
