"""Guided: makes a coarse mask follow the edges of the picture it belongs to.

Knows a mask of any size and the picture at full size. After He, Sun and Tang, "Guided Image
Filtering" (2013), colour guide, its coefficients found at a middling size and enlarged ("Fast
Guided Filter", 2015). Does not know where the mask comes from.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from .gaussian import float32
from .raster import Array, FloatArray, in_eight_bits

EPSILON = 4e-5  # variance below which the guide counts as flat
_BAND = 256  # rows of the full size worked on at once


@dataclass(frozen=True, eq=False, slots=True)
class _Linear:
    """The mask as a · colour + b about each pixel: a (h, w, 3), b (h, w)."""

    a: FloatArray
    b: FloatArray


def guided(coarse: FloatArray, rgb: Array, side: int, radius: int, epsilon: float = EPSILON) -> FloatArray:
    """(h, w) float32 0…1 and (H, W, 3) integers to (H, W) about 0…1, not clamped.

    The mask is taken as a linear function of the colours within `radius` pixels of a copy of the picture
    whose long side is at most `side`.
    """
    guide = _unit(_at_most(rgb, side))
    start = float32(cv2.resize(coarse, (guide.shape[1], guide.shape[0]), interpolation=cv2.INTER_LINEAR))
    fit = _fit(guide, start, radius, np.float32(epsilon))
    height = rgb.shape[0]
    result = np.empty(rgb.shape[:2], np.float32)
    for top in range(0, height, _BAND):
        bottom = min(top + _BAND, height)
        result[top:bottom] = _applied(fit, rgb, top, bottom)
    return result


def _fit(guide: FloatArray, mask: FloatArray, radius: int, epsilon: np.float32) -> _Linear:
    """The linear model about each pixel that comes nearest to the mask, averaged over its window."""
    mean_i, mean_p = _mean(guide, radius), _mean(mask, radius)
    covariance = _mean(guide * mask[..., None], radius) - mean_i * mean_p[..., None]
    a = _solved(_spread(guide, mean_i, radius, epsilon), covariance)
    b = mean_p - np.einsum("ijk,ijk->ij", a, mean_i)
    return _Linear(_mean(a, radius), _mean(b, radius))


def _spread(guide: FloatArray, mean: FloatArray, radius: int, epsilon: np.float32) -> FloatArray:
    """(h, w, 6): the guide's covariance rr, rg, rb, gg, gb, bb, with ε on its diagonal."""
    first, second = (0, 0, 0, 1, 1, 2), (0, 1, 2, 1, 2, 2)
    spread = np.empty((*guide.shape[:2], 6), np.float32)
    for cell, (i, j) in enumerate(zip(first, second, strict=True)):
        product = _mean(guide[..., i] * guide[..., j], radius)
        spread[..., cell] = product - mean[..., i] * mean[..., j] + (epsilon if i == j else 0)
    return spread


def _solved(spread: FloatArray, right: FloatArray) -> FloatArray:
    """x of Σ x = right for symmetric 3 × 3 Σ, by cofactors."""
    rr, rg, rb, gg, gb, bb = np.moveaxis(spread.astype(np.float64), 2, 0)
    cofactors = (
        (gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg),
        (rb * gb - rg * bb, rr * bb - rb * rb, rg * rb - rr * gb),
        (rg * gb - rb * gg, rg * rb - rr * gb, rr * gg - rg * rg),
    )
    determinant = rr * cofactors[0][0] + rg * cofactors[0][1] + rb * cofactors[0][2]
    rows = [sum(c * right[..., k] for k, c in enumerate(row)) / determinant for row in cofactors]
    return np.stack(rows, axis=2).astype(np.float32)


def _applied(fit: _Linear, rgb: Array, top: int, bottom: int) -> FloatArray:
    """The mask on rows `top`…`bottom` of the full size."""
    height, width = rgb.shape[:2]
    ratio_y, ratio_x = fit.b.shape[0] / height, fit.b.shape[1] / width
    y = (np.arange(top, bottom, dtype=np.float32) + np.float32(0.5)) * np.float32(ratio_y) - np.float32(0.5)
    x = (np.arange(width, dtype=np.float32) + np.float32(0.5)) * np.float32(ratio_x) - np.float32(0.5)
    map_x, map_y = np.meshgrid(x, y)
    a, b = (
        cv2.remap(each, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        for each in (fit.a, fit.b)
    )
    return float32(np.einsum("ijk,ijk->ij", a, _unit(rgb[top:bottom])) + b)


def _mean(values: FloatArray, radius: int) -> FloatArray:
    size = (2 * radius + 1, 2 * radius + 1)
    return float32(cv2.blur(values, size, borderType=cv2.BORDER_REFLECT_101))


def _at_most(rgb: Array, side: int) -> Array:
    height, width = rgb.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(in_eight_bits(rgb), size, interpolation=cv2.INTER_AREA) if scale < 1 else rgb


def _unit(rgb: Array) -> FloatArray:
    scaled: FloatArray = np.divide(rgb, np.float32(np.iinfo(rgb.dtype).max), dtype=np.float32)
    return scaled
