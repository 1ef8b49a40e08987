"""Grain: film-like grain – on one layer, or on a grey fill as the one grain of a scene.

The pattern belongs to the canvas: layers with the same seed share it, and a draft shows it averaged over
its larger pixels. On a grey fill the mean stays that grey: blended `overlay` it shows in the midtones of
what lies below, blended `linear_light` everywhere, and twice as strong.
"""

import math
from functools import partial
from typing import Self

import numpy as np
from pydantic import Field, model_validator

from ..operation import CanvasPx, Params, PictureName, References
from ..pixels.color import luma
from ..pixels.grain import estimate
from ..pixels.raster import FloatArray, Raster, quantize
from ..registry import extension
from ._grain_field import GrainField

_AMOUNT = 4.0
_ROWS = 64  # of a band


class GrainParams(Params):
    """How strong, how coarse and how colourful."""

    amount: float | None = Field(
        None,
        ge=0,
        le=128,
        description="Standard deviation in levels of 0…255; left out: 4, or with `like` what is lacking",
    )
    size: CanvasPx = Field(1.5, ge=0.5, le=100, description="Width of a grain")
    color: float = Field(0.2, ge=0, le=1, description="0: grey grain; 1: red, green and blue each their own")
    midtones: float = Field(
        0.7, ge=0, le=1, description="How much weaker the grain is in black and white than in middle grey"
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Another seed, another pattern")
    like: PictureName | None = Field(
        None, description="A layer or source: adds only what grain this layer lacks of its grain"
    )
    spot: CanvasPx = Field(
        1.0, ge=0.5, le=100, description="Width of the spot over which `amount` is measured"
    )

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if self.amount is not None and self.like is not None:
            raise ValueError("the grain is either of an `amount` or `like` another picture's, not both")
        return self


@extension("filter", version=2)
def grain(image: Raster, params: GrainParams, given: References) -> Raster:
    """Adds film grain, the same at any draft scale."""
    like = given.raster("like")
    if image.is_empty:
        return image
    if like is None:
        return _grained(image, params, _AMOUNT if params.amount is None else params.amount)
    # What is read from pixels holds for pixels, whatever part of the canvas they show in a draft.
    by_pixels = params.model_copy(update={"spot": 1.0})
    lacking = math.sqrt(max(estimate(like).luminance ** 2 - estimate(image).luminance ** 2, 0.0))
    return _grained(image, by_pixels, lacking / _read_of(by_pixels))


def _read_of(params: GrainParams) -> float:
    """What is read of an amount of 1: of coarse grain, less than there is."""
    grey = np.full((256, 256, 4), 0xFFFF, np.uint16)
    grey[..., :3] = 0x8000
    return max(estimate(_grained(Raster(grey), params, 8.0)).luminance / 8.0, 0.2)


def _grained(image: Raster, params: GrainParams, amount: float) -> Raster:
    if amount == 0:
        return image
    pixels = image.pixels.copy()
    for top in range(0, pixels.shape[0], _ROWS):
        rgb = pixels[top : top + _ROWS, :, :3]
        values = rgb * np.float32(1 / np.iinfo(rgb.dtype).max)
        strength = np.float32(amount / 255) * _response(values, params.midtones)
        rgb[...] = quantize(values + _pattern(params, image, top, len(rgb)) * strength, image.depth)
    return image.with_pixels(pixels)


def _response(rgb: FloatArray, midtones: float) -> FloatArray:
    """(h, w, 1): 1 in middle grey, 1 − `midtones` in black and white."""
    grey = luma(rgb)[..., None]
    response: FloatArray = 1 - np.float32(midtones) * (1 - 4 * grey * (1 - grey))
    return response


def _pattern(params: GrainParams, image: Raster, top: int, height: int) -> FloatArray:
    """(height, W, 1 or 3) of deviation 1 in every channel."""
    rows = slice(image.top + top, image.top + top + height)
    columns = slice(image.left, image.left + image.pixels.shape[1])
    field = partial(GrainField, size=params.size, aperture=params.spot)
    share = np.float32(params.color)
    common = field(4 * params.seed).over(rows, columns)[..., None]
    if share == 0:
        return common
    own = np.dstack([field(4 * params.seed + channel).over(rows, columns) for channel in (1, 2, 3)])
    mixed: FloatArray = (common * (1 - share) + own * share) / np.hypot(1 - share, share)
    return mixed
