"""Tone: a local tone map – shadows lifted, highlights held, and what is drawn in them kept.

Tones follow a curve, but details keep the contrast they had, as far as may be (`local_laplacian`): where
the curve is flat no drawing is lost, where it is steep no grain comes up. Lightness is OKLab L,
and chroma goes with it: OKLab scales as a whole with the cube root of linear light, so a colour keeps its
hue and its saturation. Found at a working size where the radius is some tens of pixels, and carried to
the full size by what is locally linear in it, so that no edge becomes soft.
"""

from functools import partial

import numpy as np
from pydantic import Field

from ..operation import CanvasPx, Params
from ..pixels.color import srgb_to_oklab
from ..pixels.continued import continued_colors
from ..pixels.forms import reduced
from ..pixels.local_laplacian import detail_added
from ..pixels.local_linear import LocalLinear, fitted
from ..pixels.raster import FloatArray, Raster
from ..registry import extension
from ._recolor import gently_lifted, recolored

_WORK_RADIUS = 32.0
_DETAIL = 0.08  # of lightness: differences below it are details, far above it edges
_LEAST, _MOST = 0.5, 2.0  # how far the contrast of details is changed to make up for the curve
_WINDOW, _FLAT = 1.5, 0.004  # pixels of the working size, and lightness
_DARKEST = np.float32(0.02)  # lightness below which there is no colour to speak of
_MIDDLE = np.float32(0.5)


class ToneParams(Params):
    """What becomes of shadows, highlights, contrast and detail."""

    shadows: float = Field(0.3, ge=-1, le=1, description="Above 0 shadows become lighter, below 0 darker")
    highlights: float = Field(
        -0.3, ge=-1, le=1, description="Below 0 highlights are held back, above 0 lifted"
    )
    contrast: float = Field(0.0, ge=-1, le=1, description="Contrast of large forms; 0 leaves it")
    detail: float = Field(0.0, ge=-1, le=2, description="Contrast of what is drawn in the forms; 0 leaves it")
    radius: CanvasPx = Field(60.0, ge=1, le=2000, description="Up to which size something counts as detail")


@extension("filter", version=3)
def tone(image: Raster, params: ToneParams) -> Raster:
    """Lifts shadows and holds highlights, details kept (local tone map)."""
    if not (params.shadows or params.highlights or params.contrast or params.detail):
        return image
    if image.is_empty or not image.pixels[..., 3].any():
        return image
    detail = _detail(continued_colors(image), params)
    return recolored(image, partial(_toned, detail=detail, params=params))


def _toned(lab: FloatArray, rows: slice, detail: LocalLinear, params: ToneParams) -> FloatArray:
    L = np.clip(lab[..., :1], 0, 1)
    added = _curve(L, params) - L + detail.rows(L, rows.start)
    return lab * np.maximum(1 + added / np.maximum(L, _DARKEST), 0)


def _detail(rgb: FloatArray, params: ToneParams) -> LocalLinear:
    """What is added to the curve's lightness, from the lightness before it."""
    small = reduced(rgb, params.radius / _WORK_RADIUS)
    L = np.clip(srgb_to_oklab(small)[..., 0], 0, 1)
    depth = max(1, round(np.log2(min(params.radius, _WORK_RADIUS))))
    curved = _curve(L, params)
    added = detail_added(curved, depth, _DETAIL, partial(_gain, params=params)) - curved
    return fitted(L, added, _WINDOW, _FLAT, len(rgb))


def _gain(tone: float, params: ToneParams) -> float:
    """What is added to details of that tone of the result: what the curve took, and what was asked for."""
    before = np.linspace(0, 1, 256, dtype=np.float32)
    after = _curve(before, params)
    slope = np.interp(tone, after, np.gradient(after, before))
    return float(np.clip(1 / slope, _LEAST, _MOST) * (1 + params.detail) - 1)


def _curve(L: FloatArray, params: ToneParams) -> FloatArray:
    """Lightness 0…1 to 0…1, black and white kept, rising throughout."""
    dark, light = L * (1 - L) ** 3, L**3 * (1 - L)
    lift = np.float32(params.shadows * (1.4 if params.shadows > 0 else 0.7))
    hold = np.float32(params.highlights * (1.4 if params.highlights < 0 else 0.7))
    bent = L + lift * dark + hold * light
    s_curve = bent * (1 - bent) * (bent - _MIDDLE)
    return gently_lifted(L, bent + np.float32(params.contrast * 1.8) * s_curve)
