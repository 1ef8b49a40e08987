"""Segment: a mask of who stands in front of a layer, with a confidence.

Knows the layer's pixels on the canvas; outside the layer it hides. Without a model it looks at
colours and edges only (`_figure`); a named rembg model is better and needs its weights. Either
way the mask is found at a small size and then follows the picture's edges.
"""

from collections.abc import Mapping
from typing import Annotated

import cv2
import numpy as np
from pydantic import BeforeValidator, Field

from .. import weights
from ..operation import Params
from ..pixels.gaussian import float32
from ..pixels.geometry import Bounds
from ..pixels.raster import Array, FloatArray, Mask, Raster, quantize
from ..registry import Needs, extension
from ._edges import follow_edges
from ._figure import WORK_SIDE, find_figure
from ._rembg import SessionName, ask_session, refuse_some

_MODEL_SIDE = 1024  # the largest size a session works at
_STEEPNESS = 2.0  # of a mask that was found as yes or no
_OPAQUE = 0.5


class SegmentParams(Params):
    """Who looks for the figure."""

    model: Annotated[SessionName, BeforeValidator(refuse_some)] = Field(
        "none",
        description="none: by colours and edges, at once; or a rembg model, whose weights must be fetched",
    )


def _weights(params: SegmentParams) -> Mapping[str, str]:
    return {} if params.model == "none" else {params.model: weights.digest(params.model)}


@extension("mask", version=1, needs=Needs(weights=_weights))
def segment(image: Raster, params: SegmentParams) -> Mask:
    """Who stands in front."""
    values = np.zeros(image.pixels.shape[:2], image.pixels.dtype)
    box = _opaque_box(image)
    if box.is_empty:
        return Mask(values, 0.0)
    layer = image.pixels[box.slices]
    found, confidence = _without_model(layer) if params.model == "none" else _with_model(layer, params.model)
    limit = np.float32(np.iinfo(layer.dtype).max)
    values[box.slices] = quantize(found * (layer[..., 3] / limit), image.depth)
    return Mask(values, confidence)


def _without_model(layer: Array) -> tuple[FloatArray, float]:
    small = _reduced(layer, WORK_SIDE)
    figure = find_figure(small[..., :3], small[..., 3] >= _OPAQUE * 255)
    return follow_edges(figure.shown.astype(np.float32), layer[..., :3], _STEEPNESS), figure.confidence


def _with_model(layer: Array, model: str) -> tuple[FloatArray, float]:
    found = ask_session(
        model, weights.locate(model), np.ascontiguousarray(_reduced(layer, _MODEL_SIDE)[..., :3])
    )
    return follow_edges(found, layer[..., :3], 1.0), decisiveness(found)


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
