"""Haze: what is far goes into the colour of the air, by depth.

Mixing is in linear light, by Koschmieder's law: of depth d, e^(−k·d) of a thing is seen and the rest is
air (Narasimhan and Nayar, "Vision and the Atmosphere", 2002). Colour and contrast fade by that alone.
Air may also blur what is far; near things never blur into it.
"""

import math
from functools import partial

import numpy as np
from pydantic import Field

from ..operation import CanvasPx, Color, MaskExpression, Params, PictureName, References
from ..pixels.color import linear_to_srgb, oklab_to_linear, parse_color, srgb_to_linear
from ..pixels.gaussian import gaussian
from ..pixels.raster import FloatArray, Raster, quantize
from ..pixels.strips import in_strips
from ..registry import extension
from ._looked_at import over_picture, sampled, under
from ._recolor import linear_levels

_ROWS = 64  # of a band
_FAR = 0.1  # share of a picture, the farthest, whose colour is the air's
_LEVELS = (0.25, 0.5, 1.0)  # of the blur, each for what is as far
_BY_STRIPS = 8.0  # pixels: wider blurs work on a reduced copy of the whole


class HazeParams(Params):
    """How thick the air is, and of what colour."""

    depth: MaskExpression = Field(description="How far things are: black is here, white is farthest")
    density: float = Field(
        1.0, ge=0, le=10, description="How thick the air is: at the farthest, 1 hides 63 % and 3 hides 95 %"
    )
    color: Color = Field("#c3cfd9", description="Colour of the air, a CSS colour")
    from_picture: PictureName | None = Field(
        None, description="Layer or source whose far part gives the colour of the air, instead of `color`"
    )
    blur: CanvasPx = Field(
        0.0, ge=0, le=500, description="Standard deviation of the blur of the farthest things"
    )


@extension("filter", version=1)
def haze(image: Raster, params: HazeParams, given: References) -> Raster:
    """Puts air before a layer: what is far goes into its colour."""
    depth = under(given.masks["depth"], image)
    if image.is_empty or not (params.density or params.blur):
        return image
    linear = linear_levels(image.depth)
    blurred = _blurred(linear[image.pixels[..., :3]], depth, image, params.blur) if params.blur else None
    air = _air(params, given)
    pixels = image.pixels.copy()
    for top in range(0, len(pixels), _ROWS):
        rows = slice(top, top + _ROWS)
        light = linear[pixels[rows, :, :3]] if blurred is None else blurred[rows]
        t = np.exp(np.float32(-params.density) * depth[rows])[..., None]
        pixels[rows, :, :3] = quantize(linear_to_srgb(air + (light - air) * t), image.depth)
    return image.with_pixels(pixels)


def _air(params: HazeParams, given: References) -> FloatArray:
    """(3,) linear light."""
    picture = given.raster("from_picture")
    if picture is not None:
        depth = over_picture(given.masks["depth"], picture)
        lab, weights = sampled(picture, _farthest(depth, picture))
        if weights.any():
            mean: FloatArray = np.average(oklab_to_linear(lab), axis=0, weights=weights).astype(np.float32)
            return mean
    return srgb_to_linear(np.array(parse_color(params.color)[:3], np.float32))


def _farthest(depth: FloatArray, picture: Raster) -> FloatArray:
    """(H, W) 0 or 1: the farthest tenth of what is visible of a picture."""
    visible = depth[picture.pixels[..., 3] > 0]
    least = np.quantile(visible, 1 - _FAR) if visible.size else 0.0
    return (depth >= least).astype(np.float32)


def _blurred(light: FloatArray, depth: FloatArray, image: Raster, sigma: float) -> FloatArray:
    """(H, W, 3) linear light, each pixel blurred by `sigma` times its depth."""
    opaque = image.pixels[..., 3] * np.float32(1 / np.iinfo(image.pixels.dtype).max)
    planes = np.dstack((light, depth, opaque))
    if sigma > _BY_STRIPS:
        return _gathered(planes, sigma)
    return in_strips(planes, math.ceil(3 * sigma) + 1, partial(_gathered, sigma=sigma))


def _gathered(planes: FloatArray, sigma: float) -> FloatArray:
    """Of (h, w, 5) light, depth and alpha: between few blurred copies of the light.

    Each copy is gathered only from what lies at least half as far as the depth it is for.
    """
    light, depth, opaque = planes[..., :3], planes[..., 3], planes[..., 4]
    result, nearer = light.copy(), 0.0
    for far in _LEVELS:
        weight = (np.clip(2 * depth / np.float32(far) - 1, 0, 1) * opaque)[..., None]
        gathered = gaussian(np.concatenate((light * weight, weight), axis=2), sigma * far)
        copy = gathered[..., :3] / np.maximum(gathered[..., 3:], np.float32(1e-6))
        known = (gathered[..., 3:] > np.float32(1e-4)).astype(np.float32)
        share = np.clip((depth - np.float32(nearer)) / np.float32(far - nearer), 0, 1)[..., None]
        result += share * known * (copy - result)
        nearer = far
    return result
