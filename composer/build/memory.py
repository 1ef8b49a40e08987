"""Memory: whether a node can be computed in what is free, told before the machine begins to swap.

Knows the least that each kind of action was seen to take for a pixel. Does not know what an action
does. Style engines look after themselves: they know their own footprint.
"""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import OperationError
from ..graph.action import Action, Adjust, Apply, Combine, Composite, Export, Fill, Place
from ..pixels.limits import free_bytes
from ..registry import Kind
from ..sizes import readable

_BYTES = {Place: 10, Fill: 9, Adjust: 12, Combine: 8, Composite: 5, Export: 9}
"""The least bytes for a canvas pixel at 8 bits a channel, measured on a canvas of 25 megapixels."""
_MASK_BYTES, _FILTER_BYTES, _LAYERED_BYTES = 12, 6, 13
_DEEP_BYTES = 4
"""More for a pixel of 16 bits a channel: its own."""
_OWN = Path("/proc/self/statm")


class ShortOfMemory(OperationError):
    """There is not enough memory free; there may be later."""


def check_memory(action: Action, pixels: int) -> None:
    """Raises ShortOfMemory when `action` over `pixels` pixels cannot fit into the free memory."""
    check_bytes(least_bytes(action) * pixels, pixels)


def check_bytes(needed: int, pixels: int, whose: str = "", own: int = 0) -> None:
    """Raises ShortOfMemory when `needed` bytes, the least that so many pixels take, are not free.

    `whose`: how the message begins. `own`: bytes that this program has and could give back.
    """
    free = short_of(needed, own)
    if free is not None:
        raise ShortOfMemory(
            f"{whose}{pixels / 1e6:,.0f} megapixels take at least {readable(needed)} of memory; "
            f"{readable(free)} are free",
            "close other programs, or build a draft: --scale 0.5 takes a quarter",
        )


def short_of(needed: int, own: int = 0) -> int | None:
    """The bytes that are free, when they are fewer than `needed`; None when these fit, or nobody knows.

    `own`: bytes that this program has and could give back: they count as free.
    """
    free = free_bytes()
    return free + own if free is not None and needed > free + own else None


def own_bytes() -> int:
    """What this program has of the machine's memory; 0 where the system does not say."""
    try:
        return int(_OWN.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def least_bytes(action: Action) -> int:
    """The least an action takes for each pixel; 0 when that is not known."""
    if isinstance(action, Apply):
        known = _MASK_BYTES if action.extension.kind is Kind.MASK else _FILTER_BYTES
    else:
        is_layered = isinstance(action, Export) and action.extension.needs.layers
        known = _LAYERED_BYTES if is_layered else _BYTES.get(type(action), 0)
    is_deep = isinstance(action, Place | Fill | Apply) and action.depth == 16
    return known + (_DEEP_BYTES if is_deep else 0)
