"""Polygon coverage: how far a polygon covers each pixel. No extension of its own."""

from collections.abc import Sequence

import cv2
import numpy as np

from ..pixels.geometry import Extent
from ..pixels.raster import FloatArray

_GRID = 8  # samples a pixel and side
_STRIP = 64  # rows drawn at once, which bounds the memory
_BITS = 4  # cv2's fixed-point fraction bits


def polygon_coverage(extent: Extent, points: Sequence[tuple[float, float]]) -> FloatArray:
    """(H, W) coverage 0…1 of the polygon by the even-odd rule, from 8 × 8 samples a pixel."""
    outline = np.array(points, np.float64)
    coverage = np.zeros((extent.height, extent.width), np.float32)
    first = int(np.clip(np.floor(outline[:, 1].min()), 0, extent.height))
    last = int(np.clip(np.ceil(outline[:, 1].max()), 0, extent.height))
    for top in range(first, last, _STRIP):
        rows = min(_STRIP, last - top)
        coverage[top : top + rows] = _strip(outline - (0, top), rows, extent.width)
    return coverage


def _strip(outline: np.ndarray, rows: int, width: int) -> FloatArray:
    samples = np.zeros((rows * _GRID, width * _GRID), np.uint8)
    # cv2 counts from sample centres, and keeps coordinates in 16.16: far corners are pulled in.
    fixed = np.rint((np.clip(outline, -1e5, 1e5) * _GRID - 0.5) * (1 << _BITS)).astype(np.int32)
    cv2.fillPoly(samples, [fixed[:, None, :]], 255, shift=_BITS)
    covered = cv2.resize(samples.astype(np.float32), (width, rows), interpolation=cv2.INTER_AREA)
    return covered / np.float32(255)
