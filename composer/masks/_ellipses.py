"""Ellipses: soft ovals on the canvas, for faces and eyes.

Knows numbers in canvas pixels. Looks at no pixels. No extension of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from ..operation import CanvasPx
from ..pixels.geometry import Bounds, Extent
from ..pixels.raster import FloatArray

_At = Annotated[CanvasPx, Field(ge=-1_000_000, le=1_000_000)]
_Side = Annotated[CanvasPx, Field(gt=0, le=1_000_000)]
Box = tuple[_At, _At, _Side, _Side]
"""Where a face or an eye is: x, y, width and height."""


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Middle and half axes, in pixels."""

    x: float
    y: float
    a: float
    b: float

    @classmethod
    def in_box(cls, x: float, y: float, width: float, height: float, size: float) -> "Ellipse":
        """The one that touches all sides of the box, made `size` times as large."""
        return cls(x + width / 2, y + height / 2, size * width / 2, size * height / 2)

    def bounds(self, reach: float) -> Bounds:
        """The pixels within `reach` times its axes."""
        left, right = self.x - self.a * reach, self.x + self.a * reach
        top, bottom = self.y - self.b * reach, self.y + self.b * reach
        return Bounds(*(int(np.floor(v)) for v in (left, top)), *(int(np.ceil(v)) for v in (right, bottom)))


def drawn(extent: Extent, ellipses: Iterable[Ellipse], softness: float) -> FloatArray:
    """(H, W) 0…1; `softness` 0…1: the share of the axes, to both sides of the rim, over which each fades."""
    canvas = np.zeros((extent.height, extent.width), np.float32)
    for ellipse in ellipses:
        # An edge of one pixel at least.
        soft = max(softness, 1 / max(ellipse.a, ellipse.b, 1e-3))
        box = ellipse.bounds(1 + soft).intersect(Bounds.of(extent))
        if not box.is_empty:
            canvas[box.slices] = np.maximum(canvas[box.slices], _one(ellipse, box, soft))
    return canvas


def _one(ellipse: Ellipse, box: Bounds, soft: float) -> FloatArray:
    x = (np.arange(box.left, box.right, dtype=np.float32) + np.float32(0.5 - ellipse.x)) / max(
        ellipse.a, 1e-3
    )
    y = (np.arange(box.top, box.bottom, dtype=np.float32) + np.float32(0.5 - ellipse.y)) / max(
        ellipse.b, 1e-3
    )
    inside = np.clip((1 + soft - np.hypot(x, y[:, None])) / (2 * soft), 0, 1).astype(np.float32)
    eased: FloatArray = inside * inside * (3 - 2 * inside)
    return eased
