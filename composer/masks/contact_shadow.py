"""Contact shadow: the shadow that a layer throws on the ground it stands on.

Knows the layer's alpha, after its filters, style and mask. The figure is laid down about the line it stands
on, squashed and slanted; the farther from that line, the softer and the weaker. It is the mask of a dark fill
that multiplies, right below the figure.
"""

import math

import cv2
import numpy as np
from pydantic import Field

from ..operation import CanvasPx, Params
from ..pixels.gaussian import float32, gaussian
from ..pixels.raster import FloatArray, Mask, Raster
from ..registry import Needs, extension

_LEVELS = 4  # of blur, from the contact to the end of the shadow
_FOOT = 0.02  # of the figure's height: how far above its lowest point it still touches the ground
_SEEN = 0.5


class ContactShadowParams(Params):
    """Where the light comes from, and how hard it is."""

    length: float = Field(
        0.35, ge=0, le=3, description="Length of the shadow as a share of the figure's height"
    )
    angle: float = Field(
        25.0,
        ge=-80,
        le=80,
        description="Degrees by which the shadow leans: above 0 to the right, below 0 to the left",
    )
    blur: CanvasPx = Field(
        18.0, ge=0, le=2000, description="Standard deviation of the blur at the shadow's far end"
    )
    fade: float = Field(0.5, ge=0, le=1, description="How much weaker the far end is than the contact")
    ground: CanvasPx | None = Field(
        None,
        description="Height of the line the figure stands on, y on the canvas; left out: its lowest point",
    )


@extension("mask", version=1, needs=Needs(input="layer"))
def contact_shadow(image: Raster, params: ContactShadowParams) -> Mask:
    """The shadow of a layer on the ground below it."""
    alpha = image.to_float()[..., 3]
    rows = np.flatnonzero((alpha >= _SEEN).any(axis=1))
    if rows.size == 0:
        return Mask(np.zeros(alpha.shape, image.pixels.dtype))
    foot = float(rows[-1] + 1) if params.ground is None else params.ground
    height = max(foot - float(rows[0]), 1.0)
    cast = _cast(alpha, foot - _FOOT * height, params)
    return Mask.from_float(_softened(cast, foot, height, params), image.depth)


def _cast(alpha: FloatArray, foot: float, params: ContactShadowParams) -> FloatArray:
    """The figure laid down away from the viewer: y' = foot − length · (foot − y), leaning as it goes back."""
    back = max(params.length, 1e-3)
    lean = math.tan(math.radians(params.angle))
    # x' = x + lean · (foot − y'), both about the line of the feet
    forward = np.array([[1, -lean * back, lean * back * foot], [0, back, foot * (1 - back)]], np.float64)
    size = (alpha.shape[1], alpha.shape[0])
    narrow = gaussian(alpha, 0.4 / back) if back < 1 else alpha  # lest rows be skipped
    return float32(cv2.warpAffine(narrow, forward, size, flags=cv2.INTER_LINEAR))


def _softened(cast: FloatArray, foot: float, height: float, params: ContactShadowParams) -> FloatArray:
    """Sharp and dark at the feet, softer and weaker with the distance from them, both below and above."""
    y = np.arange(cast.shape[0], dtype=np.float32)[:, None] + np.float32(0.5)
    reach = np.float32(max(params.length, 0.05) * height)
    distance = np.clip(np.abs(np.float32(foot) - y) / reach, 0, 1)
    level = distance * np.float32(_LEVELS)
    soft = np.zeros_like(cast)
    for step in range(_LEVELS + 1):
        sigma = params.blur * (0.06 + 0.94 * step / _LEVELS)
        share = np.maximum(1 - np.abs(level - np.float32(step)), 0)
        soft += gaussian(cast, sigma) * share
    weaker: FloatArray = soft * (1 - np.float32(params.fade) * distance)
    return weaker
