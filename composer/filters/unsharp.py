"""Unsharp: sharpens by what a blur takes away (unsharp mask), with halos kept faint.

Departure from Photoshop: what is added levels off at a bound, so that texture gains its full share and a
strong edge gets no bright line beside it. With halo = 1 it is Photoshop's.
"""

from functools import partial

import numpy as np
from pydantic import Field

from ..operation import CanvasPx, Params
from ..pixels.gaussian import gaussian
from ..pixels.raster import FloatArray, Raster
from ..registry import extension
from ._opaque import filter_colors


class UnsharpParams(Params):
    """How much, how wide, and from which contrast on."""

    amount: float = Field(0.6, ge=0, le=5, description="How much of the difference is added; 1 is 100 %")
    radius: CanvasPx = Field(1.5, ge=0, le=250, description="Standard deviation of the blur, as in Photoshop")
    threshold: float = Field(0.0, ge=0, le=1, description="Differences below this stay as they are")
    halo: float = Field(
        0.12, ge=0.005, le=1, description="Most that is added beside an edge (of black to white); 1: no limit"
    )


@extension("filter", version=2)
def unsharp(image: Raster, params: UnsharpParams) -> Raster:
    """Sharpens edges (unsharp mask)."""
    if params.radius == 0 or params.amount == 0:
        return image
    return filter_colors(image, partial(sharpened, params=params))


def sharpened(rgb: FloatArray, params: UnsharpParams) -> FloatArray:
    """(H, W, 3) float32 0…1, sharpened; may leave 0…1."""
    difference = rgb - gaussian(rgb, params.radius)
    if params.threshold > 0:
        # Soft threshold: what lies above it is kept less the threshold, so that no contour appears.
        size = np.maximum(np.abs(difference) - np.float32(params.threshold), 0)
        difference = np.sign(difference) * size
    difference *= np.float32(params.amount)
    if params.halo < 1:
        difference = np.float32(params.halo) * np.tanh(difference / np.float32(params.halo))
    difference += rgb
    return difference
