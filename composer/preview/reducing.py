"""Reducing: rasters and masks made smaller by a whole factor, all on one grid.

Knows that a small layer must lie exactly where its large one lies: every small pixel is the mean of one
block of the canvas, wherever the layer begins. Does not know layers.
"""

from __future__ import annotations

import cv2
import numpy as np

from ..pixels.geometry import Bounds, Extent
from ..pixels.raster import Array, FloatArray, Mask, Raster

_ROWS = 64  # of small pixels at once: float copies of a large picture need not fit in memory


def factor_for(canvas: Extent, longest: int) -> int:
    """The smallest whole factor that brings the long side to at most `longest` pixels."""
    return max(1, -(-canvas.long_side // longest))


def reduced_extent(canvas: Extent, factor: int) -> Extent:
    """The size of the reduced canvas; what is left of a block at the right and bottom is a pixel too."""
    return Extent(-(-canvas.width // factor), -(-canvas.height // factor))


def reduce_raster(raster: Raster, canvas: Extent, factor: int) -> Raster:
    """The means of the blocks, colours weighed by alpha."""
    if factor == 1 or raster.is_empty:
        return raster
    box = raster.bounds.align(factor)
    small = Bounds(*(edge // factor for edge in (box.left, box.top, box.right, box.bottom)))
    out = np.empty((small.height, small.width, 4), raster.pixels.dtype)
    for top in range(0, small.height, _ROWS):
        rows = min(_ROWS, small.height - top)
        strip = Bounds(box.left, box.top + top * factor, box.right, box.top + (top + rows) * factor)
        out[top : top + rows] = _strip(raster, strip, canvas, factor)
    return Raster(out, small.left, small.top)


def _strip(raster: Raster, strip: Bounds, canvas: Extent, factor: int) -> Array:
    part = raster.crop(strip)
    pixels = part.to_float()
    if not _is_opaque(part):
        pixels[..., :3] *= pixels[..., 3:]
    sums = _block_sums(_padded(pixels, part.bounds, strip), factor)
    sums[..., :3] /= np.maximum(sums[..., 3:], np.float32(1e-6))
    sums[..., 3] /= _areas(strip, canvas, factor)
    return Raster.from_float(sums, raster.depth).pixels


def _is_opaque(raster: Raster) -> bool:
    return bool((raster.pixels[..., 3] == np.iinfo(raster.pixels.dtype).max).all())


def reduce_mask(mask: Mask, factor: int) -> Mask:
    """The means of the blocks."""
    if factor == 1:
        return mask
    canvas = mask.extent
    whole = Bounds.of(canvas).align(factor)
    out = np.empty((whole.height // factor, whole.width // factor), mask.values.dtype)
    for top in range(0, out.shape[0], _ROWS):
        rows = min(_ROWS, out.shape[0] - top)
        strip = Bounds(0, top * factor, whole.right, (top + rows) * factor)
        inside = strip.intersect(Bounds.of(canvas))
        values = Mask(mask.values[inside.slices]).to_float()[..., None]
        sums = _block_sums(_padded(values, inside, strip), factor)[..., 0]
        out[top : top + rows] = Mask.from_float(sums / _areas(strip, canvas, factor), mask.depth).values
    return Mask(out)


def _padded(values: FloatArray, box: Bounds, strip: Bounds) -> FloatArray:
    rows = (box.top - strip.top, strip.bottom - box.bottom)
    columns = (box.left - strip.left, strip.right - box.right)
    if not any((*rows, *columns)):
        return values
    padded: FloatArray = np.pad(values, (rows, columns, (0, 0)))
    return padded


def _block_sums(values: FloatArray, factor: int) -> FloatArray:
    height, width, count = values.shape
    size = (width // factor, height // factor)
    means: FloatArray = np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32)
    return means.reshape(size[1], size[0], count) * np.float32(factor * factor)


def _areas(strip: Bounds, canvas: Extent, factor: int) -> FloatArray:
    """How many pixels of the canvas each block holds."""
    rows = np.minimum(canvas.height - np.arange(strip.top, strip.bottom, factor), factor)
    columns = np.minimum(canvas.width - np.arange(strip.left, strip.right, factor), factor)
    areas: FloatArray = np.maximum(np.outer(rows, columns), 1).astype(np.float32)
    return areas
