"""Levels: black point, white point and gamma of a layer, as in Photoshop."""

from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from ..operation import Params
from ..pixels.raster import Array, Raster
from ..registry import extension

_CHANNELS = {"rgb": (0, 1, 2), "red": (0,), "green": (1,), "blue": (2,)}


class LevelsParams(Params):
    """What becomes black, what becomes white, and the mid-tones between."""

    black: float = Field(0.0, ge=0, le=1, description="Input level that becomes the output black")
    gamma: float = Field(1.0, ge=0.01, le=9.99, description="Mid-tones: above 1 lighter, below 1 darker")
    white: float = Field(1.0, ge=0, le=1, description="Input level that becomes the output white")
    output_black: float = Field(0.0, ge=0, le=1, description="Darkest level of the result")
    output_white: float = Field(1.0, ge=0, le=1, description="Lightest level of the result")
    channel: Literal["rgb", "red", "green", "blue"] = Field("rgb", description="Which channels are changed")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.black >= self.white:
            raise ValueError(f"black ({self.black}) must lie below white ({self.white})")
        return self


@extension("filter", version=1)
def levels(image: Raster, params: LevelsParams) -> Raster:
    """Black point, gamma and white point."""
    table = _table(params, image.depth).astype(image.pixels.dtype)
    pixels = image.pixels.copy()
    for channel in _CHANNELS[params.channel]:
        pixels[..., channel] = table[pixels[..., channel]]
    return image.with_pixels(pixels)


def _table(params: LevelsParams, depth: int) -> Array:
    limit = (1 << depth) - 1
    level = np.arange(limit + 1) / limit
    inside = np.clip((level - params.black) / (params.white - params.black), 0, 1) ** (1 / params.gamma)
    reach = params.output_white - params.output_black
    return np.rint((params.output_black + reach * inside) * limit)
