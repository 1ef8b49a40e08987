"""Shape: a mask drawn by numbers – rectangle, ellipse or polygon – with smooth edges.

Knows the canvas's extent and the outline. Looks at no pixels. The edge is antialiased: a pixel
is shown as far as the shape covers it.
"""

from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from ..operation import CanvasPoint, CanvasPx, Params
from ..pixels.geometry import Extent
from ..pixels.raster import FloatArray, Mask, Raster
from ..registry import Needs, extension
from ._polygon import polygon_coverage

Box = tuple[CanvasPx, CanvasPx, CanvasPx, CanvasPx]


class ShapeParams(Params):
    """The outline. A rectangle or ellipse has a box, a polygon has points."""

    shape: Literal["rectangle", "ellipse", "polygon"] = Field(
        "rectangle", description="Which outline to draw"
    )
    box: Box | None = Field(
        None,
        description="[x, y, width, height] of a rectangle or ellipse, from its top left corner; "
        "left out: the canvas",
    )
    radius: CanvasPx = Field(0.0, ge=0, description="Rounding of a rectangle's corners")
    angle: float = Field(0.0, ge=-360, le=360, description="Turn about the box's middle, degrees clockwise")
    points: tuple[CanvasPoint, ...] = Field(
        (),
        max_length=10_000,
        description="[[x, y], …] of a polygon, at least three; where it crosses itself is outside",
    )

    @model_validator(mode="after")
    def _outline(self) -> Self:
        if (self.shape == "polygon") != bool(self.points):
            raise ValueError("points belong to a polygon, and a polygon needs them")
        if self.points and len(self.points) < 3:
            raise ValueError(f"a polygon has at least three points, this one has {len(self.points)}")
        if self.points and self.box is not None:
            raise ValueError("a polygon has points and no box")
        if self.box is not None and min(self.box[2:]) <= 0:
            raise ValueError("a box's width and height are more than 0")
        return self


@extension("mask", version=1, needs=Needs(input="none"))
def shape(image: Raster, params: ShapeParams) -> Mask:
    """A rectangle, ellipse or polygon."""
    if params.shape == "polygon":
        return Mask.from_float(polygon_coverage(image.extent, params.points), image.depth)
    x, y, half_width, half_height = _in_box(image.extent, params)
    if params.shape == "ellipse":
        distance = _to_ellipse(x, y, half_width, half_height)
    else:
        distance = _to_rectangle(x, y, half_width, half_height, params.radius)
    return Mask.from_float(0.5 - distance, image.depth)


def _in_box(extent: Extent, params: ShapeParams) -> tuple[FloatArray, FloatArray, float, float]:
    """Every pixel's position in the box's own axes, from its middle; half its sides."""
    left, top, width, height = params.box or (0.0, 0.0, float(extent.width), float(extent.height))
    x = np.arange(extent.width, dtype=np.float32) + np.float32(0.5 - left - width / 2)
    y = np.arange(extent.height, dtype=np.float32)[:, None] + np.float32(0.5 - top - height / 2)
    turn = np.deg2rad(params.angle)
    cos, sin = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    return x * cos + y * sin, y * cos - x * sin, width / 2, height / 2


def _to_rectangle(x: FloatArray, y: FloatArray, a: float, b: float, radius: float) -> FloatArray:
    """Signed distance to a rounded rectangle of half sides a, b; negative inside."""
    r = np.float32(min(radius, a, b))
    dx, dy = np.abs(x) - np.float32(a) + r, np.abs(y) - np.float32(b) + r
    outside = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0))
    distance: FloatArray = outside + np.minimum(np.maximum(dx, dy), 0) - r
    return distance


def _to_ellipse(x: FloatArray, y: FloatArray, a: float, b: float) -> FloatArray:
    """Signed distance to an ellipse to first order, f / |∇f|, exact enough at its edge."""
    u, v = x / np.float32(a), y / np.float32(b)
    f = np.hypot(u, v)
    slope = np.hypot(u / np.float32(a), v / np.float32(b)) / np.maximum(f, np.float32(1e-6))
    distance: FloatArray = (f - 1) / np.maximum(slope, np.float32(1 / max(a, b)))
    return distance
