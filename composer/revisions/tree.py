"""Tree: what a layered file says of its layers.

Knows words that PSD and ORA share. Does not know either.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..pixels.geometry import Bounds


@dataclass(frozen=True)
class FileLayer:
    """One layer or group. `opacity`: 0…1. `mask`: in words, "" without. `box`: of its pixels on the canvas.

    `pixels`: a short sum of them as they are stored, which differs where they do; "" for a group.
    """

    name: str
    blend: str
    opacity: float
    visible: bool
    clip: bool = False
    mask: str = ""
    box: Bounds | None = None
    pixels: str = ""
    is_group: bool = False
    children: tuple[FileLayer, ...] = ()


@dataclass(frozen=True)
class LayeredFile:
    """A file: what it is in words, its size in pixels, and its layers, bottom first."""

    what: str
    width: int
    height: int
    layers: tuple[FileLayer, ...]
