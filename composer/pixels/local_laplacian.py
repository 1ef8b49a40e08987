"""Local Laplacian: small differences of tone made larger or smaller at every scale; edges stay as they are.

After Paris, Hasinoff and Kautz, "Local Laplacian Filters" (2011), and Aubry et al., "Fast Local Laplacian
Filters" (2014), §4.1: the picture is remapped about each of a few tones g by g-dependent multiples of
d · e^(−d²/2σ²) with d = I − g, and each coefficient of the result's pyramid is taken from the two nearest.
What is remapped fades out at large differences, so that nothing glows beside an edge.
"""

from collections.abc import Callable
from itertools import pairwise

import cv2
import numpy as np

from .gaussian import float32
from .raster import FloatArray

_TONES = 17  # from 0 to 1


def detail_added(values: FloatArray, depth: int, sigma: float, gain: Callable[[float], float]) -> FloatArray:
    """(H, W) 0…1 with details of up to 2^`depth` pixels times 1 + gain(tone).

    Differences are details up to about `sigma`, and edges beyond some three times as much.
    """
    pyramid = _gaussian_pyramid(values, depth)
    added = [np.zeros_like(level) for level in pyramid[:-1]]
    for g in np.linspace(0, 1, _TONES):
        d = values - np.float32(g)
        about = np.float32(gain(float(g))) * d * np.exp(d * d * np.float32(-0.5 / sigma**2))
        for level, total, part in zip(
            pyramid, added, _laplacian(_gaussian_pyramid(about, depth)), strict=False
        ):
            total += part * np.maximum(1 - np.abs(level - np.float32(g)) * np.float32(_TONES - 1), 0)
    return values + _collapsed(added) if added else values


def _gaussian_pyramid(values: FloatArray, depth: int) -> list[FloatArray]:
    pyramid = [values]
    while len(pyramid) <= depth and min(pyramid[-1].shape) > 1:
        pyramid.append(float32(cv2.pyrDown(pyramid[-1], borderType=cv2.BORDER_REFLECT_101)))
    return pyramid


def _laplacian(pyramid: list[FloatArray]) -> list[FloatArray]:
    """All but the coarsest level."""
    return [fine - _up(coarse, fine) for fine, coarse in pairwise(pyramid)]


def _collapsed(laplacian: list[FloatArray]) -> FloatArray:
    total = laplacian[-1]
    for fine in reversed(laplacian[:-1]):
        total = fine + _up(total, fine)
    return total


def _up(coarse: FloatArray, like: FloatArray) -> FloatArray:
    return float32(cv2.pyrUp(coarse, dstsize=(like.shape[1], like.shape[0])))
