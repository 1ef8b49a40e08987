"""Adjust: what every mask can do – feather, grow, shrink, invert, levels, tidy up – and how two combine.

Knows masks as values, of either depth; lengths are canvas pixels and may be fractions. Does not
know who made a mask. Each function gives a new mask of the same depth and confidence; a length
of 0 and neutral levels give the mask itself.
"""

from collections.abc import Callable

import cv2
import numpy as np

from .gaussian import gaussian
from .raster import Array, FloatArray, Mask

# A disc of radius 5 repeated n times is a disc of radius 5n to within 3 % in every direction.
_DISC = 5
_LEVELS = 9  # at which enclosed parts are looked for, from one half to the whole


def feather(mask: Mask, px: float) -> Mask:
    """Soften the edge over about `px` pixels to either side (a Gaussian of σ = px / 2)."""
    if px <= 0:
        return mask
    return _like(mask, gaussian(mask.to_float(), px / 2))


def grow(mask: Mask, px: float) -> Mask:
    """Move the edge outwards by `px` pixels; a soft edge keeps its softness. Negative shrinks."""
    if px < 0:
        return shrink(mask, -px)
    return mask if px == 0 else Mask(_dilated(mask.values, px), mask.confidence)


def shrink(mask: Mask, px: float) -> Mask:
    """Move the edge inwards by `px` pixels; the canvas border counts as more of the same. Negative grows."""
    if px < 0:
        return grow(mask, -px)
    return mask if px == 0 else invert(grow(invert(mask), px))


def invert(mask: Mask) -> Mask:
    """1 − m, exactly."""
    return Mask(~mask.values, mask.confidence)


def levels(mask: Mask, black: float = 0.0, gamma: float = 1.0, white: float = 1.0) -> Mask:
    """Stretch `black`…`white` (0…1) to 0…1, then raise to 1 / gamma, as Photoshop's Levels.

    Raises ValueError unless black < white and gamma > 0.
    """
    if not (black < white and gamma > 0):
        raise ValueError(f"levels need black < white and gamma > 0, got {black}, {gamma}, {white}")
    if (black, gamma, white) == (0.0, 1.0, 1.0):
        return mask
    limit = (1 << mask.depth) - 1
    stretched = np.clip((np.arange(limit + 1) / limit - black) / (white - black), 0.0, 1.0)
    table = np.rint(stretched ** (1.0 / gamma) * limit).astype(mask.values.dtype)
    return Mask(table[mask.values], mask.confidence)


def keep_largest(mask: Mask) -> Mask:
    """Only its largest connected part of at least one half, with the soft rim that hangs together with it.

    A rim shared with another part is cut half-way. A mask that nowhere shows one half stays as it is.
    """
    shown = _from(mask, 0.5)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(shown.astype(np.uint8), connectivity=8)
    if len(stats) < 2:
        return mask
    core: Array = labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    _, nearest = cv2.distanceTransformWithLabels(
        (~shown).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_CCOMP
    )
    own = (nearest == nearest[core][0]) & (mask.values > 0)
    _, connected = cv2.connectedComponents(own.astype(np.uint8), connectivity=8)
    kept = connected == connected[core][0]
    return Mask(np.where(kept, mask.values, 0).astype(mask.values.dtype), mask.confidence)


def fill_holes(mask: Mask, share: float) -> Mask:
    """Holes smaller than `share` (0…1) of the canvas are shown as far as what surrounds them is.

    A hole shows less than one half and does not touch the canvas's border; its soft rim fills with it. Where
    nothing about it is shown fully, it fills to within 1/16 of the lowest way out.
    """
    limit, most = (1 << mask.depth) - 1, share * mask.values.size
    hole, values = ~_from(mask, 0.5), mask.values.copy()
    for level in np.linspace(0.5, 1.0, _LEVELS):
        filled = _enclosed(~_from(mask, float(level)), hole, most)
        if level == 0.5 and not filled.any():
            return mask
        values[filled] = max(1, round(float(level) * limit))
    return Mask(np.maximum(values, mask.values), mask.confidence)


def _enclosed(low: Array, hole: Array, most: float) -> Array:
    """Connected parts of `low` off the border, with some `hole` in them but less than `most` pixels of it."""
    count, labels = cv2.connectedComponents(low.astype(np.uint8), connectivity=4)
    holes = np.bincount(labels[hole], minlength=count)
    fits = (holes > 0) & (holes < most)
    fits[0] = False
    for rim in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        fits[rim] = False
    enclosed: Array = fits[labels]
    return enclosed


def _from(mask: Mask, level: float) -> Array:
    """(H, W) bool: where the mask shows at least `level`, 0…1."""
    return mask.values >= level * ((1 << mask.depth) - 1)


def intersect(a: Mask, b: Mask) -> Mask:
    """a & b: the product, so that two soft edges stay soft where they cross."""
    return _combined(a, b, lambda x, y: x * y)


def unite(a: Mask, b: Mask) -> Mask:
    """a | b: a + b − ab."""
    return _combined(a, b, lambda x, y: x + y - x * y)


def subtract(a: Mask, b: Mask) -> Mask:
    """a − b: a(1 − b)."""
    return _combined(a, b, lambda x, y: x * (1 - y))


def exclude(a: Mask, b: Mask) -> Mask:
    """a ^ b: a + b − 2ab."""
    return _combined(a, b, lambda x, y: x + y - 2 * x * y)


def _like(mask: Mask, values: FloatArray) -> Mask:
    return Mask.from_float(values, mask.depth, mask.confidence)


def _combined(a: Mask, b: Mask, rule: Callable[[FloatArray, FloatArray], FloatArray]) -> Mask:
    if a.extent != b.extent:
        raise ValueError(f"masks of {a.extent} and {b.extent} do not lie on one canvas")
    known = [each.confidence for each in (a, b) if each.confidence is not None]
    values = rule(a.to_float(), b.to_float())
    return Mask.from_float(values, max(a.depth, b.depth), min(known, default=None))


def _dilated(values: Array, px: float) -> Array:
    """Grey-scale dilation by a disc of `px`, the last fraction of a pixel mixed in."""
    whole, rest = int(px), px - int(px)
    steps = [_DISC] * (whole // _DISC) + ([whole % _DISC] if whole % _DISC else [])
    for radius in steps:
        if values.size and values.min() == values.max():
            return values  # it has reached all there is, however far it was to go
        values = cv2.dilate(values, _disc(radius))
    return _dilated_by_fraction(values, rest) if rest else values


def _dilated_by_fraction(values: Array, rest: float) -> Array:
    # The cross reaches 0.7 px along a diagonal and the square 1.4: their mean is one pixel every way.
    cross = cv2.dilate(values, _disc(1)).astype(np.float32)
    square = cv2.dilate(values, np.ones((3, 3), np.uint8)).astype(np.float32)
    mixed = values * np.float32(1 - rest) + (cross + square) * np.float32(rest / 2)
    return np.rint(mixed).astype(values.dtype)


def _disc(radius: int) -> Array:
    y, x = np.ogrid[-radius : radius + 1, -radius : radius + 1]
    limit = radius * radius + (radius if radius > 1 else 0)
    disc: Array = (x * x + y * y <= limit).astype(np.uint8)
    return disc
