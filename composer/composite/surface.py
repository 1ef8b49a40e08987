"""Surface: float channels over a box of the canvas, the compositor's working memory.

Knows how to make one from a raster. Does not know blending or layers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..pixels.geometry import Bounds
from ..pixels.raster import Array, FloatArray, Mask, Raster


@dataclass(frozen=True, eq=False, slots=True)
class Surface:
    """(4, H, W) float32 RGBA 0…1 over `bounds` (canvas pixels), C-contiguous.

    Premultiplied while layers gather on it, straight once it is a source itself.
    """

    channels: FloatArray
    bounds: Bounds

    @classmethod
    def blank(cls, bounds: Bounds) -> Surface:
        """Fully transparent."""
        return cls(np.zeros((4, bounds.height, bounds.width), np.float32), bounds)

    def copy(self) -> Surface:
        """The same channels in memory of their own."""
        return Surface(self.channels.copy(), self.bounds)

    def part(self, box: Bounds) -> Surface:
        """The part under `box`, which lies inside `bounds`, in memory of its own."""
        return Surface(self.inside(box).copy(), box)

    def locked(self) -> Surface:
        """The same, made read-only."""
        self.channels.setflags(write=False)
        return self

    def inside(self, box: Bounds) -> FloatArray:
        """A (4, h, w) view of the part under `box`, which lies inside `bounds`."""
        rows, columns = box.translate(-self.bounds.left, -self.bounds.top).slices
        return self.channels[:, rows, columns]


Source = Raster | Surface


def unit(depth: int) -> np.float32:
    """The float32 that maps integers of `depth` bits to 0…1; the largest one maps to exactly 1."""
    return np.float32(1.0 / ((1 << depth) - 1))


def straight(source: Source, box: Bounds) -> FloatArray:
    """(4, h, w) straight channels of a source under `box`; a view for a surface, new for a raster."""
    if isinstance(source, Surface):
        return source.inside(box)
    rows, columns = box.translate(-source.left, -source.top).slices
    planar: Array = source.pixels[rows, columns].transpose(2, 0, 1)
    return np.multiply(planar, unit(source.depth), dtype=np.float32, order="C")


def weight(mask: Mask | None, opacity: float, box: Bounds) -> FloatArray | np.float32:
    """Opacity × mask under `box`: (h, w), or one number where there is no mask."""
    if mask is None:
        return np.float32(opacity)
    scale = np.float32(opacity * float(unit(mask.depth)))
    return np.multiply(mask.values[box.slices], scale, dtype=np.float32)
