"""LayerStack: the finished picture as layers, before it is flattened or written.

Knows layers, groups and blend modes as values. Does not know how they are composited
(`composite/`) nor how they are stored in a file (`exports/`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .geometry import Extent
from .raster import Mask, Raster


@dataclass(frozen=True, slots=True)
class BlendMode:
    """A blend mode, resolved.

    A separable mode's `function(cb, cs)` gives one channel; a non-separable one's
    `function(rb, gb, bb, rs, gs, bs)` gives three. Colours are 0…1, gamma-encoded.
    `psd` is Photoshop's four-byte key, `ora` the composite-op of OpenRaster.
    """

    name: str
    psd: bytes
    ora: str
    separable: bool
    function: Callable[..., Any]
    version: int


@dataclass(frozen=True, eq=False, slots=True)
class PaintLayer:
    """Pixels with a mask (canvas-sized), a blend mode and an opacity (0…1).

    `clip`: shown only where the nearest unclipped layer below it in the same group is.
    """

    name: str
    raster: Raster
    blend: BlendMode
    mask: Mask | None = None
    opacity: float = 1.0
    visible: bool = True
    clip: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class LayerGroup:
    """Layers, bottom first. Isolated: composited apart, then blended as one.

    With `pass_through` its layers blend with what lies below the group; `blend` is then *normal*.
    """

    name: str
    children: tuple[PaintLayer | LayerGroup, ...]
    blend: BlendMode
    mask: Mask | None = None
    opacity: float = 1.0
    visible: bool = True
    clip: bool = False
    pass_through: bool = False


StackItem = PaintLayer | LayerGroup


@dataclass(frozen=True, eq=False, slots=True)
class LayerStack:
    """The whole picture: items bottom first on a canvas of `extent`; dpi in pixels an inch."""

    extent: Extent
    layers: tuple[StackItem, ...]
    title: str = ""
    dpi: float = 72.0
    depth: int = 8

    def walk(self) -> Iterator[StackItem]:
        """Every layer and group, bottom first, a group before its children."""
        pending = list(reversed(self.layers))
        while pending:
            item = pending.pop()
            yield item
            if isinstance(item, LayerGroup):
                pending.extend(reversed(item.children))
