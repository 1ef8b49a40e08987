"""The pixel loops compiled: fused, without temporaries, without Python's lock.

Knows how surfaces, rasters and masks lie in memory and which loop fits them. Does not know how
loops are compiled (`compile` does), nor layers, groups or strips.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal

import numba
import numpy as np

from ..pixels.geometry import Bounds
from ..pixels.raster import Array, Mask, Raster
from ..pixels.stack import BlendMode
from . import loops
from .compile import Function, blend_loop, plain_loop
from .surface import Source, Surface, unit

_At = numba.types.UniTuple(numba.int64, 3)
_FLOATS = numba.float32[::1]
_INTEGERS = {8: numba.uint8[::1], 16: numba.uint16[::1]}


@dataclass(frozen=True, slots=True)
class NumbaKernel:
    """See `Kernel`. Loops are compiled when first needed: one for each blend mode and kind of source."""

    name: Literal["numba"] = "numba"
    strip_pixels: int = 128 * 1024
    _loops: dict[tuple[object, ...], Function] = field(default_factory=dict)
    _compiling: Lock = field(default_factory=Lock)

    def blend(
        self, backdrop: Surface, source: Source, mode: BlendMode, mask: Mask | None, opacity: float
    ) -> None:
        """See `Kernel.blend`."""
        box = backdrop.bounds.intersect(source.bounds)
        if box.is_empty:
            return
        scale = np.float32(1.0) if isinstance(source, Surface) else unit(source.depth)
        shown, shown_at, weight = _mask_rows(mask, opacity, box)
        loop = self._blend_loop(mode, source, 8 if mask is None else mask.depth)
        loop(
            backdrop.channels.reshape(-1),
            _surface_at(backdrop, box),
            *_source_rows(source, box),
            scale,
            shown,
            shown_at,
            weight,
            box.height,
            box.width,
        )

    def straighten(self, surface: Surface) -> None:
        """See `Kernel.straighten`."""
        signature = numba.void(_FLOATS, numba.int64)
        loop = self._loop(("straighten",), plain_loop, loops.straighten, signature)
        loop(surface.channels.reshape(-1), surface.bounds.extent.pixels)

    def encode(self, surface: Surface, target: Raster) -> None:
        """See `Kernel.encode`."""
        integers = _INTEGERS[target.depth]
        signature = numba.void(_FLOATS, numba.int64, numba.int64, integers, numba.float32)
        loop = self._loop(("encode", target.depth), plain_loop, loops.encode_row, signature)
        limit = np.float32((1 << target.depth) - 1)
        rows, columns = surface.bounds.translate(-target.left, -target.top).slices
        plane, width = surface.bounds.extent.pixels, surface.bounds.width
        channels = surface.channels.reshape(-1)
        for y, row in enumerate(target.pixels[rows, columns]):
            loop(channels, y * width, plane, row.reshape(-1), limit)

    def _blend_loop(self, mode: BlendMode, source: Source, mask_depth: int) -> Function:
        above, planar = _FLOATS, isinstance(source, Surface)
        if isinstance(source, Raster):
            above = _INTEGERS[source.depth]
        shown, one, count = _INTEGERS[mask_depth], numba.float32, numba.int64
        signature = numba.void(_FLOATS, _At, above, _At, one, shown, _At, one, count, count)
        key = (mode.function, above, mask_depth)
        return self._loop(key, blend_loop, mode.function, mode.separable, not planar, signature)

    def _loop(self, key: tuple[object, ...], compiler: Function, *arguments: Any) -> Function:
        if key not in self._loops:
            with self._compiling:
                if key not in self._loops:
                    self._loops[key] = compiler(*arguments)
        return self._loops[key]


def _surface_at(surface: Surface, box: Bounds) -> loops.At:
    width = surface.bounds.width
    first = (box.top - surface.bounds.top) * width + box.left - surface.bounds.left
    return first, surface.bounds.extent.pixels, width


def _source_rows(source: Source, box: Bounds) -> tuple[Array, loops.At]:
    if isinstance(source, Surface):
        return source.channels.reshape(-1), _surface_at(source, box)
    width = source.bounds.width
    first = 4 * ((box.top - source.top) * width + box.left - source.left)
    return source.pixels.reshape(-1), (first, 1, 4 * width)


def _mask_rows(mask: Mask | None, opacity: float, box: Bounds) -> tuple[Array, loops.At, np.float32]:
    """Without a mask, one row of ones that is read again and again: a branch would cost the vector code."""
    if mask is None:
        return np.ones(box.width, np.uint8), (0, 0, 0), np.float32(opacity)
    width = mask.extent.width
    first = box.top * width + box.left
    return mask.values.reshape(-1), (first, 0, width), np.float32(opacity * float(unit(mask.depth)))
