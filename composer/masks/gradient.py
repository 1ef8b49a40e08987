"""Gradient: a mask that runs from hidden to shown between two points of the canvas.

Knows two points and a curve. Looks at no pixels.
"""

from typing import Literal

import numpy as np
from pydantic import Field, field_validator

from ..operation import CanvasPoint, Params
from ..pixels.geometry import Extent
from ..pixels.raster import FloatArray, Mask, Raster
from ..registry import Needs, extension

FARTHEST = 1e6
"""Canvas pixels; what lies farther off cannot be told apart in float32."""


class GradientParams(Params):
    """Where it begins, where it ends, and how it runs in between."""

    shape: Literal["linear", "radial"] = Field(
        "linear", description="linear: along the line; radial: in circles around the first point"
    )
    start: CanvasPoint | None = Field(
        None,
        alias="from",
        description="[x, y] where the mask is 0; left out: the top edge, or the middle of a radial one",
    )
    end: CanvasPoint | None = Field(
        None,
        alias="to",
        description="[x, y] where the mask is 1; left out: the bottom edge, also of a radial one",
    )
    midpoint: float = Field(
        0.5,
        ge=0.01,
        le=0.99,
        description="How far along the way the mask is half shown (Photoshop's diamond)",
    )
    smooth: bool = Field(
        True, description="Ease in and out at both ends, so that neither end shows as a line"
    )

    @field_validator("start", "end")
    @classmethod
    def _near(cls, point: CanvasPoint | None) -> CanvasPoint | None:
        if point is not None and max(map(abs, point)) > FARTHEST:
            raise ValueError(f"must lie within {FARTHEST:,.0f} canvas pixels of the corner")
        return point


@extension("mask", version=1, needs=Needs(input="none"))
def gradient(image: Raster, params: GradientParams) -> Mask:
    """A soft transition between two points of the canvas."""
    along = _position(image.extent, params)
    curved = along ** np.float32(np.log(0.5) / np.log(params.midpoint))
    eased = curved * curved * (3 - 2 * curved) if params.smooth else curved
    return Mask.from_float(eased, image.depth)


def _position(extent: Extent, params: GradientParams) -> FloatArray:
    """0 at the start, 1 at the end; 1 everywhere when both are one point."""
    x0, y0, x1, y1 = _ends(extent, params)
    x = np.arange(extent.width, dtype=np.float32) + np.float32(0.5 - x0)
    y = np.arange(extent.height, dtype=np.float32)[:, None] + np.float32(0.5 - y0)
    squared = max((x1 - x0) ** 2 + (y1 - y0) ** 2, 1e-12)
    if params.shape == "radial":
        radial: FloatArray = np.minimum(np.hypot(x, y) / np.float32(squared**0.5), np.float32(1))
        return radial
    dot = x * np.float32((x1 - x0) / squared) + y * np.float32((y1 - y0) / squared)
    linear: FloatArray = np.clip(dot, 0, 1)
    return linear


def _ends(extent: Extent, params: GradientParams) -> tuple[float, float, float, float]:
    middle = extent.width / 2
    top = extent.height / 2 if params.shape == "radial" else 0.0
    x0, y0 = params.start or (middle, top)
    x1, y1 = params.end or (middle, float(extent.height))
    return x0, y0, x1, y1
