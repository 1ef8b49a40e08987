"""Easel: what one render works with – its reader, device, bench and the size of its tiles.

Knows what of these decides a result. Does not know the picture.
"""

from dataclasses import dataclass, replace

import torch

from ..digest import Json
from ..operation import Bench
from ..pixels.geometry import Extent
from .reading import Reader
from .tiles import Tile, halo, tiled


@dataclass(frozen=True, eq=False, slots=True)
class Easel:
    """`side`: of a tile's core in pixels, None for pictures in one piece. `encoder`: its digest."""

    reader: Reader
    device: torch.device
    bench: Bench
    encoder: str
    side: int | None = None

    def tiles(self, extent: Extent) -> tuple[Tile, ...]:
        """A picture of that extent in tiles that see enough around their cores."""
        reach = max(self.reader.encoder.reach[: self.reader.depth])
        return tiled(extent, self.side, halo(reach))

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
