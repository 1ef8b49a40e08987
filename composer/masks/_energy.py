"""Energy: how strong the edges of a picture are about each pixel, as contrast in OKLab.

Knows (H, W, 4) float32 straight sRGB. What is transparent has no say, whatever its hidden colours
are. After Di Zenzo (1986); normalised so that a straight step of contrast h measures h on its line
at every radius (Lindeberg, "Edge Detection and Ridge Detection with Automatic Scale Selection", 1998).
No extension of its own.
"""

from functools import partial

import cv2
import numpy as np

from ..pixels.color import srgb_to_oklab
from ..pixels.gaussian import float32, gaussian
from ..pixels.raster import FloatArray
from ..pixels.strips import in_strips
from ._bounded import reduced

_WORK_RADIUS = 4.0  # above it the picture is reduced until the radius is this
_OWN_BLUR = 2 / np.pi  # σ² of a central difference, so that a step between two pixels measures its height
_SEEN = np.float32(1e-3)  # less opacity than this about a pixel tells nothing of its colour
_SLOPE = np.array([-0.5, 0.0, 0.5], np.float32)
_STAY = np.ones(1, np.float32)


def edge_contrast(rgba: FloatArray, radius: float) -> FloatArray:
    """(H, W): the contrast (0…1) of the edge within about `radius` pixels."""
    height, width = rgba.shape[:2]
    if rgba.size == 0:
        return np.zeros((height, width), np.float32)
    if radius <= _WORK_RADIUS:
        reach = int(np.ceil(3 * radius)) + 2
        return in_strips(rgba, reach, partial(_contrast, sigma=radius))
    scale = _WORK_RADIUS / radius
    small = reduced(rgba, (max(1, round(width * scale)), max(1, round(height * scale))))
    contrast = edge_contrast(small, _WORK_RADIUS)
    return float32(cv2.resize(contrast, (width, height), interpolation=cv2.INTER_LINEAR))


def _contrast(rgba: FloatArray, sigma: float) -> FloatArray:
    alpha = rgba[..., 3:]
    blurred = gaussian(np.dstack((srgb_to_oklab(rgba[..., :3]) * alpha, alpha)), sigma)
    weight = blurred[..., 3:]
    lab = float32(blurred[..., :3] / np.maximum(weight, _SEEN))
    unit = np.float32(np.sqrt(2 * np.pi * (sigma * sigma + _OWN_BLUR)))
    contrast: FloatArray = np.where(weight[..., 0] > _SEEN, steepness(lab) * unit, np.float32(0))
    return contrast


def steepness(lab: FloatArray) -> FloatArray:
    """(H, W): √λ of the larger eigenvalue of Σ ∇c ∇cᵀ over the channels, per pixel."""
    x = float32(cv2.sepFilter2D(lab, -1, _SLOPE, _STAY, borderType=cv2.BORDER_REPLICATE))
    y = float32(cv2.sepFilter2D(lab, -1, _STAY, _SLOPE, borderType=cv2.BORDER_REPLICATE))
    E, F, G = (np.einsum("ijk,ijk->ij", a, b) for a, b in ((x, x), (x, y), (y, y)))
    larger = (E + G) / 2 + np.sqrt(((E - G) / 2) ** 2 + F * F)
    root: FloatArray = np.sqrt(larger)
    return root
