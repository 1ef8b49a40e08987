"""Kuwahara: gouache – every spot takes the mean colour of its calmest surroundings.

Large radii are painted on a reduced copy and enlarged with crisp edges, so that the time stays
bounded and a draft shows the same strokes.
"""

from functools import partial

import cv2
from pydantic import Field

from ..operation import CanvasPx, Params
from ..pixels.gaussian import float32
from ..pixels.raster import FloatArray, Raster
from ..registry import extension
from ._opaque import filter_colors
from ._sectors import enlarge, kuwahara_mean

_WORK_RADIUS = 8.0  # above it the picture is reduced until the radius is this


class KuwaharaParams(Params):
    """The size of a stroke."""

    radius: CanvasPx = Field(5.0, ge=0, le=200, description="Radius of a stroke; detail smaller than it goes")


@extension("filter", version=1)
def kuwahara(image: Raster, params: KuwaharaParams) -> Raster:
    """Gouache strokes: smooth inside, sharp at edges."""
    if params.radius == 0:
        return image
    return filter_colors(image, partial(_painted, radius=params.radius))


def _painted(rgb: FloatArray, radius: float) -> FloatArray:
    if radius <= _WORK_RADIUS:
        return kuwahara_mean(rgb, radius)
    height, width = rgb.shape[:2]
    scale = _WORK_RADIUS / radius
    reduced = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = float32(cv2.resize(rgb, reduced, interpolation=cv2.INTER_AREA))
    return enlarge(kuwahara_mean(small, _WORK_RADIUS), width, height)
