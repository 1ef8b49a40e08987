"""The pixel loops in numpy: needs nothing beyond it, and is the yardstick for the compiled kernel.

Knows arrays and blend functions. Does not know layers, groups or strips.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..pixels.raster import FloatArray, Mask, Raster
from ..pixels.stack import BlendMode
from .surface import Source, Surface, straight, weight

# Far below any product of alphas, far above float32's smallest: only guards 0 / 0.
TINY = np.float32(1e-30)
ONE = np.float32(1.0)
HALF = np.float32(0.5)


@dataclass(frozen=True, slots=True)
class NumpyKernel:
    """See `Kernel`. The temporaries of 32 Ki pixels fit a core's cache."""

    name: Literal["numpy"] = "numpy"
    strip_pixels: int = 32 * 1024

    def blend(
        self, backdrop: Surface, source: Source, mode: BlendMode, mask: Mask | None, opacity: float
    ) -> None:
        """See `Kernel.blend`."""
        box = backdrop.bounds.intersect(source.bounds)
        if box.is_empty:
            return
        below, above = backdrop.inside(box), straight(source, box)
        colors, alpha = below[:3], below[3]
        source_alpha = above[3] * weight(mask, opacity, box)
        # Over an opaque backdrop the same formula with its zeros left out: the usual case, for half the time.
        opaque = bool((alpha == ONE).all())
        cb = np.minimum(colors, ONE) if opaque else _straight_colors(below)
        blended = _blended(mode, cb, above[:3])
        rest = ONE - source_alpha
        colors *= rest
        if not opaque:
            colors += above[:3] * (source_alpha * (ONE - alpha))
        colors += blended * (source_alpha * alpha)
        alpha *= rest
        alpha += source_alpha

    def straighten(self, surface: Surface) -> None:
        """See `Kernel.straighten`."""
        surface.channels[:3] = _straight_colors(surface.channels)

    def encode(self, surface: Surface, target: Raster) -> None:
        """See `Kernel.encode`."""
        limit = np.float32((1 << target.depth) - 1)
        rows, columns = surface.bounds.translate(-target.left, -target.top).slices
        pixels = target.pixels[rows, columns]
        alpha = np.floor(surface.channels[3] * limit + HALF)
        colors = np.floor(_straight_colors(surface.channels) * limit + HALF) * (alpha > 0)
        pixels[..., 3] = alpha
        pixels[..., :3] = colors.transpose(1, 2, 0)


def _straight_colors(channels: FloatArray) -> FloatArray:
    straight_colors: FloatArray = np.minimum(channels[:3] / np.maximum(channels[3], TINY), ONE)
    return straight_colors


def _blended(mode: BlendMode, cb: FloatArray, cs: FloatArray) -> FloatArray:
    if mode.separable:
        return np.asarray(mode.function(cb, cs), np.float32)
    return np.stack(mode.function(*cb, *cs)).astype(np.float32, copy=False)
