"""Carved and drawn lines: evenly spaced streamlines of a flow, and tapered cuts along them.

Knows paths (N, 2) in pixels and how a gouge or nib widens and narrows along one. Does not know inks or
compositions. Spacing follows Jobard and Lefer, "Creating evenly-spaced streamlines of arbitrary density"
(1997), with an occupancy grid.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .field import Array

SUBPIXEL = 4


@dataclass(frozen=True, slots=True)
class Spacing:
    """Distance between neighbouring lines and the longest run of a line, pixels; lines shorter than
    `shortest` are dropped.
    """

    gap: float
    longest: float
    shortest: float


def streamlines(
    rng: np.random.Generator, angle: Array, region: NDArray[np.bool_], spacing: Spacing
) -> list[Array]:
    """Paths along the flow that keep their distance and stay inside the region."""
    grid = _Occupied(region, spacing.gap)
    u, v = np.cos(angle), np.sin(angle)
    ys, xs = np.nonzero(region[:: max(int(spacing.gap / 2), 1), :: max(int(spacing.gap / 2), 1)])
    order = rng.permutation(xs.size)
    pitch = max(int(spacing.gap / 2), 1)
    paths = []
    for x, y in zip(xs[order] * pitch, ys[order] * pitch, strict=True):
        if grid.free(x, y):
            path = _trace(grid, u, v, float(x), float(y), spacing, spacing.longest * rng.uniform(0.35, 1.0))
            if len(path) * spacing.gap / 2 > spacing.shortest:
                grid.claim(path)
                paths.append(path)
    return paths


class _Occupied:
    """Cells of half a gap that a line has claimed, and cells outside the region."""

    def __init__(self, region: NDArray[np.bool_], gap: float) -> None:
        self.cell = gap / 2
        rows, columns = int(region.shape[0] / self.cell) + 1, int(region.shape[1] / self.cell) + 1
        small = cv2.resize(region.astype(np.uint8), (columns, rows), interpolation=cv2.INTER_NEAREST)
        self.taken = small == 0

    def free(self, x: float, y: float) -> bool:
        row, column = int(y / self.cell), int(x / self.cell)
        inside = 0 <= row < self.taken.shape[0] and 0 <= column < self.taken.shape[1]
        return inside and not self.taken[row, column]

    def claim(self, path: Array) -> None:
        for x, y in path:
            row, column = int(y / self.cell), int(x / self.cell)
            self.taken[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2] = True


def _trace(
    grid: _Occupied, u: Array, v: Array, x: float, y: float, spacing: Spacing, longest: float
) -> Array:
    steps = max(int(longest / spacing.gap), 2)
    ahead = _half(grid, u, v, x, y, spacing.gap / 2, steps)
    behind = _half(grid, u, v, x, y, -spacing.gap / 2, steps)
    return np.array([*behind[::-1], (x, y), *ahead], np.float32)


def _half(
    grid: _Occupied, u: Array, v: Array, x: float, y: float, stride: float, steps: int
) -> list[tuple[float, float]]:
    h, w = u.shape
    points: list[tuple[float, float]] = []
    hx, hy = 0.0, 0.0
    for _ in range(steps):
        column, row = min(max(int(x), 0), w - 1), min(max(int(y), 0), h - 1)
        dx, dy = float(u[row, column]) * stride, float(v[row, column]) * stride
        if dx * hx + dy * hy < 0:
            dx, dy = -dx, -dy
        hx, hy, x, y = dx, dy, x + dx, y + dy
        if not grid.free(x, y):
            break
        points.append((x, y))
    return points


def taper(n: int, sharp: float = 1.6, blunt: float = 0.35) -> Array:
    """Width profile of a cut over n points, 0..1: enters slowly, leaves abruptly."""
    s = np.linspace(0, 1, n, dtype=np.float32)
    return np.asarray(
        np.minimum(s * sharp, 1) ** 1.2 * np.minimum((1 - s) / blunt * 1.6 + 0.04, 1), np.float32
    )


def cut(plate: NDArray[np.uint8], path: Array, width: Array, value: int = 255) -> None:
    """Fill a ribbon of `width` (N,) pixels along the path (N, 2) on an 8-bit plate, antialiased."""
    along = np.gradient(path, axis=0)
    normal = np.stack([-along[:, 1], along[:, 0]], -1) / (
        np.linalg.norm(along, axis=-1, keepdims=True) + 1e-6
    )
    half = normal * (width[:, None] / 2)
    outline = np.concatenate([path + half, (path - half)[::-1]])
    fixed = np.round(outline * 2**SUBPIXEL).astype(np.int32)
    cv2.fillPoly(plate, [fixed], (value,), lineType=cv2.LINE_AA, shift=SUBPIXEL)


def swell(rng: np.random.Generator, n: int, amount: float) -> Array:
    """A hand's unevenness along n points: factors around 1."""
    knots = rng.normal(1, amount, max(n // 6, 2) + 2)
    uneven = np.interp(np.linspace(0, len(knots) - 1, n), np.arange(len(knots)), knots)
    smooth = np.convolve(np.pad(uneven, 2, mode="edge"), [0.1, 0.2, 0.4, 0.2, 0.1], mode="valid")
    return np.asarray(np.clip(smooth, 0.3, 1.7), np.float32)
