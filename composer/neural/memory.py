"""Memory: what a render takes, and in what tiles it is done so that it fits.

Tiles follow from the picture's size, so that equal inputs give equal bytes; only where a machine has less
memory than that takes are they smaller, and the artist is told. Does not know networks.
"""

from dataclasses import dataclass

import torch

from ..errors import OperationError
from ..operation import Bench
from ..pixels.geometry import Extent
from .bench import available_memory
from .tiles import halo

LARGEST_WHOLE = 1_600_000  # pixels that are painted in one piece on a CPU
SIDES = (896, 640, 448, 320)  # pixels, of a tile's core


@dataclass(frozen=True, slots=True)
class Footprint:
    """Memory of a render in bytes: torch itself, then for each pixel of the picture and of a tile."""

    per_tile_pixel: int
    per_pixel: int = 110
    fixed: int = 600_000_000

    def of(self, extent: Extent, tile: Extent) -> int:
        """Bytes at the peak of a step."""
        return self.fixed + self.per_pixel * extent.pixels + self.per_tile_pixel * tile.pixels


def tile_side(
    extent: Extent, footprint: Footprint, reach: int, device: torch.device, bench: Bench
) -> int | None:
    """The side of the tiles for a picture; None: in one piece. Raises OperationError if none would fit."""
    free, margin = available_memory(device), halo(reach)
    wanted = [None] if extent.pixels <= _largest_whole(footprint, device) else []
    for side in (*wanted, *SIDES):
        tile = extent if side is None else _outer(extent, side, margin)
        if footprint.of(extent, tile) <= free:
            if side not in (None, SIDES[0]) or (side is not None and wanted):
                bench.tell(f"{free / 1e9:.1f} GB of memory are free: it is painted in tiles of {side} pixels")
            return side
    needed = footprint.of(extent, _outer(extent, SIDES[-1], margin))
    raise OperationError(
        f"styling {extent} needs about {needed / 1e9:.1f} GB and {free / 1e9:.1f} GB are free",
        "build a draft with --scale 0.5, or make the layer smaller",
    )


def _outer(extent: Extent, side: int, margin: int) -> Extent:
    return Extent(min(extent.width, side + 2 * margin), min(extent.height, side + 2 * margin))


def _largest_whole(footprint: Footprint, device: torch.device) -> int:
    """Pixels painted in one piece: on a graphics card half of what it has, whoever uses it now."""
    if device.type != "cuda":
        return LARGEST_WHOLE
    return int(torch.cuda.get_device_properties(device).total_memory / 2 / footprint.per_tile_pixel)
