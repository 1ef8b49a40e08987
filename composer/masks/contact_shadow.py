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
_SHORTEST = 0.02  # of the figure's height: a light from straight above leaves the dark line of the contact
_SOFTEST = 0.5  # of the shadow's length: a blur beyond that would leave nothing of a short one
_STRAY = 0.005  # of the figure's alpha, above and below which it is no figure: specks of a mask


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
        18.0,
        ge=0,
        le=2000,
        description="Standard deviation of the blur at the shadow's far end; at most half its length",
    )
    fade: float = Field(0.5, ge=0, le=1, description="How much weaker the far end is than the contact")
    ground: CanvasPx | None = Field(
        None,
        description="Height of the line the figure stands on, y on the canvas; left out: its lowest point, "
        "stray specks not counted",
    )


@extension("mask", version=2, needs=Needs(input="layer"))
def contact_shadow(image: Raster, params: ContactShadowParams) -> Mask:
    """The shadow of a layer on the ground below it."""
    alpha = image.to_float()[..., 3]
    if not alpha.any():
        return Mask(np.zeros(alpha.shape, image.pixels.dtype))
    top, lowest = _ends(alpha)
    foot = lowest if params.ground is None else params.ground
    height = max(foot - top, lowest - foot, 1.0)
    share = max(params.length, _SHORTEST)
    cast = _cast(alpha, foot - _FOOT * height, share, params.angle)
    distance = _distance(alpha.shape[0], foot, share * height, share * max(lowest - foot, 0.0))
    return Mask.from_float(_softened(cast, distance, share * height, params), image.depth)


def _ends(alpha: FloatArray) -> tuple[float, float]:
    """y of the figure's highest and lowest point."""
    above = np.cumsum(alpha.sum(axis=1, dtype=np.float64))
    stray = _STRAY * above[-1]
    top, bottom = np.searchsorted(above, [stray, above[-1] - stray], side="right")
    return float(top), float(min(bottom, len(alpha) - 1) + 1)


def _cast(alpha: FloatArray, foot: float, share: float, angle: float) -> FloatArray:
    """The figure laid down away from the viewer: y' = foot − share · (foot − y), leaning as it goes back."""
    rows, columns = alpha.shape
    flat = max(1, round(rows * min(share, 1.0)))  # squashed by areas, lest rows be skipped
    squashed = float32(cv2.resize(alpha, (columns, flat), interpolation=cv2.INTER_AREA))
    lean, each = math.tan(math.radians(angle)), share * rows / flat
    down = foot * (1 - share) + (each - 1) / 2  # of a pixel's middle in the first row
    # x' = x + lean · (foot − y'), y' = each · row + down
    forward = np.array([[1, -lean * each, lean * (foot - down)], [0, each, down]], np.float64)
    return float32(cv2.warpAffine(squashed, forward, (columns, rows), flags=cv2.INTER_LINEAR))


def _distance(rows: int, foot: float, behind: float, before: float) -> FloatArray:
    """(H, 1) 0…1: how far rows lie from the feet, of the `behind` pixels that the shadow reaches back.

    In front of them it grows as far as something is cast there, `before` pixels.
    """
    y = np.arange(rows, dtype=np.float32)[:, None] + np.float32(0.5)
    away = np.where(y > foot, np.minimum(y - foot, before), foot - y)
    return float32(np.clip(away / behind, 0, 1))


def _softened(
    cast: FloatArray, distance: FloatArray, reach: float, params: ContactShadowParams
) -> FloatArray:
    """Sharp and dark at the feet, softer and weaker with the distance from them."""
    level = distance * np.float32(_LEVELS)
    blur, soft = min(params.blur, _SOFTEST * reach), np.zeros_like(cast)
    for step in range(_LEVELS + 1):
        sigma = blur * (0.06 + 0.94 * step / _LEVELS)
        share = np.maximum(1 - np.abs(level - np.float32(step)), 0)
        soft += gaussian(cast, sigma) * share
    weaker: FloatArray = soft * (1 - np.float32(params.fade) * distance)
    return weaker
