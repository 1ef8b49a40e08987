"""Dry brush: hard dabs – every spot takes the colour of the tone that is commonest around it.

A mode filter over tone levels. Neighbourhoods are Gaussian, so that dabs are round, and a tone
counts for its two nearest levels by its distance to each, so that levels leave no contour lines.
"""

from functools import partial

import numpy as np
from pydantic import Field

from ..operation import CanvasPx, Params
from ..pixels.color import luma
from ..pixels.gaussian import gaussian
from ..pixels.raster import FloatArray, Raster
from ..pixels.strips import in_strips
from ..registry import extension
from ._opaque import filter_colors

_SIGMA = 0.5  # of the radius


class DryBrushParams(Params):
    """The size and hardness of a dab."""

    radius: CanvasPx = Field(5.0, ge=0, le=200, description="Radius of a dab")
    levels: int = Field(
        16, ge=4, le=64, description="How many tones there are; fewer gives larger, harder dabs"
    )
    crispness: float = Field(0.4, ge=0, le=2, description="Sharpening of the dabs' borders at the end")


@extension("filter", version=1)
def dry_brush(image: Raster, params: DryBrushParams) -> Raster:
    """Hard dabs of paint."""
    if params.radius == 0:
        return image
    return filter_colors(image, partial(_dabbed, params=params))


def _dabbed(rgb: FloatArray, params: DryBrushParams) -> FloatArray:
    sigma = _SIGMA * params.radius
    reach = int(np.ceil(3 * sigma)) + 1
    dabs = in_strips(rgb, reach, partial(_commonest, sigma=sigma, levels=params.levels))
    soft = gaussian(dabs, params.radius / 4)
    sharp: FloatArray = dabs + np.float32(params.crispness) * (dabs - soft)
    return sharp


def _commonest(rgb: FloatArray, sigma: float, levels: int) -> FloatArray:
    tone = np.clip(luma(rgb), 0, 1) * np.float32(levels - 1)
    best = np.zeros((*tone.shape, 4), np.float32)
    for level in range(int(tone.min()), int(np.ceil(tone.max())) + 1):
        belongs = np.maximum(1 - np.abs(tone - np.float32(level)), 0)[..., None]
        votes = gaussian(np.concatenate((rgb * belongs, belongs), axis=2), sigma)
        np.copyto(best, votes, where=votes[..., 3:] > best[..., 3:])
    colors: FloatArray = np.divide(best[..., :3], np.maximum(best[..., 3:], 1e-6), dtype=np.float32)
    return colors
