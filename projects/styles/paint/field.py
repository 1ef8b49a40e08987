"""Scalar fields a composition is built from: soft noise, steps, distances to shapes.

Knows float32 (H, W) arrays and `Frame`, the picture's coordinates. Does not know colours or strokes. All
noise is drawn on a lattice whose cells are a share of the picture, so a smaller picture shows the same
composition.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Frame:
    """The picture's surface: size in pixels; x runs 0..1 over the width, y 0..1 over the height; `unit` is a
    thousandth of the long side.
    """

    width: int
    height: int

    @property
    def shape(self) -> tuple[int, int]:
        return self.height, self.width

    @property
    def unit(self) -> float:
        return max(self.width, self.height) / 1000

    @property
    def xy(self) -> tuple[Array, Array]:
        """x and y of every pixel, each (H, W), 0..1."""
        xs = (np.arange(self.width, dtype=np.float32) + 0.5) / self.width
        ys = (np.arange(self.height, dtype=np.float32) + 0.5) / self.height
        x, y = np.meshgrid(xs, ys)
        return x, y

    @property
    def aspect(self) -> float:
        return self.width / self.height


def noise(rng: np.random.Generator, frame: Frame, cells: float, stretch: float = 1.0) -> Array:
    """Smooth noise, mean 0, standard deviation about 1; `cells` blobs over the long side, drawn out `stretch`
    times along x.
    """
    down = 1000 * frame.unit / cells
    across = down * stretch
    columns, rows = int(frame.width / across) + 5, int(frame.height / down) + 5
    lattice = rng.standard_normal((rows, columns)).astype(np.float32)
    left, top = (int(part) for part in (1 + rng.random(2)) * (across, down))
    size = round(columns * across), round(rows * down)
    smooth = cv2.resize(lattice, size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(smooth[top : top + frame.height, left : left + frame.width], np.float32) * np.float32(
        1.4
    )


def clouds(
    rng: np.random.Generator,
    frame: Frame,
    cells: float,
    octaves: int = 4,
    fall: float = 0.5,
    stretch: float = 1.0,
) -> Array:
    """Noise summed over octaves, each twice as fine and `fall` times as strong; mean 0, standard deviation
    about 1.
    """
    total, power = np.zeros(frame.shape, np.float32), 0.0
    for octave in range(octaves):
        total += noise(rng, frame, cells * 2**octave, stretch) * np.float32(fall**octave)
        power += fall ** (2 * octave)
    return total / np.float32(np.sqrt(power))


def curve(rng: np.random.Generator, frame: Frame, cells: float, octaves: int = 3, fall: float = 0.5) -> Array:
    """A wandering line over the width: (W,), mean 0, standard deviation about 1."""
    strip = Frame(frame.width, 1)
    return np.asarray(clouds(rng, strip, cells, octaves, fall)[0], np.float32)


def step(value: Array, low: float, high: float) -> Array:
    """Smooth step: 0 below `low`, 1 above `high` (or reversed when low > high)."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def disc(frame: Frame, x: float, y: float, radius: float, flat: float = 1.0) -> Array:
    """Distance from (x, y) in radii, radius as a share of the width; `flat` < 1 squashes the disc."""
    xs, ys = frame.xy
    return np.asarray(np.hypot(xs - x, (ys - y) / frame.aspect / flat) / radius, np.float32)


def soften(value: Array, sigma: float) -> Array:
    """Gaussian blur, sigma in pixels, (H, W) or (H, W, C)."""
    return np.asarray(cv2.GaussianBlur(value, (0, 0), max(sigma, 0.05)), np.float32)


def sample(value: Array, x: Array, y: Array) -> Array:
    """The value under each point, (N,) pixel coordinates, nearest pixel, clamped to the border."""
    h, w = value.shape[:2]
    return value[np.clip(y, 0, h - 1).astype(np.intp), np.clip(x, 0, w - 1).astype(np.intp)]


def warp(value: Array, dx: Array | float, dy: Array | float) -> Array:
    """`value` read at each pixel shifted by (dx, dy) pixels, bilinear, mirrored at the border."""
    h, w = value.shape[:2]
    x, y = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
    maps = np.asarray(x + dx, np.float32), np.asarray(y + dy, np.float32)
    return np.asarray(cv2.remap(value, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT), np.float32)
