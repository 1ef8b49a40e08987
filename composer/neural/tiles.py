"""Tiles: the parts a picture is computed in, and the positions of feature layers that lie under them.

Knows bounds that keep to the grid of the deepest layer. Does not know memory, pixels or networks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor

from ..pixels.geometry import Bounds, Extent

GRID = 16  # pixels under one position of the deepest feature layer
_BAND = 1 << 19  # values


@dataclass(frozen=True, slots=True)
class Tile:
    """The part `core` answers for, and `outer`, the part it has to see for that."""

    core: Bounds
    outer: Bounds

    @property
    def core_in_outer(self) -> Bounds:
        """The core, counted from the outer part's corner."""
        return self.core.translate(-self.outer.left, -self.outer.top)


def halo(reach: int) -> int:
    """Pixels to see around a core so that the gradient in it is exact, for layers that see `reach` pixels.

    A position that sees the core lies within its cell and `reach` of it, and must itself be exact.
    """
    return -(-(2 * reach + GRID) // GRID) * GRID


def tiled(extent: Extent, side: int | None, margin: int) -> tuple[Tile, ...]:
    """The picture in cores of at most about `side` pixels, `margin` around them; None: in one piece.

    Cores begin on the grid and are of about equal size. `margin` is a multiple of the grid.
    """
    whole = Bounds.of(extent)
    if side is None or extent.long_side <= side:
        return (Tile(whole, whole),)
    columns, rows = _cuts(extent.width, side), _cuts(extent.height, side)
    cores = (
        Bounds(left, top, right, bottom)
        for top, bottom in pairwise(rows)
        for left, right in pairwise(columns)
    )
    return tuple(Tile(core, core.pad(margin).intersect(whole)) for core in cores)


def cells(bounds: Bounds, level: int) -> Bounds:
    """The positions under `bounds` of a layer halved `level` times; a rest at the picture's end has none."""
    return Bounds(*(side >> level for side in (bounds.left, bounds.top, bounds.right, bounds.bottom)))


def bands(image: Tensor) -> Iterator[slice]:
    """Rows of (1, C, H, W) that a processor's cache holds; all of them on a graphics card.

    Work that goes pixel by pixel is done band by band, so that it needs no second picture's memory.
    """
    _, channels, height, width = image.shape
    step = height if image.device.type != "cpu" else max(1, _BAND // (channels * width))
    return (slice(top, min(height, top + step)) for top in range(0, height, step))


def _cuts(length: int, side: int) -> Sequence[int]:
    count = -(-length // side)
    step = -(-length // (count * GRID)) * GRID
    return [*range(0, length, step), length]
