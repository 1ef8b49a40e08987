"""Blur: Gaussian blur of a layer's colours; its outline stays where it is."""

from functools import partial

from pydantic import Field

from ..operation import CanvasPx, Params
from ..pixels.gaussian import gaussian
from ..pixels.raster import Raster
from ..registry import extension
from ._opaque import filter_colors


class BlurParams(Params):
    """How soft."""

    radius: CanvasPx = Field(
        4.0, ge=0, le=2000, description="Standard deviation, as Photoshop's Gaussian Blur"
    )


@extension("filter", version=1)
def blur(image: Raster, params: BlurParams) -> Raster:
    """Gaussian blur."""
    if params.radius == 0:
        return image
    return filter_colors(image, partial(gaussian, sigma=params.radius))
