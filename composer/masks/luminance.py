"""Luminance: a mask by brightness – shadows, mid-tones or lights of a layer.

Knows the layer's pixels on the canvas; outside the layer it hides. Brightness is OKLab L, so
that equal steps look equal.
"""

from typing import Self

import numpy as np
from pydantic import Field, model_validator

from ..operation import Params
from ..pixels.color import srgb_to_oklab
from ..pixels.raster import FloatArray, Mask, Raster
from ..registry import extension


class LuminanceParams(Params):
    """Which brightness is shown."""

    low: float = Field(0.5, ge=0, le=1, description="Shown from this brightness (0 black, 1 white)")
    high: float = Field(1.0, ge=0, le=1, description="Shown up to this brightness")
    softness: float = Field(
        0.1, ge=0, le=1, description="Brightness over which the mask fades out beyond low and high"
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low ({self.low}) is brighter than high ({self.high})")
        return self


@extension("mask", version=1)
def luminance(image: Raster, params: LuminanceParams) -> Mask:
    """Shows what is as bright as asked."""
    rgba = image.to_float()
    lightness = srgb_to_oklab(rgba[..., :3])[..., 0]
    return Mask.from_float(_window(lightness, params) * rgba[..., 3], image.depth)


def _window(lightness: FloatArray, params: LuminanceParams) -> FloatArray:
    outside = np.maximum(params.low - lightness, lightness - params.high)
    # Black and white themselves lie a rounding error beyond 0 and 1.
    shown: FloatArray = np.clip(1 - (outside - 1e-3) / max(params.softness, 1e-3), 0, 1)
    return shown
