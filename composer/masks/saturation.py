"""Saturation: a mask by colourfulness – the vivid or the grey parts of a layer.

Knows the layer's pixels on the canvas; outside the layer it hides. Vividness is OKLab chroma, which
calls a near-black tint grey, as the eye does; HSB is Photoshop's saturation, which does not.
"""

from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from ..operation import Params
from ..pixels.color import srgb_to_oklab
from ..pixels.gaussian import float32
from ..pixels.raster import FloatArray, Mask, Raster
from ..pixels.strips import in_strips
from ..registry import extension

_FULL_CHROMA = np.float32(0.3225)  # of the most vivid colour of sRGB, magenta


class SaturationParams(Params):
    """Which colourfulness is shown."""

    low: float = Field(
        0.25, ge=0, le=1, description="Shown from this saturation (0 grey, 1 as vivid as can be)"
    )
    high: float = Field(1.0, ge=0, le=1, description="Shown up to this saturation")
    softness: float = Field(
        0.1, ge=0, le=1, description="Saturation over which the mask fades out beyond low and high"
    )
    measure: Literal["vividness", "hsb"] = Field(
        "vividness",
        description="vividness: as the eye sees it, dark tints count as grey; hsb: the S of Photoshop's HSB",
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low ({self.low}) is more saturated than high ({self.high})")
        return self


@extension("mask", version=1)
def saturation(image: Raster, params: SaturationParams) -> Mask:
    """Shows what is as vivid, or as grey, as asked."""
    measured = _vividness if params.measure == "vividness" else _hsb

    def shown(rgba: FloatArray) -> FloatArray:
        return _window(measured(rgba[..., :3]), params) * rgba[..., 3]

    return Mask.from_float(in_strips(image.to_float(), 0, shown), image.depth)


def _vividness(rgb: FloatArray) -> FloatArray:
    lab = srgb_to_oklab(rgb)
    return float32(np.hypot(lab[..., 1], lab[..., 2]) / _FULL_CHROMA)


def _hsb(rgb: FloatArray) -> FloatArray:
    """(max − min) / max (Smith, "Color gamut transform pairs", 1978); black has none."""
    value = rgb.max(axis=-1)
    ratio: FloatArray = (value - rgb.min(axis=-1)) / np.maximum(value, np.float32(1e-6))
    return ratio


def _window(measured: FloatArray, params: SaturationParams) -> FloatArray:
    outside = np.maximum(params.low - measured, measured - params.high)
    # Greys and the most vivid colour themselves lie a rounding error beyond 0 and 1.
    shown: FloatArray = np.clip(1 - (outside - 1e-3) / max(params.softness, 1e-3), 0, 1)
    return shown
