"""One stroke of a bristle brush or a knife: its footprint, its streaks, its colour and its relief.

Knows a stroke in its own frame (l along, t across, pixels) and the surface it lands on. Does not know
compositions: where strokes go is decided in `coat`. The footprint is a cubic arc, t(l) = bend l^2/2 + twist
l^3/6, which is closed-form for every pixel of a patch.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from .field import Array
from .surface import Surface

ROWS, COLUMNS = 1024, 2048


class Stroke(NamedTuple):
    """Middle of the stroke (pixels), direction (radians), length and width (pixels), its arc, and the two
    colours loaded side by side.
    """

    x: float
    y: float
    angle: float
    length: float
    width: float
    bend: float
    twist: float
    color: Array
    second: Array


@dataclass(frozen=True, slots=True)
class Brush:
    """How a tool leaves paint: shares 0..1, but `softness` (pixels of soft edge), `bristles` (streaks over
    the width), `relief` (height).

    `tooth` is for dry sticks: the height of the ground below which it leaves no colour; None for wet paint.
    """

    streak: float = 0.25
    dryness: float = 0.15
    relief: float = 1.0
    ridge: float = 0.4
    softness: float = 1.5
    ragged: float = 0.25
    opacity: float = 1.0
    pickup: float = 0.15
    taper: float = 0.25
    bristles: float = 18.0
    tooth: float | None = None


class Bristles:
    """A sheet of streaky noise (ROWS, COLUMNS), 0..1, from which every stroke reads its own patch."""

    def __init__(self, rng: np.random.Generator) -> None:
        fine = cv2.GaussianBlur(rng.random((ROWS, COLUMNS), np.float32), (0, 0), sigmaX=28, sigmaY=0.6)
        broad = cv2.GaussianBlur(rng.random((ROWS, COLUMNS), np.float32), (0, 0), sigmaX=90, sigmaY=2.2)
        blotch = cv2.GaussianBlur(rng.random((ROWS, COLUMNS), np.float32), (0, 0), sigmaX=9, sigmaY=3)
        sheet = _even(fine) * 0.5 + _even(broad) * 0.35 + _even(blotch) * 0.15
        self.sheet: Array = np.clip(0.5 + 0.26 * _even(sheet), 0, 1).astype(np.float32)
        self.rng = rng

    def patch(self, across: Array, along: Array) -> Array:
        """Streaks at sheet coordinates (bristles across, steps along), at a random place of the sheet."""
        row, column = self.rng.integers(ROWS), self.rng.integers(COLUMNS)
        rows, columns = across.astype(np.int32) + row, along.astype(np.int32) + column
        found: Array = self.sheet[rows % ROWS, columns % COLUMNS]
        return found


def _even(value: NDArray[Any]) -> Array:
    return np.asarray((value - value.mean()) / value.std(), np.float32)


def lay(surface: Surface, stroke: Stroke, brush: Brush, bristles: Bristles) -> None:
    """Paint one stroke onto the surface, colour and height."""
    window = _window(stroke, surface.shape)
    if window is None:
        return
    along, t = _own_frame(stroke, window)
    half = stroke.width / 2
    side, progress = t / half, along / (stroke.length / 2)
    scale = 3.0 * brush.bristles / stroke.width
    groove = bristles.patch(side * 1.5 * brush.bristles, along * min(scale, 4.0))
    cover = _cover(side, progress, groove, brush, half) * brush.opacity
    if brush.tooth is not None:
        cover = cover * np.clip(0.5 + 2.2 * (surface.height[window] - brush.tooth), 0, 1)
    under = surface.color[window]
    color = _paint(stroke, side, groove, brush, under, cover)
    under += cover[..., None] * (color - under)
    _pile(surface, window, cover, side, groove, brush)


def _window(stroke: Stroke, shape: tuple[int, int]) -> tuple[slice, slice] | None:
    along = np.array([-0.5, -0.25, 0, 0.25, 0.5]) * stroke.length
    t = stroke.bend * along * along / 2 + stroke.twist * along**3 / 6
    c, s = np.cos(stroke.angle), np.sin(stroke.angle)
    xs, ys = stroke.x + c * along - s * t, stroke.y + s * along + c * t
    pad = stroke.width * 0.6 + 2
    left, right = max(int(xs.min() - pad), 0), min(int(xs.max() + pad) + 1, shape[1])
    top, bottom = max(int(ys.min() - pad), 0), min(int(ys.max() + pad) + 1, shape[0])
    return (slice(top, bottom), slice(left, right)) if left < right and top < bottom else None


def _own_frame(stroke: Stroke, window: tuple[slice, slice]) -> tuple[Array, Array]:
    dx = np.arange(window[1].start, window[1].stop, dtype=np.float32)[None, :] - np.float32(stroke.x)
    dy = np.arange(window[0].start, window[0].stop, dtype=np.float32)[:, None] - np.float32(stroke.y)
    c, s = np.float32(np.cos(stroke.angle)), np.float32(np.sin(stroke.angle))
    along, t = c * dx + s * dy, c * dy - s * dx
    bend, twist = np.float32(stroke.bend), np.float32(stroke.twist)
    slope = along * (bend + along * (twist / 2))
    t = (t - along * along * (bend / 2 + along * (twist / 6))) / np.sqrt(1 + slope * slope)
    return along, t


def _cover(side: Array, progress: Array, groove: Array, brush: Brush, half: float) -> Array:
    end = np.clip((np.abs(progress) - 1 + brush.taper) / brush.taper, 0, 1.2)
    reach = np.sqrt(np.maximum(1 - end * end, 0)) - brush.ragged * (1 - groove) * (0.25 + end)
    edge = np.clip((reach - np.abs(side)) * (half / brush.softness), 0, 1)
    threshold = brush.dryness * (0.75 + 0.75 * progress)
    loaded = np.clip((groove - threshold) * 6 + 0.5, 0, 1)
    return edge * loaded


def _paint(stroke: Stroke, side: Array, groove: Array, brush: Brush, under: Array, cover: Array) -> Array:
    share = np.clip(0.5 + 0.55 * side + 1.6 * (groove - 0.5), 0, 1)[..., None]
    color = stroke.color * (1 - share) + stroke.second * share
    color = color * (1 + brush.streak * (groove - 0.5))[..., None]
    if brush.pickup > 0:
        weight = cover.sum() + 1e-6
        found = np.einsum("ij,ijk->k", cover, under) / weight
        color = color + brush.pickup * (found - color)
    painted: Array = np.clip(color, 0, 1)
    return painted


def _pile(
    surface: Surface, window: tuple[slice, slice], cover: Array, side: Array, groove: Array, brush: Brush
) -> None:
    if brush.relief <= 0:
        return
    height = surface.height[window]
    rim = np.clip(np.abs(side), 0, 1) ** 4
    mine = brush.relief * (0.35 + brush.ridge * rim + groove * 0.9)
    height += cover * (mine + 0.25 * height - height)
