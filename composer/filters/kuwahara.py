"""Kuwahara: gouache – every spot takes the mean colour of its calmest surroundings.

Large radii are painted on a reduced copy and enlarged with crisp edges, so that the time stays
bounded and a draft shows the same strokes.
"""

from functools import partial

from pydantic import Field

from ..operation import CanvasPx, Params
from ..pixels.kuwahara import strokes
from ..pixels.raster import Raster
from ..registry import extension
from ._opaque import filter_colors


class KuwaharaParams(Params):
    """The size of a stroke."""

    radius: CanvasPx = Field(5.0, ge=0, le=200, description="Radius of a stroke; detail smaller than it goes")


@extension("filter", version=1)
def kuwahara(image: Raster, params: KuwaharaParams) -> Raster:
    """Gouache strokes: smooth inside, sharp at edges."""
    if params.radius == 0:
        return image
    return filter_colors(image, partial(strokes, radius=params.radius))
