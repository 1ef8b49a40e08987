"""Smooth: skin and skies calmed without the look of an airbrush.

Blotches between the forms and the grain go: the picture is brought towards its forms (`forms_of`, edges
kept), but the finest of what that takes away comes back. Twice over, so that it also reaches to the edges.
"""

from functools import partial

import numpy as np
from pydantic import Field

from ..operation import CanvasPx, Params
from ..pixels.forms import edge_kept
from ..pixels.gaussian import gaussian
from ..pixels.raster import FloatArray, Raster
from ..registry import extension
from ._opaque import filter_colors

_FINE = 0.2  # of the radius: what is smaller than this is grain and pores


class SmoothParams(Params):
    """How far, how much, and what stays."""

    radius: CanvasPx = Field(8.0, ge=0, le=500, description="Size of the blotches that go")
    tolerance: float = Field(
        0.04,
        ge=0.005,
        le=0.5,
        description="Colours that differ by less than this (of black to white) are calmed",
    )
    amount: float = Field(0.8, ge=0, le=1, description="How much of the blotches goes")
    texture: float = Field(0.6, ge=0, le=1, description="How much of the fine grain stays; 0 is airbrushed")


@extension("filter", version=1)
def smooth(image: Raster, params: SmoothParams) -> Raster:
    """Calms skin and skies, edges and grain kept."""
    if params.radius == 0 or params.amount == 0:
        return image
    return filter_colors(image, partial(_smoothed, params=params))


def _smoothed(rgb: FloatArray, params: SmoothParams) -> FloatArray:
    sigma = params.radius / 2
    taken = edge_kept(edge_kept(rgb, sigma, params.tolerance), sigma, params.tolerance)
    np.subtract(rgb, taken, out=taken)
    taken -= gaussian(taken, params.radius)
    # What is finer than blotches comes back: taken − texture · (taken − its blur).
    fine = gaussian(taken, _FINE * params.radius)
    taken *= np.float32(params.amount * (params.texture - 1))
    fine *= np.float32(-params.amount * params.texture)
    taken += fine
    taken += rgb
    return taken
