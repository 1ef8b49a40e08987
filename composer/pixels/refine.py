"""Refine: gives a mask's edge the softness that the picture has there – hair, fur, motion, out of focus.

Knows a mask of the whole canvas and the picture it cuts out. Works in a band along the mask's edge, where
the mask passes one half; beyond it nothing changes, and what was soft stays so. Does not know who
made the mask.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from .gaussian import float32, gaussian
from .geometry import Bounds
from .guided import guided
from .matting import closed_form
from .raster import Array, FloatArray, Mask, Raster, in_eight_bits, quantize

Method = Literal["none", "feather", "guided", "matting"]

_MOST_WORK = 3e6  # pixels of a band times its width that are matted at full size: some 3 s and 600 MB
_MOST_GUIDE = 3_000_000  # pixels of the copy at which a guided filter is fitted
_GUIDE_RADIUS = 4  # pixels of that copy
_ENLARGING_RADIUS = 2
_KEPT = 0.75  # of the width; from here to its end a blur goes over into what was there
_EDGE = np.float32(0.75)  # of how deep a part is; beyond it lies its core, which is sure at any width
_SPECK = np.float32(0.1)  # of how deep the deepest part is; what is less deep may be a mistake, without core


@dataclass(frozen=True, eq=False, slots=True)
class _Band:
    """The part of a canvas around a mask's edge: mask (H, W) 0…1, colours (H, W, 3) integers.

    `distance` (H, W) pixels from the edge; infinite where nothing is to change.
    """

    mask: FloatArray
    rgb: Array
    distance: FloatArray
    width: float


def refine(mask: Mask, image: Raster, method: Method, width: float) -> Mask:
    """The mask with its edge softened within `width` canvas pixels to either side.

    *feather* blurs (a Gaussian of σ = width / 2); *guided* follows the picture's edges; *matting* finds how
    far each pixel is covered, hair by hair. The latter two look at `image`, and leave the mask where that
    is transparent. A mask without any edge comes back as it is, and at any width the core of what is shown
    and of what is not.
    """
    if method == "none" or width <= 0:
        return mask
    picture = _on_canvas(mask, image)
    distance, width = _to_edge(mask.values > (1 << mask.depth) // 2 - 1, width)
    if method != "feather":
        distance[picture[..., 3] <= np.iinfo(picture.dtype).max // 2] = np.inf
    box = _around(distance <= width, round(2 * width) + 2)
    if box.is_empty:
        return mask
    part = _Band(mask.to_float()[box.slices], picture[box.slices][..., :3], distance[box.slices], width)
    values = mask.values.copy()
    inside = part.distance <= width
    values[box.slices][inside] = quantize(_METHODS[method](part)[inside], mask.depth)
    return Mask(values, mask.confidence)


def _feathered(band: _Band) -> FloatArray:
    return _faded(band, gaussian(band.mask, band.width / 2))


def _guided(band: _Band) -> FloatArray:
    height, width = band.mask.shape
    factor = max(1.0, band.width / _GUIDE_RADIUS, (height * width / _MOST_GUIDE) ** 0.5)
    side, radius = max(1, round(max(height, width) / factor)), max(1, round(band.width / factor))
    return _faded(band, guided(band.mask, band.rgb, side, radius))


def _matted(band: _Band) -> FloatArray:
    unknown = band.distance <= band.width
    factor = (unknown.sum() * band.width / _MOST_WORK) ** (1 / 3)
    if factor <= 1:
        return closed_form(_unit(band.rgb), band.mask, unknown)
    height, width = unknown.shape
    size = (max(1, round(width / factor)), max(1, round(height / factor)))
    mask, rgb, distance = (
        cv2.resize(each, size, interpolation=cv2.INTER_AREA)
        for each in (
            band.mask,
            in_eight_bits(band.rgb),
            np.minimum(band.distance, np.float32(2 * band.width)),
        )
    )
    reduced = closed_form(_unit(rgb), float32(mask), distance <= band.width)
    return guided(reduced, band.rgb, max(size), _ENLARGING_RADIUS)


def _unit(rgb: Array) -> FloatArray:
    scaled: FloatArray = np.divide(rgb, np.float32(np.iinfo(rgb.dtype).max), dtype=np.float32)
    return scaled


def _faded(band: _Band, found: FloatArray) -> FloatArray:
    """What was found, going over into what was there before the band ends."""
    share = np.clip((band.width - band.distance) / np.float32(band.width * (1 - _KEPT)), 0, 1)
    faded: FloatArray = band.mask + share * (found - band.mask)
    return faded


_METHODS: dict[str, Callable[[_Band], FloatArray]] = {
    "feather": _feathered,
    "guided": _guided,
    "matting": _matted,
}


def _on_canvas(mask: Mask, image: Raster) -> Array:
    """(H, W, 4) of the whole canvas; transparent where the image is not."""
    if image.bounds == Bounds.of(mask.extent):
        return image.pixels
    canvas = np.zeros((*mask.values.shape, 4), image.pixels.dtype)
    seen = image.crop(Bounds.of(mask.extent))
    canvas[seen.bounds.slices] = seen.pixels
    return canvas


def _to_edge(shown: Array, width: float) -> tuple[FloatArray, float]:
    """(H, W) pixels from where the mask passes one half, beyond any canvas if it never does; and the width.

    No core is within the width: that is no more than the edge of the deepest part, and in parts whose edge is
    narrower, pixels count for more.
    """
    sides = shown.astype(np.uint8), (~shown).astype(np.uint8)
    depths = [float32(cv2.distanceTransform(side, cv2.DIST_L2, cv2.DIST_MASK_5)) for side in sides]
    limit = min(width, float(_EDGE * max(depth.max() for depth in depths)))
    for side, depth in zip(sides, depths, strict=True):
        _widen(depth, side, np.float32(limit))
    return depths[0] + depths[1] - np.float32(0.5), limit


def _widen(depth: FloatArray, side: Array, width: np.float32) -> None:
    """Count the pixels of narrow parts of `side` for so much more that their edge is `width` wide."""
    count, labels = cv2.connectedComponents(side, connectivity=8)
    parts = labels.astype(np.int32, copy=False)
    deepest = np.zeros(count, np.float32)
    np.maximum.at(deepest, parts.ravel(), depth.ravel())
    is_narrow = (deepest * _EDGE < width) & (deepest >= _SPECK * deepest.max())
    if is_narrow.any():
        more = np.where(is_narrow, width / np.maximum(deepest * _EDGE, np.float32(0.5)), np.float32(1))
        depth *= more[parts]


def _around(wanted: Array, margin: int) -> Bounds:
    """The smallest box around every wanted pixel, and so much more, within the canvas."""
    rows, columns = (np.flatnonzero(wanted.any(axis=axis)) for axis in (1, 0))
    if rows.size == 0:
        return Bounds(0, 0, 0, 0)
    box = Bounds(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    return box.pad(margin).intersect(Bounds(0, 0, wanted.shape[1], wanted.shape[0]))
