"""Decontaminate: the old background's colour taken out of a cut-out's soft edge.

The colours of the figure alone are found along its edge and continued outwards, so that its mask can be
grown or softened afterwards. Alpha stays as it is, and so does every colour that the mask shows wholly. Of a
picture that came cut out the old background is not known: its soft edge takes the colours from within.
"""

import math
from collections.abc import Callable
from functools import partial

import numpy as np
from pydantic import Field

from ..operation import CanvasPx, OutlineMask, Params, References
from ..pixels.geometry import Bounds
from ..pixels.raster import FloatArray, Raster
from ..pixels.unmixing import defringed, unmixed
from ..registry import extension
from ._looked_at import under
from ._opaque import filter_colors


class DecontaminateParams(Params):
    """Which figure, how much, and how far its colours go on."""

    figure: OutlineMask = Field(
        None,
        description="Mask of the figure, with its soft edge; left out: the layer's own mask, or what is not "
        "transparent",
    )
    strength: float = Field(
        1.0, ge=0, le=1, description="How much of the background's colour is taken out of the edge itself"
    )
    reach: CanvasPx = Field(
        48.0,
        ge=0,
        le=1000,
        description="How far beyond its mask the figure's colours are continued, so that the mask can be "
        "grown",
    )


@extension("filter", version=3)
def decontaminate(image: Raster, params: DecontaminateParams, given: References) -> Raster:
    """Takes the old background's colour out of a cut-out's soft edge."""
    if image.is_empty:
        return image
    named = given.mask("figure")
    figure, clean = (image.alpha(), defringed) if named is None else (under(named, image), unmixed)
    box = _around(figure, params.reach)
    if box.is_empty or figure.min() == 1:
        return image
    change = partial(_cleaned, figure=figure, box=box, strength=params.strength, clean=clean)
    return filter_colors(image, change)


def _around(figure: FloatArray, reach: float) -> Bounds:
    """The box of what the mask shows and `reach` pixels about it; empty if it shows nothing."""
    rows, columns = (np.flatnonzero((figure > 0).any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return Bounds(0, 0, 0, 0)
    whole = Bounds(0, 0, figure.shape[1], figure.shape[0])
    box = Bounds(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    return box.pad(math.ceil(reach) + 1).intersect(whole)


def _cleaned(
    rgb: FloatArray,
    figure: FloatArray,
    box: Bounds,
    strength: float,
    clean: Callable[[FloatArray, FloatArray], FloatArray],
) -> FloatArray:
    result = rgb.copy()
    part, shown = result[box.slices], figure[box.slices]
    share = np.where(shown > 0, np.float32(strength), np.float32(1))[..., None]
    part += share * (clean(part, shown) - part)
    return result
