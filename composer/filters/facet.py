"""Facet: flat planes with their edges kept, by mean shift in position and colour."""

from functools import partial

from pydantic import Field

from ..operation import CanvasPx, Params
from ..pixels.mean_shift import flat_planes
from ..pixels.raster import Raster
from ..registry import extension
from ._opaque import filter_colors


class FacetParams(Params):
    """How large and how different a plane's spots may be."""

    radius: CanvasPx = Field(10.0, ge=0, le=200, description="How far a plane gathers its colour from")
    tolerance: float = Field(
        0.1, ge=0.01, le=0.5, description="Colours nearer than this (of black to white) become one plane"
    )


@extension("filter", version=1)
def facet(image: Raster, params: FacetParams) -> Raster:
    """Flat planes of colour with sharp borders."""
    if params.radius == 0:
        return image
    return filter_colors(image, partial(flat_planes, radius=params.radius, tolerance=params.tolerance))
