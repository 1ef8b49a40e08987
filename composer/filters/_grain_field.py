"""Grain field: one endless pattern of grain over the canvas, as the pixels of any draft see it.

Knows a lattice of random numbers that are a function of seed and place, blurred by a Gaussian: every
pixel has the mean of the pattern over its own square, so that a draft shows the average of what it draws
together. Does not know colours or layers. No extension of its own.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.special import ndtr

from ..pixels.hashed import hashed
from ..pixels.raster import FloatArray

_SIGMA = 0.4247  # of a grain's width at half height
_SPACING = 0.5662  # of the width; wider, and the lattice would begin to show in the variance
_REACH = 4.0  # deviations
_BYTES_MEAN, _BYTES_DEVIATION = 510.0, (4 * (256**2 - 1) / 12) ** 0.5


@dataclass(frozen=True, slots=True)
class GrainField:
    """Grain `size` pixels wide, of deviation 1 as seen through a square of `aperture` pixels; mean 0."""

    seed: int
    size: float
    aperture: float

    def over(self, rows: slice, columns: slice) -> FloatArray:
        """(h, w) float32: the pattern over these canvas pixels."""
        down, first_row = self._weights(rows)
        across, first_column = self._weights(columns)
        cells = lattice(self.seed, (first_row, first_column), (down.shape[1], across.shape[1]))
        seen: FloatArray = (across @ (down @ cells).T).T
        return seen / np.float32(self._variance_along())

    def _weights(self, pixels: slice) -> tuple[csr_array, int]:
        """(pixels, cells): how much of each lattice point a pixel sees; and the first lattice point."""
        sigma, spacing = _SIGMA * self.size, _SPACING * self.size
        edges = np.arange(pixels.start, pixels.stop + 1, dtype=np.float64)
        first = int(np.floor((pixels.start - _REACH * sigma) / spacing))
        begin = np.floor((edges[:-1] - _REACH * sigma) / spacing).astype(np.int64)
        count = int(np.ceil((1 + 2 * _REACH * sigma) / spacing)) + 1
        cells = begin[:, None] + np.arange(count)
        middle = (cells + 0.5) * spacing
        seen = ndtr((edges[1:, None] - middle) / sigma) - ndtr((edges[:-1, None] - middle) / sigma)
        starts = np.arange(len(begin) + 1) * count
        shape = (len(begin), int(cells.max()) - first + 1)
        return csr_array((seen.astype(np.float32).ravel(), (cells - first).ravel(), starts), shape), first

    def _variance_along(self) -> float:
        """The variance along one axis, through the aperture: the mean over the ways the lattice can lie."""
        sigma, spacing = _SIGMA * self.size, _SPACING * self.size
        reach = int(np.ceil((self.aperture + _REACH * sigma) / spacing)) + 1
        middle = (np.arange(-reach, reach + 1) + np.linspace(0, 1, 16, endpoint=False)[:, None]) * spacing
        seen = ndtr((self.aperture - middle) / sigma) - ndtr(-middle / sigma)
        return float(((seen / self.aperture) ** 2).sum(axis=1).mean())


def lattice(seed: int, first: tuple[int, int], shape: tuple[int, int]) -> FloatArray:
    """`shape` numbers of mean 0 and deviation 1, nearly Gaussian, from row and column `first` on."""
    rows = (np.arange(shape[0]) + first[0]).astype(np.uint32)
    columns = (np.arange(shape[1]) + first[1]).astype(np.uint32)
    row_keys = hashed(rows + hashed(np.array([seed & 0xFFFFFFFF], np.uint32)))
    bits = hashed(row_keys[:, None] ^ hashed(columns * np.uint32(0x9E3779B1)))
    pairs = (bits & np.uint32(0x00FF00FF)) + ((bits >> np.uint32(8)) & np.uint32(0x00FF00FF))
    total = (pairs & np.uint32(0xFFFF)) + (pairs >> np.uint32(16))
    return (total.astype(np.float32) - np.float32(_BYTES_MEAN)) / np.float32(_BYTES_DEVIATION)
