"""Memory: what a render takes, and in what tiles it is done so that it fits.

Tiles follow from the picture's size, so that equal inputs give equal bytes; only where a machine has less
memory than that takes are they smaller, and the artist is told. Does not know networks.
"""

from dataclasses import dataclass, replace

import torch

from ..errors import OperationError
from ..operation import Bench, Precision
from ..pixels.geometry import Extent
from ..sizes import readable
from .bench import available_memory
from .tiles import halo

WORKING = 1_800_000_000  # bytes that a tile may take on a CPU, where that much is free
SIDES = (896, 640, 448, 320)  # pixels, of a tile's core
_IN_HALF = 0.6  # of the memory of a picture in one piece, when features are half as large
_OF_SEVERAL = 0.55
"""Of that memory, for a tile of several. In half precision too: more of what was freed is kept then."""
_PER_MASK = 16  # bytes a pixel: the mask at this scale and at each layer, and where differences are charged


@dataclass(frozen=True, slots=True)
class Footprint:
    """Memory of a render in bytes, in single precision: torch itself, then for each pixel of the picture,
    and of what is computed in one piece.

    Of the picture there are twenty planes in single precision in a step, the content's features included, and
    a few more while a very large one is enlarged.
    """

    per_tile_pixel: int
    per_pixel: int = 85
    fixed: int = 650_000_000

    def guided(self, masks: int) -> "Footprint":
        """That of a render which so many masks guide."""
        return replace(self, per_pixel=self.per_pixel + _PER_MASK * masks)

    def of(self, extent: Extent, tile: Extent, precision: Precision = "fp32") -> int:
        """Bytes at the peak of a step."""
        is_whole = tile.pixels >= extent.pixels
        working = self.of_piece(tile, precision) if is_whole else round(_OF_SEVERAL * self.of_piece(tile))
        return self.fixed + self.per_pixel * extent.pixels + working

    def of_piece(self, piece: Extent, precision: Precision = "fp32") -> int:
        """Bytes for what is computed in one piece, alone."""
        return round(self.per_tile_pixel * piece.pixels * (_IN_HALF if precision == "bf16" else 1))


def tile_side(
    extent: Extent, footprint: Footprint, reach: int, device: torch.device, bench: Bench
) -> int | None:
    """The side of the tiles for a picture; None: in one piece. Raises OperationError if none would fit."""
    free, margin = available_memory(device), halo(reach)
    usual = usual_side(extent, footprint, margin, device)
    for side in (usual, *(side for side in SIDES if usual is None or side < usual)):
        if footprint.of(extent, _outer(extent, side, margin), bench.precision) <= free:
            if side != usual:
                bench.tell(f"{readable(free)} of memory are free: it is painted in tiles of {side} pixels")
            return side
    needed = footprint.of(extent, _outer(extent, SIDES[-1], margin), bench.precision)
    raise OperationError(
        f"styling {extent} needs about {readable(needed)} and {readable(free)} are free",
        "build a draft with --scale 0.5, or make the layer smaller",
    )


def usual_side(extent: Extent, footprint: Footprint, margin: int, device: torch.device) -> int | None:
    """The tiles taken where memory is no question; the same in both precisions."""
    working = WORKING
    if device.type == "cuda":
        working = torch.cuda.get_device_properties(device).total_memory // 2
    sides = (None, *SIDES)
    fits = (side for side in sides if footprint.of_piece(_outer(extent, side, margin)) <= working)
    return next(fits, SIDES[-1])


def _outer(extent: Extent, side: int | None, margin: int) -> Extent:
    """The largest tile there is, with what it sees around its core."""
    if side is None:
        return extent
    return Extent(min(extent.width, side + 2 * margin), min(extent.height, side + 2 * margin))
