"""Texture: the relief of a wall, a cloth, a paper on a layer, by mixing gradients.

Wherever the texture's gradient is stronger than the layer's, it takes its place (Pérez et al. 2003, mixed
gradients; see `_gradients`): the layer's own lines stay, and so do its light and shade, for the texture
brings in no tones wider than its relief. Without `color` only lightness changes.
"""

import math
from functools import partial

import cv2
import numpy as np
from pydantic import Field

from ..operation import CanvasPx, Params, PictureName, References
from ..pixels.color import linear_to_oklab
from ..pixels.gaussian import float32
from ..pixels.raster import FloatArray, Raster
from ..registry import extension
from ._gradients import Gradient, gradient, integrated
from ._recolor import linear_levels, recolored


class TextureParams(Params):
    """Which texture, and how it lies."""

    of: PictureName = Field(description="Source or layer with the texture, such as a photograph of a wall")
    size: CanvasPx = Field(
        600.0, ge=4, le=100_000, description="Width of the texture on the canvas; beyond, it goes on mirrored"
    )
    rotate: float = Field(0.0, ge=-360, le=360, description="Degrees clockwise")
    strength: float = Field(
        0.7, ge=0, le=4, description="How strong the texture's relief is; 1 is as in its picture"
    )
    coarsest: CanvasPx = Field(
        60.0,
        ge=1,
        le=10_000,
        description="Spots of the texture wider than this stay out: only its relief comes in",
    )
    color: float = Field(0.0, ge=0, le=1, description="How much of the texture's colour relief comes with it")


@extension("filter", version=3)
def texture(image: Raster, params: TextureParams, given: References) -> Raster:
    """Lays the relief of a texture over a layer."""
    picture = given.rasters["of"]
    if image.is_empty or picture.is_empty or params.strength == 0:
        return image
    axes = (0, 1, 2) if params.color else (0,)
    lab, tiled = _lab(image, axes), _tiled(_lab(picture, axes), params, image)
    opaque = image.pixels[..., 3] * np.float32(1 / np.iinfo(image.pixels.dtype).max)
    gained = []
    for axis in axes:
        share = params.strength * (params.color if axis else 1.0)
        stronger = _stronger(gradient(lab[..., axis]), gradient(tiled[..., axis]), share, opaque)
        gained.append(integrated(stronger, params.coarsest / math.pi))
    return recolored(image, partial(_with_relief, relief=np.stack(gained, axis=2)))


def _with_relief(lab: FloatArray, rows: slice, relief: FloatArray) -> FloatArray:
    """As much of the relief as there is room for: it flattens towards black and white."""
    room = np.clip(np.minimum(lab[..., :1], 1 - lab[..., :1]), np.float32(1e-6), None)
    lab[..., : relief.shape[2]] += room * np.tanh(relief[rows] / room)
    return lab


def _lab(image: Raster, axes: tuple[int, ...]) -> FloatArray:
    """(H, W, axes): the OKLab axes of every pixel; where it is transparent, those of middle grey."""
    linear, grey = linear_levels(image.depth), np.array((0.5, 0, 0), np.float32)
    result = np.empty((*image.pixels.shape[:2], len(axes)), np.float32)
    for row, pixels in enumerate(image.pixels):
        lab = np.where(pixels[:, 3:] > 0, linear_to_oklab(linear[pixels[:, :3]]), grey)
        result[row] = lab[:, axes]
    return result


def _tiled(lab: FloatArray, params: TextureParams, image: Raster) -> FloatArray:
    """(H, W, axes): the texture over the raster's part of the canvas, mirrored on and on from its corner."""
    height, width = lab.shape[:2]
    factor = params.size / width
    if factor < 1:
        reduced = (max(1, round(width * factor)), max(1, round(height * factor)))
        lab = float32(cv2.resize(lab, reduced, interpolation=cv2.INTER_AREA))
        factor = params.size / reduced[0]
    turn = math.radians(params.rotate)
    cosine, sine = math.cos(turn) / factor, math.sin(turn) / factor
    x, y = image.left + 0.5, image.top + 0.5
    to_texture = np.array(
        [[cosine, sine, cosine * x + sine * y - 0.5], [-sine, cosine, cosine * y - sine * x - 0.5]]
    )
    size = (image.extent.width, image.extent.height)
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    warped = cv2.warpAffine(lab, to_texture, size, flags=flags, borderMode=cv2.BORDER_REFLECT)
    return float32(warped).reshape(*image.pixels.shape[:2], -1)


def _stronger(layer: Gradient, relief: Gradient, share: float, opaque: FloatArray) -> Gradient:
    """What the layer's gradient gains where the texture's is stronger, inside its outline."""
    inside = np.minimum(opaque[:, 1:], opaque[:, :-1]), np.minimum(opaque[1:], opaque[:-1])
    return (
        _replaced(layer[0], relief[0] * np.float32(share)) * inside[0],
        _replaced(layer[1], relief[1] * np.float32(share)) * inside[1],
    )


def _replaced(own: FloatArray, other: FloatArray) -> FloatArray:
    return float32(np.where(np.abs(other) > np.abs(own), other - own, np.float32(0)))
