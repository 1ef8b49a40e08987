"""Easel: what one render works with – its reader, device, bench and the size of its tiles.

Knows what of these decides a result. Does not know the picture.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..digest import Json
from ..operation import Bench
from ..pixels.geometry import Extent
from .memory import Footprint, usual_side
from .reading import Reader, nothing
from .tiles import Tile, halo, tiled


@dataclass(frozen=True, eq=False, slots=True)
class Easel:
    """`side`: of a tile's core in pixels, None for pictures in one piece. `encoder`: its digest.

    `footprint`: what the encoder takes; None where it does not matter. `alive` is called between tiles and
    may raise.
    """

    reader: Reader
    device: torch.device
    bench: Bench
    encoder: str
    side: int | None = None
    footprint: Footprint | None = None
    alive: Callable[[], None] = nothing

    @property
    def _margin(self) -> int:
        return halo(max(self.reader.encoder.reach[: self.reader.depth]))

    def tiles(self, extent: Extent) -> tuple[Tile, ...]:
        """A picture of that extent in tiles that see enough around their cores."""
        return tiled(extent, self.side, self._margin)

    def read(self, rgb: Tensor, depth: int | None = None) -> Iterator[tuple[Tile, list[Tensor]]]:
        """Each tile of (1, C, H, W) with the layers of its core, `depth` of them."""
        tiles = self.tiles(Extent(rgb.shape[3], rgb.shape[2]))
        for tile, features in self.reader.tiles(rgb, tiles, self.device, depth):
            yield tile, features
            if tile is not tiles[-1]:
                self.alive()

    def for_style(self, extent: Extent) -> "Easel":
        """The same for reading a style picture: in tiles where it is large, though the layer may be small.

        Without a side where it is read in one piece, as another layer would read it then.
        """
        side = self.side
        if side is None and self.footprint is not None:
            side = usual_side(extent, self.footprint, self._margin, self.device)
        return self.with_side(None if side is None or extent.long_side <= side else side)

    def with_side(self, side: int | None) -> "Easel":
        """The same with other tiles."""
        return replace(self, side=side)

    @property
    def ingredients(self) -> dict[str, Json]:
        """What decides the features of a picture, besides the picture."""
        threads = self.bench.threads if self.device.type == "cpu" else 0
        return {
            "encoder": self.encoder,
            "device": f"{self.device.type}, {threads} threads, {self.bench.precision}",
            "tiles": self.side,
        }
