"""Painterly base: a photograph as a first lay-in – planes of mixed colour with painted borders, no grain.

Facet, then Kuwahara, both on a copy so small that a plane is a few pixels wide, enlarged with crisp edges.
That is calmer and broader than the two filters one after the other, takes a third of their time, and
nearly the same time at any radius. What it loses, a mask of details brings back from the photograph.
"""

from functools import partial

from pydantic import Field

from ..operation import CanvasPx, Params
from ..pixels.forms import reduced
from ..pixels.kuwahara import enlarge, kuwahara_mean
from ..pixels.mean_shift import flat_planes
from ..pixels.raster import FloatArray, Raster
from ..registry import extension
from ._opaque import filter_colors

_WORK_RADIUS = 3.0  # pixels of the reduced copy


class PainterlyBaseParams(Params):
    """How broad the lay-in is."""

    radius: CanvasPx = Field(
        10.0, ge=0, le=400, description="Radius of planes and strokes; smaller detail goes"
    )
    tolerance: float = Field(
        0.1, ge=0.01, le=0.5, description="Colours nearer than this (of black to white) become one plane"
    )


@extension("filter", version=1)
def painterly_base(image: Raster, params: PainterlyBaseParams) -> Raster:
    """A first lay-in: broad planes of paint without grain."""
    if params.radius == 0:
        return image
    return filter_colors(image, partial(_laid_in, params=params))


def _laid_in(rgb: FloatArray, params: PainterlyBaseParams) -> FloatArray:
    radius = min(params.radius, _WORK_RADIUS)
    planes = flat_planes(reduced(rgb, params.radius / radius), radius, params.tolerance)
    return enlarge(kuwahara_mean(planes, radius), rgb.shape[1], rgb.shape[0])
