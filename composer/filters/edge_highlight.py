"""Edge highlight: a rim of light along the outline of a figure, on the side that faces the light.

The rim is the difference of the blurred outline moved away from the light and towards it: at a straight
edge it goes with the cosine between normal and light, fades inwards as a Gaussian, and specks in a mask
hardly count. Colours are screened with the light. Alpha stays, so nothing glows outside the outline. A layer
that is opaque throughout has no outline but the mask that is named: nothing is guessed in its place.
"""

import math
from functools import partial

import cv2
import numpy as np
from pydantic import Field

from ..errors import OperationError
from ..operation import CanvasPx, Color, OutlineMask, Params, References
from ..pixels.color import luma, parse_color
from ..pixels.gaussian import float32, gaussian
from ..pixels.raster import FloatArray, Raster
from ..registry import extension
from ._looked_at import under
from ._opaque import filter_colors

_CORE, _FALL = 0.2, 0.5  # of the width: a bright line at the very edge, and its fall-off
_LEAST_SIGMA = 0.6  # pixels
_RELIEF = np.float32(0.5)  # how much the light follows the lightness it falls on
_EDGE = (0.06, 0.3)  # contrast from which on an inner edge gets light, and from which on it gets all


class EdgeHighlightParams(Params):
    """Where the light comes from, and how strong, wide and coloured it is."""

    figure: OutlineMask = Field(
        None,
        description="Mask of the figure that gets the rim; left out: the layer's own mask, or what is not "
        "transparent",
    )
    angle: float = Field(
        -45.0,
        ge=-360,
        le=360,
        description="Where the light comes from, degrees clockwise from straight above",
    )
    width: CanvasPx = Field(12.0, gt=0, le=1000, description="How far inwards the light reaches")
    color: Color = Field("#fff4e0", description="Colour of the light")
    amount: float = Field(0.7, ge=0, le=1, description="How strong the light is")
    inner: float = Field(
        0.0, ge=0, le=1, description="How much of it falls on strong edges inside the figure"
    )


@extension("filter", version=1)
def edge_highlight(image: Raster, params: EdgeHighlightParams, given: References) -> Raster:
    """A rim of light along the figure's outline."""
    if params.amount == 0 or image.is_empty:
        return image
    named = given.mask("figure")
    figure = None if named is None else under(named, image)
    rim = _rim(_outline(image, figure), params)
    return filter_colors(image, partial(_lit, rim=rim, figure=figure, params=params))


def _outline(image: Raster, figure: FloatArray | None) -> FloatArray:
    """(H, W) 0…1: the figure, as far as the layer shows it."""
    alpha = image.alpha()
    if figure is not None:
        return alpha * figure
    if alpha.min() == 1:
        raise OperationError(
            "edge_highlight found no outline: the layer is opaque throughout",
            'name the mask of the figure: figure = "..."',
        )
    return alpha


def _lit(
    rgb: FloatArray, rim: FloatArray, figure: FloatArray | None, params: EdgeHighlightParams
) -> FloatArray:
    light = np.array(parse_color(params.color)[:3], np.float32)
    lightness = luma(rgb)
    strength = rim if params.inner == 0 else np.maximum(rim, _inner(lightness, params))
    relief = lightness / np.maximum(gaussian(lightness, params.width), np.float32(0.02))
    strength = strength * (1 - _RELIEF + _RELIEF * np.minimum(relief, 1.5)) * np.float32(params.amount)
    if figure is not None:
        strength *= np.minimum(2 * figure, 1)
    result: FloatArray = rgb + (1 - rgb) * (np.minimum(strength, 1)[..., None] * light)
    return result


def _rim(outline: FloatArray, params: EdgeHighlightParams) -> FloatArray:
    """1 at an edge that faces the light; a bright line and its fall-off."""
    parts = []
    for share in (_CORE, _FALL):
        away, towards = _moved(outline, max(share * params.width, _LEAST_SIGMA), params.angle)
        parts.append(np.maximum(away - towards, 0))
    mean: FloatArray = (parts[0] + parts[1]) * np.float32(0.5 / math.erf(0.5**0.5))
    return mean


def _inner(lightness: FloatArray, params: EdgeHighlightParams) -> FloatArray:
    """`inner` on the light side of a strong edge beyond which, towards the light, it is darker."""
    away, towards = _moved(lightness, max(_CORE * params.width, _LEAST_SIGMA), params.angle)
    contrast = away - towards
    side = (lightness - towards) / np.maximum(contrast, np.float32(1e-3))
    strength = (contrast - np.float32(_EDGE[0])) * np.float32(1 / (_EDGE[1] - _EDGE[0]))
    facing: FloatArray = np.clip(strength, 0, 1) * np.clip(side, 0, 1) ** 2
    return facing * np.float32(params.inner)


def _moved(values: FloatArray, sigma: float, angle: float) -> tuple[FloatArray, FloatArray]:
    """`values` blurred, as seen σ away from the light and σ towards it."""
    blurred = gaussian(values, sigma)
    dx, dy = sigma * math.sin(math.radians(angle)), -sigma * math.cos(math.radians(angle))
    return _shifted(blurred, -dx, -dy), _shifted(blurred, dx, dy)


def _shifted(values: FloatArray, dx: float, dy: float) -> FloatArray:
    matrix = np.array([[1, 0, dx], [0, 1, dy]], np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (values.shape[1], values.shape[0])
    return float32(cv2.warpAffine(values, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE))
