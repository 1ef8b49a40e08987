"""Kuwahara: gouache strokes of any size, and enlarging that keeps edges crisp by means of them.

Knows (H, W, 3) float32 colours. Does not know alpha.
Generalised Kuwahara filter after Papari, Petkov and Campisi, "Artistic Edge and Corner Enhancing
Smoothing" (2007): eight Gaussian sectors weighted by s^(−q) instead of the one of least deviation s.
Departure: the sectors are shifted copies of one Gaussian, so that all eight cost one blur.
"""

from functools import partial

import cv2
import numpy as np

from .gaussian import float32, gaussian
from .raster import FloatArray
from .strips import in_strips

_SECTORS = 8
_SIGMA = 0.42  # of the radius
_OFFSET = 0.62  # of the radius: how far a sector's middle lies from the pixel
_NOISE = np.float32(2e-5)  # variance that counts as flat
_WORK_RADIUS = 8.0  # above it the picture is reduced until the radius is this


def strokes(rgb: FloatArray, radius: float) -> FloatArray:
    """(H, W, 3) float32: the Kuwahara mean of any radius; a large one is painted on a reduced copy."""
    if radius <= _WORK_RADIUS:
        return kuwahara_mean(rgb, radius)
    height, width = rgb.shape[:2]
    scale = _WORK_RADIUS / radius
    reduced = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = float32(cv2.resize(rgb, reduced, interpolation=cv2.INTER_AREA))
    return enlarge(kuwahara_mean(small, _WORK_RADIUS), width, height)


def kuwahara_mean(rgb: FloatArray, radius: float) -> FloatArray:
    """(H, W, 3) float32: each pixel the mean of the calmest surroundings within `radius` pixels (≤ 16)."""
    if radius <= 0:
        return rgb
    reach = int(np.ceil(3 * _SIGMA * radius)) + int(np.ceil(_OFFSET * radius)) + 2
    return in_strips(rgb, reach, partial(_weighted_sectors, radius=radius))


def enlarge(small: FloatArray, width: int, height: int, crispness: float = 1.0) -> FloatArray:
    """(h, w, 3) to (height, width, 3): cubic, then edges drawn together again over the pixels of `small`."""
    factor = max(width / small.shape[1], height / small.shape[0])
    large = float32(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC))
    return kuwahara_mean(large, min(crispness * factor, 16.0)) if factor > 1.0 else large


def _weighted_sectors(rgb: FloatArray, radius: float) -> FloatArray:
    moments = gaussian(np.dstack((rgb, np.einsum("ijk,ijk->ij", rgb, rgb))), _SIGMA * radius)
    total = np.zeros_like(moments)
    for sector in range(_SECTORS):
        angle = 2 * np.pi * (sector + 0.5) / _SECTORS
        total += _sector(moments, _OFFSET * radius * np.cos(angle), _OFFSET * radius * np.sin(angle))
    mean: FloatArray = total[..., :3] / total[..., 3:]
    return mean


def _sector(moments: FloatArray, dx: float, dy: float) -> FloatArray:
    """The sector's mean colour times its weight, and the weight, (h, w, 4)."""
    shift = np.array([[1, 0, dx], [0, 1, dy]], np.float64)
    size = (moments.shape[1], moments.shape[0])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = float32(cv2.warpAffine(moments, shift, size, flags=flags, borderMode=cv2.BORDER_REPLICATE))
    mean = moved[..., :3]
    variance = np.maximum(moved[..., 3] - np.einsum("ijk,ijk->ij", mean, mean), 0) + _NOISE
    weight = 1 / (variance * variance)
    moved[..., 3] = weight * weight
    mean *= moved[..., 3:]
    return moved
