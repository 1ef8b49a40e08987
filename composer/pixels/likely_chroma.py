"""Likely chroma: found colours of a soft edge held to what the figure's sure colours nearby are like.

Where little of a figure shows, a small mistake of its coverage or of what lies behind becomes a large one of
its colour: white fur before green turns lilac. Knows OKLab; between grey and the mean of what is sure nearby
all chroma is likely, and so much to either side as that varies by. Does not know coverage, masks or rasters.
"""

import cv2
import numpy as np

from .color import oklab_to_srgb, srgb_to_oklab
from .continued import continued
from .gaussian import gaussian
from .raster import Array, FloatArray

_NEARBY = 8.0  # σ in pixels
_ENOUGH = np.float32(0.05)  # of what is nearby; where less is sure, what is farther has its say
_DEVIATIONS = np.float32(2)
_LEAST = np.float32(0.004)  # of chroma; rounding to eight bits alone is half of it


def hold_chroma(found: FloatArray, pixels: Array, rgb: FloatArray, sure: FloatArray) -> None:
    """Bound the chroma of `found` (H, W, 3) at `pixels` (n,), flat indices, in place; lightness stays.

    `sure` (H, W) 0…1: how surely `rgb` is the figure's own.
    """
    mean, radius = _chroma_nearby(rgb, sure, pixels)
    flat = found.reshape(-1, 3)
    lab = srgb_to_oklab(flat[pixels])
    along = (lab[:, 1:] * mean).sum(axis=1) / np.maximum((mean * mean).sum(axis=1), np.float32(1e-12))
    likely = np.clip(along, 0, 1)[:, None] * mean
    off = lab[:, 1:] - likely
    size = np.maximum(np.linalg.norm(off, axis=1), np.float32(1e-6))
    is_unlikely = size > radius
    lab[:, 1:] = likely + off * np.minimum(radius / size, 1)[:, None]
    flat[pixels[is_unlikely]] = np.clip(oklab_to_srgb(lab[is_unlikely]), 0, 1)


def _chroma_nearby(rgb: FloatArray, sure: FloatArray, pixels: Array) -> tuple[FloatArray, FloatArray]:
    """Of the sure colours about `pixels`: the mean of a and b (n, 2), and how far off it is likely (n,)."""
    moments = np.zeros((*sure.shape, 3), np.float32)
    telling = (sure > 0) & (_near(pixels, sure.shape) > 0)
    moments[telling] = _moments(srgb_to_oklab(rgb[telling]))
    weight = gaussian(sure * telling, _NEARBY)
    means = gaussian(moments * sure[..., None], _NEARBY)
    means /= np.maximum(weight, np.float32(1e-6))[..., None]
    nearby = continued(means, np.minimum(weight / _ENOUGH, np.float32(1))).reshape(-1, 3)[pixels]
    mean = nearby[:, :2]
    variance = np.maximum(nearby[:, 2] - (mean * mean).sum(axis=1), 0)
    return mean, np.maximum(_DEVIATIONS * np.sqrt(variance), _LEAST)


def _moments(lab: FloatArray) -> FloatArray:
    """(n, 3): a, b and the square of the chroma."""
    a, b = lab[:, 1], lab[:, 2]
    return np.stack((a, b, a * a + b * b), axis=1)


def _near(pixels: Array, shape: tuple[int, ...]) -> Array:
    """(H, W) uint8: what lies within three σ of the pixels."""
    there = np.zeros(shape, np.uint8)
    there.flat[pixels] = 1
    side = 2 * int(3 * _NEARBY) + 1
    return cv2.dilate(there, np.ones((side, side), np.uint8))
