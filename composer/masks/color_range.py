"""Colour range: a mask of everything near one colour.

Knows the layer's pixels on the canvas; outside the layer it hides. Nearness is the Euclidean
distance in OKLab: 0.02 is just visible, 0.1 a neighbouring shade, 0.3 another colour.
"""

import numpy as np
from pydantic import Field

from ..operation import Color, Params
from ..pixels.color import parse_color, srgb_to_oklab
from ..pixels.raster import FloatArray, Mask, Raster
from ..registry import extension


class ColorRangeParams(Params):
    """Which colours are shown."""

    color: Color = Field("#ffffff", description="The colour to look for: CSS hex or a CSS name")
    range: float = Field(0.1, ge=0, le=1, description="How far a colour may be and still be shown fully")
    softness: float = Field(
        0.05, ge=0, le=1, description="Distance over which the mask fades out beyond that"
    )
    ignore_lightness: float = Field(
        0.0, ge=0, le=1, description="1 looks at hue and saturation only, 0 at lightness just as much"
    )


@extension("mask", version=1)
def color_range(image: Raster, params: ColorRangeParams) -> Mask:
    """Shows everything near one colour."""
    rgba = image.to_float()
    beyond = _distance(rgba[..., :3], params) - params.range
    shown = np.clip(1 - beyond / max(params.softness, 1e-3), 0, 1)
    return Mask.from_float(shown * rgba[..., 3], image.depth)


def _distance(rgb: FloatArray, params: ColorRangeParams) -> FloatArray:
    target = np.array(parse_color(params.color)[:3], np.float32)
    difference = srgb_to_oklab(rgb) - srgb_to_oklab(target)
    difference[..., 0] *= np.float32(1 - params.ignore_lightness)
    distance: FloatArray = np.sqrt(np.sum(difference * difference, axis=-1))
    return distance
