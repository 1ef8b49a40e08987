"""Segment: a mask of who stands in front of a layer, with a confidence.

Knows the layer's pixels on the canvas; outside the layer it hides. Without a model it looks at
colours and edges only (`_figure`); a named rembg model is better and needs its weights. Either
way the mask is found at a small size and then follows the picture's edges.
"""

from collections.abc import Mapping
from typing import Annotated, Self

import cv2
import numpy as np
from pydantic import BeforeValidator, Field, model_validator

from .. import weights
from ..operation import CanvasPoint, CanvasPx, Params
from ..pixels.gaussian import float32
from ..pixels.geometry import Bounds
from ..pixels.raster import Array, FloatArray, Mask, Raster, quantize
from ..registry import Needs, extension
from ._edges import follow_edges
from ._figure import WORK_SIDE, find_figure
from ._hints import Hints
from ._rembg import SessionName, ask_session, refuse_some

_MODEL_SIDE = 1024  # the largest size a session works at
_STEEPNESS = 2.0  # of a mask that was found as yes or no
_OPAQUE = 0.5

Box = tuple[CanvasPx, CanvasPx, CanvasPx, CanvasPx]


class SegmentParams(Params):
    """Who looks for the figure, and where."""

    model: Annotated[SessionName, BeforeValidator(refuse_some)] = Field(
        "none",
        description="none: by colours and edges, at once; or a rembg model, whose weights must be fetched",
    )
    box: Box | None = Field(
        None,
        description="[x, y, width, height] of a box around the figure, from its top left corner; nothing "
        "outside it is shown",
    )
    polygon: tuple[CanvasPoint, ...] = Field(
        (),
        max_length=10_000,
        description="[[x, y], …] of a rough outline around the figure; nothing outside it is shown",
    )
    points: tuple[CanvasPoint, ...] = Field(
        (),
        max_length=1000,
        description="[[x, y], …] points in the figure; they are shown, with what belongs to them",
    )
    not_points: tuple[CanvasPoint, ...] = Field(
        (),
        max_length=1000,
        description="[[x, y], …] points beside the figure, or in its gaps; they are hidden",
    )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.box is not None and min(self.box[2:]) <= 0:
            raise ValueError("a box's width and height are more than 0")
        if self.polygon and len(self.polygon) < 3:
            raise ValueError(f"a polygon has at least three points, this one has {len(self.polygon)}")
        if both := set(self.points) & set(self.not_points):
            raise ValueError(f"{list(both.pop())} cannot be a point in the figure and beside it")
        return self

    @property
    def hints(self) -> Hints:
        """Where the figure is, in canvas pixels."""
        around = [self.polygon] if self.polygon else []
        if self.box is not None:
            x, y, width, height = self.box
            around.append(((x, y), (x + width, y), (x + width, y + height), (x, y + height)))
        return Hints(tuple(around), self.points, self.not_points)


def _weights(params: SegmentParams) -> Mapping[str, str]:
    return {} if params.model == "none" else {params.model: weights.digest(params.model)}


@extension("mask", version=2, needs=Needs(weights=_weights))
def segment(image: Raster, params: SegmentParams) -> Mask:
    """Who stands in front."""
    values = np.zeros(image.pixels.shape[:2], image.pixels.dtype)
    box = _opaque_box(image)
    if box.is_empty:
        return Mask(values, 0.0)
    layer = image.pixels[box.slices]
    hints = params.hints.seen_from(box.left, box.top)
    hints.check(layer[..., 3] > 0)
    found, confidence = _found(layer, params, hints)
    limit = np.float32(np.iinfo(layer.dtype).max)
    values[box.slices] = quantize(_held(found, hints) * (layer[..., 3] / limit), image.depth)
    return Mask(values, confidence)


def _found(layer: Array, params: SegmentParams, hints: Hints) -> tuple[FloatArray, float]:
    return _without_model(layer, hints) if params.model == "none" else _with_model(layer, params.model)


def _without_model(layer: Array, hints: Hints) -> tuple[FloatArray, float]:
    small = _reduced(layer, WORK_SIDE)
    ratio = small.shape[1] / layer.shape[1], small.shape[0] / layer.shape[0]
    figure = find_figure(small[..., :3], small[..., 3] >= _OPAQUE * 255, hints.seen_from(0, 0, *ratio))
    return follow_edges(figure.shown.astype(np.float32), layer[..., :3], _STEEPNESS), figure.confidence


def _with_model(layer: Array, model: str) -> tuple[FloatArray, float]:
    found = ask_session(
        model, weights.locate(model), np.ascontiguousarray(_reduced(layer, _MODEL_SIDE)[..., :3])
    )
    return follow_edges(found, layer[..., :3], 1.0), decisiveness(found)


def _held(found: FloatArray, hints: Hints) -> FloatArray:
    """What was found, held to the hints to the pixel."""
    if not hints.given:
        return found
    height, width = found.shape
    within = hints.within(height, width)
    held = np.where(hints.sure(height, width), np.float32(1), found) * within
    held[hints.never(height, width)] = 0
    return held


def decisiveness(found: FloatArray) -> float:
    """0…1: how far what is shown is shown fully; 0 when nothing is."""
    total = float(found.sum())
    return round(float((found * found).sum()) / total, 4) if total > 0 else 0.0


def _opaque_box(image: Raster) -> Bounds:
    """The smallest box, from the raster's own corner, around every pixel that is not transparent."""
    rows, columns = (np.flatnonzero(image.pixels[..., 3].any(axis=axis)) for axis in (1, 0))
    if rows.size == 0:
        return Bounds(0, 0, 0, 0)
    return Bounds(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def _reduced(layer: Array, side: int) -> Array:
    """(h, w, 4) uint8 of at most `side` pixels; transparent colours do not mix in."""
    height, width = layer.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    limit = np.float32(np.iinfo(layer.dtype).max)
    unit = np.divide(layer, limit, dtype=np.float32)
    unit[..., :3] *= unit[..., 3:]
    small = float32(cv2.resize(unit, size, interpolation=cv2.INTER_AREA))
    small[..., :3] *= 1 / np.maximum(small[..., 3:], np.float32(1e-6))
    return quantize(small, 8)
