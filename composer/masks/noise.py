"""Noise: a mask of random blotches, for torn and weathered edges, or of grain.

Knows the canvas's extent and a seed. Looks at no pixels. It is value noise – random numbers on a lattice,
smoothed by cubic B-splines (after Perlin and Hoffert, "Hypertexture", 1989) – whose lattice lies in canvas
coordinates, so that a draft shows the same blotches; what is finer than its pixels turns grey in it.
"""

import math

import numpy as np
from pydantic import Field
from scipy.sparse import csr_array
from scipy.special import ndtr, ndtri

from ..operation import CanvasPx, Params
from ..pixels.geometry import Extent
from ..pixels.hashed import hashed
from ..pixels.raster import FloatArray, Mask, Raster
from ..registry import Needs, extension

_CORRELATED = 4.36  # lattice cells over which a value holds, ∫ρ over the plane
_VARIANCE = 0.4794**2  # of the smoothed lattice, the mean over a cell, when its numbers have 1
_FINEST = 0.5  # pixels; a finer lattice cannot be seen


class NoiseParams(Params):
    """How large, how rough and how much."""

    size: CanvasPx = Field(40.0, ge=0, le=20_000, description="Size of the largest blotches; 1 is grain")
    octaves: int = Field(4, ge=1, le=8, description="How many sizes are mixed, each half the one before")
    roughness: float = Field(
        0.5, ge=0, le=1, description="How strong each finer size is, compared with the one before"
    )
    amount: float = Field(0.5, ge=0, le=1, description="How much of the area is shown")
    softness: float = Field(0.3, ge=0, le=10, description="0 gives sharp shores, 1 all greys evenly")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Another number, another pattern of the same kind")


@extension("mask", version=1, needs=Needs(input="none"))
def noise(image: Raster, params: NoiseParams) -> Mask:
    """Random blotches or grain, the same in every draft."""
    height, width = image.pixels.shape[:2]
    extent = Extent(width, height)
    if params.amount in (0.0, 1.0) or image.is_empty:
        return Mask.from_float(np.full((height, width), params.amount), image.depth)
    total, unseen = _summed(extent, params)
    # E Φ((z − t) / s) = Φ(−t / √(1 + s²)) for z ~ N(0, 1): this t shows `amount` at every softness.
    threshold = -math.sqrt(1 + params.softness**2) * float(ndtri(params.amount))
    width_of_shore = max(math.sqrt(params.softness**2 + unseen), 1e-3)
    total -= np.float32(threshold)
    total *= np.float32(1 / width_of_shore)
    return Mask.from_float(ndtr(total, out=total), image.depth)


def _summed(extent: Extent, params: NoiseParams) -> tuple[FloatArray, float]:
    """(H, W) noise of which all sizes together have variance 1, and the part of it too fine to be seen."""
    gains = [params.roughness**i for i in range(params.octaves)]
    whole = sum(gain * gain for gain in gains)
    total = np.zeros((extent.width, extent.height), np.float32)
    unseen = 0.0
    for octave, gain in enumerate(gains):
        spacing = params.size / 2 ** (octave + 1)  # a blotch is about two cells across
        seen = _CORRELATED * spacing**2 / (_CORRELATED * spacing**2 + 1) if spacing >= _FINEST else 0.0
        unseen += (1 - seen) * gain * gain / whole
        if seen * gain > 0:
            factor = gain * math.sqrt(seen / whole / _VARIANCE)
            total += _octave(extent, spacing, params.seed * 8 + octave, factor)
    return np.ascontiguousarray(total.T), unseen


def _octave(extent: Extent, spacing: float, seed: int, factor: float) -> FloatArray:
    """(W, H) lattice noise of one size, times `factor`."""
    down, across = _splines(extent.height, spacing), _splines(extent.width, spacing)
    lattice = _random(down.shape[1], across.shape[1], seed) * np.float32(factor)
    rows = np.ascontiguousarray((down @ lattice).T)
    smooth: FloatArray = across @ rows
    return smooth


def _splines(pixels: int, spacing: float) -> csr_array:
    """(pixels, nodes) weights of the four nodes about each pixel's middle; node 0 lies before the canvas."""
    place = (np.arange(pixels) + 0.5) / spacing
    cell = np.floor(place).astype(np.int64)
    t = place - cell
    weights = np.stack(
        ((1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3), axis=1
    )
    columns = cell[:, None] + np.arange(4)
    starts = np.arange(0, 4 * pixels + 1, 4)
    values = (weights / 6).astype(np.float32).ravel()
    return csr_array((values, columns.ravel(), starts), shape=(pixels, int(cell[-1]) + 4))


def _random(rows: int, columns: int, seed: int) -> FloatArray:
    """A number of variance 1 for each node, which depends on its place and the seed alone."""
    y, x = (np.arange(n, dtype=np.uint32) for n in (rows, columns))
    bits = hashed(x[None, :] ^ hashed(y[:, None] ^ hashed(np.array([[seed % 2**32]], np.uint32))))
    unit: FloatArray = bits.astype(np.float32) * np.float32(2**-32) - np.float32(0.5)
    return unit * np.float32(math.sqrt(12))
