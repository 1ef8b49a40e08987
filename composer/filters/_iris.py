"""Iris: finds the iris in a picture of one eye.

Knows lightness and the region of an eye, box and all. Does not know where eyes are. No extension of its own.
The pupil – or a dark iris with it – is the disc that is darker than what lies to its left, to its right and
below it; lids and lashes are not.
"""

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from ..pixels.gaussian import float32, gaussian
from ..pixels.raster import Array, FloatArray

_SIDE = 72  # pixels across the eye's region at which it is looked at
_DISCS = np.linspace(0.04, 0.24, 11) * _SIDE
_LARGE = 0.15 * _SIDE  # a disc as large as this counts half: it is rather an eye in its shadows
_IRIS = 0.1  # of the region: at least as large is an iris, if only its pupil is dark
_LEFT, _RIGHT, _BELOW = np.pi, 0.0, np.pi / 2
_SECTOR = np.deg2rad(40)  # to either side
_STRAY = 0.28  # of the region: how far from its middle an iris is likely to be
_LEAST = 0.1  # lightness: what shows less contrast than this is no eye


@dataclass(frozen=True, slots=True)
class Iris:
    """A circle in pixels; pixel centres lie at whole numbers."""

    x: float
    y: float
    radius: float


class _Disc(NamedTuple):
    score: float
    x: int
    y: int
    radius: float


def found_iris(lightness: FloatArray, region: FloatArray) -> Iris | None:
    """(h, w) lightness 0…1 and where in it the eye is, 0…1; None where nothing looks like an eye."""
    height, width = lightness.shape
    scale = _SIDE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    seen = gaussian(float32(cv2.resize(lightness, size, interpolation=kind)), 1.0)
    likely = _likely(float32(cv2.resize(region, size, interpolation=cv2.INTER_LINEAR)))
    best = max(_best(seen, likely, float(radius)) for radius in _DISCS)
    if best.score < _LEAST:
        return None
    x, y = (best.x + 0.5) / scale - 0.5, (best.y + 0.5) / scale - 0.5
    return Iris(x, y, max(best.radius, _IRIS * _SIDE) / scale)


def _likely(region: FloatArray) -> FloatArray:
    """How likely a pupil is at each place: inside the region, near its middle."""
    y, x = np.mgrid[: region.shape[0], : region.shape[1]].astype(np.float32)
    total = max(float(region.sum()), 1e-6)
    off = np.square(x - (x * region).sum() / total) + np.square(y - (y * region).sum() / total)
    likely: FloatArray = region * np.exp(off * np.float32(-0.5 / (_STRAY * _SIDE) ** 2))
    return likely


def _best(seen: FloatArray, likely: FloatArray, radius: float) -> _Disc:
    distance, angle = _polar(1.8 * radius)
    disc = _mean(seen, distance <= 0.85 * radius)
    ring = (distance > 1.15 * radius) & (distance < 1.8 * radius)
    left, right, below = (
        _mean(seen, ring & _sector(angle, middle)) - disc for middle in (_LEFT, _RIGHT, _BELOW)
    )
    contrast = (np.minimum(left, right) + (left + right + below) / 3) / 2
    score = contrast * likely * np.float32(1 / (1 + (radius / _LARGE) ** 2))
    y, x = np.unravel_index(int(score.argmax()), score.shape)
    return _Disc(float(score[y, x]), int(x), int(y), radius)


def _sector(angle: FloatArray, middle: float) -> Array:
    inside: Array = np.abs(np.angle(np.exp(1j * (angle - middle)))) < _SECTOR
    return inside


def _polar(reach: float) -> tuple[FloatArray, FloatArray]:
    side = int(np.ceil(reach))
    y, x = np.mgrid[-side : side + 1, -side : side + 1].astype(np.float32)
    return np.hypot(x, y), np.arctan2(y, x)


def _mean(values: FloatArray, window: Array) -> FloatArray:
    kernel = window.astype(np.float32) / np.float32(max(window.sum(), 1))
    return float32(cv2.filter2D(values, cv2.CV_32F, kernel, borderType=cv2.BORDER_REPLICATE))
