"""Raster and Mask: the two pixel values that flow between operations.

Knows their contracts and checks them at construction. Does not know where pixels
come from, nor what is done with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .geometry import Bounds, Extent

Array = NDArray[Any]
FloatArray = NDArray[np.float32]

_DEPTHS = {np.dtype(np.uint8): 8, np.dtype(np.uint16): 16}
_DTYPES = {8: np.uint8, 16: np.uint16}


def quantize(values: Array, depth: int) -> Array:
    """Floats 0…1 as integers of `depth` bits, clamped, rounded to nearest."""
    limit = (1 << depth) - 1
    scaled = np.clip(values, 0.0, 1.0) * np.float32(limit)
    return np.rint(scaled).astype(_DTYPES[depth])


def in_eight_bits(values: Array) -> Array:
    """Integers of 8 or 16 bits as uint8, rounded to nearest.

    Whatever decides by what it sees – a face, a figure – looks at these: it is the same in either depth.
    """
    if values.dtype == np.uint8:
        return values
    whole, rest = np.divmod(values, np.uint16(257))
    return (whole + (rest > 128)).astype(np.uint8)


def _unit(values: Array) -> FloatArray:
    scale = np.float32(1.0 / ((1 << _DEPTHS[values.dtype]) - 1))
    return np.multiply(values, scale, dtype=np.float32)


def _promoted(values: Array) -> Array:
    return values.astype(np.uint16) * np.uint16(257)


@dataclass(frozen=True, eq=False, slots=True)
class Raster:
    """(H, W, 4) uint8 or uint16, 0…max, sRGB-encoded RGBA, straight alpha, C-contiguous.

    `left` and `top` say where its first pixel lies on the canvas, in canvas pixels.
    Raises ValueError when the array breaks the contract.
    """

    pixels: Array
    left: int = 0
    top: int = 0

    def __post_init__(self) -> None:
        if self.pixels.ndim != 3 or self.pixels.shape[2] != 4 or self.pixels.dtype not in _DEPTHS:
            found = f"{self.pixels.shape} {self.pixels.dtype}"
            raise ValueError(f"a raster is (H, W, 4) uint8 or uint16, got {found}")
        if not self.pixels.flags.c_contiguous:
            object.__setattr__(self, "pixels", np.ascontiguousarray(self.pixels))

    @classmethod
    def from_float(cls, rgba: Array, depth: int = 8, left: int = 0, top: int = 0) -> Raster:
        """From (H, W, 4) floats 0…1, clamped and rounded to nearest."""
        return cls(quantize(rgba, depth), left, top)

    @classmethod
    def blank(cls, bounds: Bounds, depth: int = 8) -> Raster:
        """Fully transparent black over `bounds`."""
        shape = (bounds.height, bounds.width, 4)
        return cls(np.zeros(shape, _DTYPES[depth]), bounds.left, bounds.top)

    def promoted(self, depth: int) -> Raster:
        """The same with at least `depth` bits a channel; 255 becomes 65535."""
        return self if self.depth >= depth else self.with_pixels(_promoted(self.pixels))

    @property
    def depth(self) -> int:
        """Bits a channel: 8 or 16."""
        return _DEPTHS[self.pixels.dtype]

    @property
    def bounds(self) -> Bounds:
        """The box it covers on the canvas."""
        height, width = self.pixels.shape[:2]
        return Bounds(self.left, self.top, self.left + width, self.top + height)

    @property
    def extent(self) -> Extent:
        """Width and height in pixels."""
        return self.bounds.extent

    @property
    def is_empty(self) -> bool:
        """Whether it has no pixels at all (a layer wholly outside the canvas)."""
        return self.pixels.size == 0

    def alpha(self) -> FloatArray:
        """(H, W) float32 0…1."""
        return _unit(self.pixels[..., 3])

    def to_float(self) -> FloatArray:
        """(H, W, 4) float32 0…1, straight alpha."""
        return _unit(self.pixels)

    def with_pixels(self, pixels: Array) -> Raster:
        """Other pixels at the same place on the canvas."""
        return Raster(pixels, self.left, self.top)

    def crop(self, bounds: Bounds) -> Raster:
        """The part inside `bounds` (canvas pixels); may be empty."""
        box = bounds.intersect(self.bounds)
        rows, columns = box.translate(-self.left, -self.top).slices
        return Raster(self.pixels[rows, columns], box.left, box.top)


@dataclass(frozen=True, eq=False, slots=True)
class Mask:
    """(H, W) uint8 or uint16, 0 = hidden, max = shown; covers the whole canvas.

    `confidence` (0…1) is given by sources that guess, such as a segmentation; None elsewhere.
    Raises ValueError when the array breaks the contract.
    """

    values: Array
    confidence: float | None = None

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.dtype not in _DEPTHS:
            raise ValueError(f"a mask is (H, W) uint8 or uint16, got {self.values.shape} {self.values.dtype}")
        if not self.values.flags.c_contiguous:
            object.__setattr__(self, "values", np.ascontiguousarray(self.values))

    @classmethod
    def from_float(cls, values: Array, depth: int = 8, confidence: float | None = None) -> Mask:
        """From (H, W) floats 0…1, clamped and rounded to nearest."""
        return cls(quantize(values, depth), confidence)

    def promoted(self, depth: int) -> Mask:
        """The same with at least `depth` bits a value; 255 becomes 65535."""
        return self if self.depth >= depth else Mask(_promoted(self.values), self.confidence)

    @property
    def depth(self) -> int:
        """Bits a value: 8 or 16."""
        return _DEPTHS[self.values.dtype]

    @property
    def extent(self) -> Extent:
        """Width and height in pixels."""
        height, width = self.values.shape
        return Extent(width, height)

    def to_float(self) -> FloatArray:
        """(H, W) float32 0…1."""
        return _unit(self.values)
