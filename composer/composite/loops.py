"""The pixel loops as scalar Python; `compile` turns them into machine code, nothing else calls them.

Know flat arrays and where rows begin in them. Do not know numba, surfaces or layers. Arrays come
flat because numba vectorizes loops over contiguous slices only; `at` is (first element, elements
from one channel to the next, elements from one row to the next).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

At = tuple[int, int, int]
ONE = np.float32(1.0)
HALF = np.float32(0.5)
TINY = np.float32(1e-30)

BOUND_LATER: Any = None
"""These three have no value: the loops are templates, and `compile` binds the names anew for each variant."""
INTERLEAVED: bool = BOUND_LATER
"""Whether source pixels are RGBARGBA… or in four planes."""
channel: Callable[[Any, Any], Any] = BOUND_LATER
"""A separable blend mode: (cb, cs) → result."""
blend_colors: Callable[[Any, Any, Any, Any, Any, Any], Any] = BOUND_LATER
"""A blend mode on whole colours: backdrop, then source → result."""


def each_channel(rb: Any, gb: Any, bb: Any, rs: Any, gs: Any, bs: Any) -> Any:
    """A separable blend mode on all three channels."""
    return channel(rb, rs), channel(gb, gs), channel(bb, bs)


def blend_rows(
    below: Any,
    below_at: At,
    above: Any,
    above_at: At,
    unit: Any,
    mask: Any,
    mask_at: At,
    weight: Any,
    height: int,
    width: int,
) -> None:
    """`Kernel.blend` on `height` rows; α of the source = its alpha × unit × (mask × weight)."""
    step = 4 if INTERLEAVED else 1
    plane = 1 if INTERLEAVED else above_at[1]
    for y in range(height):
        b, a, m = below_at[0] + y * below_at[2], above_at[0] + y * above_at[2], mask_at[0] + y * mask_at[2]
        r, g = below[b : b + width], below[b + below_at[1] : b + below_at[1] + width]
        b += 2 * below_at[1]
        k, alpha = below[b : b + width], below[b + below_at[1] : b + below_at[1] + width]
        source, shown = above[a:], mask[m : m + width]
        for x in range(width):
            at = step * x
            rs, gs = np.float32(source[at]) * unit, np.float32(source[at + plane]) * unit
            bs = np.float32(source[at + 2 * plane]) * unit
            coverage = np.float32(source[at + 3 * plane]) * unit
            alpha_s, alpha_b = coverage * (np.float32(shown[x]) * weight), alpha[x]
            c = max(alpha_b, TINY)
            rr, gg, bb = blend_colors(min(r[x] / c, ONE), min(g[x] / c, ONE), min(k[x] / c, ONE), rs, gs, bs)
            rest, alone, both = ONE - alpha_s, alpha_s * (ONE - alpha_b), alpha_s * alpha_b
            r[x] = r[x] * rest + rs * alone + rr * both
            g[x] = g[x] * rest + gs * alone + gg * both
            k[x] = k[x] * rest + bs * alone + bb * both
            alpha[x] = alpha_b * rest + alpha_s


def straighten(channels: Any, plane: int) -> None:
    """`Kernel.straighten` on four planes of `plane` elements."""
    r, g = channels[:plane], channels[plane : 2 * plane]
    b, alpha = channels[2 * plane : 3 * plane], channels[3 * plane :]
    for x in range(plane):
        c = max(alpha[x], TINY)
        r[x] = min(r[x] / c, ONE)
        g[x] = min(g[x] / c, ONE)
        b[x] = min(b[x] / c, ONE)


def encode_row(channels: Any, start: int, plane: int, target: Any, limit: Any) -> None:
    """`Kernel.encode` on one row: from four planes to RGBARGBA…, 0…limit."""
    width = target.size // 4
    r, g = channels[start : start + width], channels[start + plane : start + plane + width]
    start += 2 * plane
    b, alpha = channels[start : start + width], channels[start + plane : start + plane + width]
    for x in range(width):
        opacity = int(alpha[x] * limit + HALF)
        c, top = max(alpha[x], TINY), limit if opacity > 0 else ONE - ONE
        target[4 * x] = int(min(r[x] / c, ONE) * top + HALF)
        target[4 * x + 1] = int(min(g[x] / c, ONE) * top + HALF)
        target[4 * x + 2] = int(min(b[x] / c, ONE) * top + HALF)
        target[4 * x + 3] = opacity
