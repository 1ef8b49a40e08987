"""Grain: how strong the noise of a photograph is.

Knows pixels as they are: how texture, clipped highlights and an enlargement are told from grain, as far as
one picture allows. Does not know who adds grain or takes it. Figures are standard deviations in levels of
0…255, whatever the depth.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from .gaussian import float32
from .raster import Array, FloatArray, Raster

BLOCK = 16
_WINDOW = 16 * BLOCK
_WINDOWS = 32  # no more of a picture are read
_CALMEST = 0.3
_CLIPPED = 4.0  # levels: as near to black or white as this, grain is cut off
_TO_AXES = np.array(
    [[1 / 3, 1 / 3, 1 / 3], [0.5**0.5, 0, -(0.5**0.5)], [6**-0.5, -2 * 6**-0.5, 6**-0.5]], np.float32
)
_TO_RGB = np.linalg.inv(_TO_AXES.astype(np.float64)).astype(np.float32)
# Immerkær, "Fast Noise Variance Estimation" (1996): the difference of two Laplacians, blind to planes.
_N = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6
_DEVIATION = (np.pi / 2) ** 0.5  # of a Gaussian, by its mean absolute value

# What was read from photographs with and without grain of 2…8, white, of film, out of JPEGs, at 1…2.2 times
# the size. What a second halving leaves: 0.45…0.85 of white grain, of JPEGs too; 1.1 of film's; 0.8…1.5 of
# texture. The first halving leaves 0.45 of white grain, 1.4, 5, 9 times as much of a photograph enlarged by
# 1.3, 2, 3, and 0.9…1.7 of texture – which enlarged leaves what grain does. What tells them apart at half
# the size: grain is as strong everywhere, and has no strokes. The 20th by the 2nd percentile of all blocks
# is 1.2…1.4 of grain and 1.4…3.5 of texture; root mean square by mean, inside a block and by a Gaussian's,
# 0.99…1.01 of grain and 1.02…1.07 of texture. Either may fail, their sum does not.
_EVEN, _UNEVEN = 1.3, 0.2
_GAUSSIAN, _STROKES = 1.005, 0.04
_HARMLESS = 1.5  # levels: so little is taken for grain in doubt
_WHITE = 0.45
_ENLARGED = 2.5
_COARSE = 2.0  # deviation of coarse grain by what half the size reads


@dataclass(frozen=True, slots=True)
class Grain:
    """Standard deviations in levels of 0…255: of the mean of R, G and B, and of the two axes of colour."""

    luminance: float
    chroma: float


def estimate(image: Raster) -> Grain:
    """The grain of what is opaque; 0 where nothing can be read.

    Immerkær's estimate over the calmest 30 % of blocks – calm at half the size, so that the grain itself
    does not choose – taken up where grain is coarse, and down to what only white grain has where the picture
    is structured as texture is.
    """
    readings = [_read(*part) for part in readable(image)]
    blocks = np.concatenate(readings) if readings else np.zeros((0, 3, 4))
    if not len(blocks):
        return Grain(0.0, 0.0)
    count = int(np.ceil(len(blocks) * _CALMEST))
    calm = np.argsort(blocks[:, 0, 1], kind="stable")[:count]
    luminance, first, second = (_deviation(blocks[:, axis], calm) for axis in range(3))
    return Grain(luminance, float(np.hypot(first, second) / 2**0.5))


def to_axes(rgb: Array) -> FloatArray:
    """(H, W, 3) RGB to the mean of the three and two axes of colour, orthogonal, on which grain is read."""
    return float32(cv2.transform(np.ascontiguousarray(rgb, np.float32), _TO_AXES))


def from_axes(axes: FloatArray) -> FloatArray:
    """The inverse of `to_axes`."""
    return float32(cv2.transform(axes, _TO_RGB))


def readable(image: Raster) -> Iterator[tuple[FloatArray, Array]]:
    """Evenly spread parts of the picture: (h, w, 3) levels on the axes, and where grain shows, (h, w) bool.

    Grain shows where the picture is opaque and nowhere clipped. Sides are multiples of `BLOCK`.
    """
    height, width = (length // BLOCK * BLOCK for length in image.pixels.shape[:2])
    places = [(y, x) for y in range(0, height, _WINDOW) for x in range(0, width, _WINDOW)]
    count = min(_WINDOWS, len(places))
    for y, x in (places[index * len(places) // count] for index in range(count)):
        pixels = image.pixels[y : min(y + _WINDOW, height), x : min(x + _WINDOW, width)]
        levels: FloatArray = np.multiply(pixels, 255 / np.iinfo(pixels.dtype).max, dtype=np.float32)
        rgb, alpha = levels[..., :3], levels[..., 3]
        whole = ((rgb > _CLIPPED) & (rgb < 255 - _CLIPPED)).all(axis=2)
        yield to_axes(rgb), whole & (alpha > 254)


def _read(axes: FloatArray, usable: Array) -> FloatArray:
    """(blocks, 3 axes, 4): what Immerkær reads of each usable block at three scales, and its strokes."""
    readings = []
    for scale in range(3):
        size = BLOCK >> scale
        detail = cv2.filter2D(axes, -1, _N)
        readings.append(_block_means(np.abs(detail), size) * _DEVIATION)
        if scale == 1:
            strokes = np.sqrt(_block_means(detail * detail, size)) / (readings[1] + 1e-6)
        half = (axes.shape[1] // 2, axes.shape[0] // 2)
        axes = float32(cv2.resize(axes, half, interpolation=cv2.INTER_AREA))
    whole = _block_means(usable[..., None].astype(np.float32), BLOCK)[:, 0] == 1
    read: FloatArray = np.stack([*readings, strokes], axis=2)[whole]
    return read


def _block_means(values: Array, size: int) -> Array:
    """(blocks, channels)."""
    height, width, channels = values.shape
    shape = (height // size, size, width // size, size, channels)
    means: Array = values.reshape(shape).mean(axis=(1, 3)).reshape(-1, channels)
    return means


def _deviation(blocks: Array, calm: Array) -> float:
    """From (blocks, 4) and which of them are calm."""
    full, half, quarter, strokes = (float(value) for value in np.median(blocks[calm], axis=0) + 1e-6)
    read = _grain(full, half, quarter)
    low, high = np.quantile(blocks[:, 1], (0.02, 0.2)) + 1e-6
    structure = (float(high / low) - _EVEN) / _UNEVEN + (strokes - _GAUSSIAN) / _STROKES
    texture = _ramp(structure, 0.85, 1.2) * _ramp(read, _HARMLESS, 2 * _HARMLESS)
    # Texture has as much at half the size as at full; what white grain has more of at full is grain.
    only = min(math.sqrt(max(full**2 - half**2, 0.0) / (1 - _WHITE**2)), full)
    return read + texture * (only - read)


def _grain(full: float, half: float, quarter: float) -> float:
    """If it is grain: from what is read of it at three scales."""
    if half > _ENLARGED * full:
        return _COARSE * max(half, quarter)
    coarse = max(_ramp(quarter / half, 1.3, 1.2), _ramp(half / full, 1.8, 2.2))
    return full + coarse * max(_COARSE * half - full, 0.0)


def _ramp(value: float, zero: float, one: float) -> float:
    """0 at `zero`, 1 at `one`."""
    return min(max((value - zero) / (one - zero), 0.0), 1.0)
