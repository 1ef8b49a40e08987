"""Forms: the large forms of a picture without its texture, edges kept.

Knows (H, W, C) float32 values of one scale. Does not know alpha.
After He, Sun and Tang, "Guided Image Filtering" (2013), a picture guided by itself. Departures: one
coefficient for all channels, from their common variance σ², so that an edge in any is an edge in all;
and σ⁴ / (σ⁴ + ε²) instead of σ² / (σ² + ε), which softens edges less for the same calm between them.
"""

import cv2
import numpy as np

from .gaussian import float32, gaussian
from .local_linear import LocalLinear
from .raster import FloatArray

_WORK_SIGMA = 2.0  # above it the coefficients are found on a reduced copy
_BAND = 256  # rows of the full size worked on at once


def edge_kept(values: FloatArray, sigma: float, tolerance: float) -> FloatArray:
    """(H, W, C) without texture, as a whole; see `forms_of`."""
    forms = forms_of(values, sigma, tolerance)
    result = np.empty_like(values)
    for top in range(0, len(values), _BAND):
        result[top : top + _BAND] = forms.rows(values[top : top + _BAND], top)
    return result


def forms_of(values: FloatArray, sigma: float, tolerance: float) -> LocalLinear:
    """What smooths over about `sigma` pixels (> 0) where the values differ by less than `tolerance`."""
    small = reduced(values, sigma / _WORK_SIGMA)
    sigma = min(sigma, _WORK_SIGMA)
    moments = gaussian(np.dstack((small, np.einsum("ijk,ijk->ij", small, small))), sigma)
    mean = moments[..., :-1]
    variance = np.maximum(moments[..., -1:] - np.einsum("ijk,ijk->ij", mean, mean)[..., None], 0)
    contrast = np.square(variance / np.float32(values.shape[2] * tolerance**2))
    a = contrast / (contrast + 1)
    return LocalLinear(gaussian(np.concatenate((a, (1 - a) * mean), axis=2), sigma), len(values))


def reduced(values: FloatArray, factor: float) -> FloatArray:
    """(H, W, C) made smaller by `factor`; as it is where that is 1 or less."""
    if factor <= 1:
        return values
    height, width, channels = values.shape
    size = (max(1, round(width / factor)), max(1, round(height / factor)))
    small = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
    return float32(small).reshape(size[1], size[0], channels)
