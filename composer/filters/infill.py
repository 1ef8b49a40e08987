"""Infill: the background that a figure hid, made up from what is seen about it.

What the mask shows, and a margin about it, is not known and takes no part. push_pull lets the colours run in
from all sides, at once and without texture: enough where only a rim will show. patch rebuilds texture from
pieces of the background, whose tones pass into one another. Alpha stays as it is.
"""

import math
from functools import partial
from typing import Literal

import cv2
import numpy as np
from pydantic import Field

from ..operation import CanvasPx, OwnMask, Params, References
from ..pixels.continued import continued
from ..pixels.geometry import Bounds
from ..pixels.raster import Array, FloatArray, Raster
from ..registry import extension
from ._looked_at import under
from ._opaque import filter_colors

_TRACE = 0.02  # a mask this faint shows no colour of the figure
_ABOUT = 0.75  # how much of the background about a hole takes part, in sizes of the hole
_LEAST_ABOUT = 64  # pixels


class InfillParams(Params):
    """Which figure is taken away, how far behind its edge, and how the gap is filled."""

    figure: OwnMask = Field(
        None, description="Mask of the figure that is taken away; left out: the layer's own mask"
    )
    method: Literal["push_pull", "patch"] = Field(
        "push_pull",
        description="push_pull: colours run in from the edge, at once; patch: from pieces of the "
        "background, with their texture, slower",
    )
    width: CanvasPx | None = Field(
        None,
        ge=0,
        le=100_000,
        description="How far behind the figure's edge patch rebuilds texture; farther in colours run in, so "
        "that nothing of the figure is left. Left out: all of it",
    )
    margin: CanvasPx = Field(
        4.0,
        ge=0,
        le=500,
        description="How far beyond the mask the figure may still colour the background, which is "
        "replaced as well",
    )


@extension("filter", version=5)
def infill(image: Raster, params: InfillParams, given: References) -> Raster:
    """Fills in the background behind a figure; where no background is left, that is told, and it stays."""
    shown = image.pixels[..., 3] > 0
    if not shown.any():
        return image
    figure = under(given.masks["figure"], image)
    hole = _hole(figure, shown, params.margin)
    known = ~hole & shown
    if not known.any():
        given.tell("the mask shows all of the layer: no background is left to fill in from, the figure stays")
        return image
    if not hole.any():
        return image
    textured = hole if params.width is None else hole & (_inwards(figure) <= params.width)
    if params.method == "push_pull":
        textured = np.zeros_like(hole)
    return filter_colors(image, partial(_filled, known=known, hole=hole, textured=textured))


def _hole(figure: FloatArray, seen: Array, margin: float) -> Array:
    """(H, W) bool: the figure and the margin about it; without the margin where that would leave nothing."""
    hidden = figure > _TRACE
    if not hidden.any():
        return hidden
    outwards = cv2.distanceTransform((~hidden).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    hole: Array = outwards <= margin
    return hole if (seen & ~hole).any() else hidden


def _inwards(figure: FloatArray) -> Array:
    """(H, W) how far a pixel lies behind the figure's edge; 0 outside."""
    return cv2.distanceTransform((figure >= 0.5).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)


def _filled(rgb: FloatArray, known: Array, hole: Array, textured: Array) -> FloatArray:
    """`rgb` with new colours in the hole, from what is `known` about it; with texture where it is wanted."""
    box = _about(hole)
    if not known[box.slices].any():
        box = Bounds(0, 0, rgb.shape[1], rgb.shape[0])
    near, seen, gap = rgb[box.slices], known[box.slices], hole[box.slices]
    smooth = continued(near, seen.astype(np.float32))
    result = rgb.copy()
    result[box.slices][gap] = smooth[gap]
    if textured.any():
        # Imported here because it imports numba, which takes half a second.
        from ..pixels.completion import completed

        rim = textured[box.slices]
        result[box.slices][rim] = completed(near, seen, rim, smooth)[rim]
    return result


def _about(wanted: Array) -> Bounds:
    """The box of the gap with as much of the background as takes part."""
    rows, columns = (np.flatnonzero(wanted.any(axis=axis)) for axis in (1, 0))
    gap = Bounds(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    margin = max(_LEAST_ABOUT, math.ceil(_ABOUT * gap.extent.long_side))
    return gap.pad(margin).intersect(Bounds(0, 0, wanted.shape[1], wanted.shape[0]))
