"""Seams: our default painted in tiles far smaller than it would take, looked at where they meet.

Knows where tiles lie. Does not know what is beautiful.
"""

from dataclasses import dataclass, replace

import torch

from composer.neural.commission import MARGIN
from composer.neural.compact import ENGINE
from composer.neural.memory import SIDES, WORKING, Footprint
from composer.neural.tiles import halo, tiled
from composer.operation import PlainBench
from composer.pixels.geometry import Extent

from . import defects
from .methods import DEFAULT, Ours
from .trial import Subject, pixels


@dataclass(frozen=True, slots=True)
class Seams:
    """Of a picture in so many tiles: the gradient where they meet over that near by; and the photograph's."""

    tiles: int
    painted: float | None
    photograph: float | None

    def __str__(self) -> str:
        if self.tiles == 1:
            return "  too small for tiles"
        return f"  {self.tiles} tiles: seam ×{self.painted or 1:.3f} (photograph ×{self.photograph or 1:.3f})"


def seams(subject: Subject, bench: PlainBench) -> Seams:
    """Painted in the smallest tiles there are; a picture no larger than one of them has no seams."""
    margin = halo(max(ENGINE.load(torch.device("cpu"), torch.float32).reach))
    content = subject.content.extent
    extent = Extent(content.width + 2 * MARGIN, content.height + 2 * MARGIN)
    if extent.long_side <= SIDES[-1] + 2 * margin:
        return Seams(1, None, None)
    outer = [min(side, SIDES[-1] + 2 * margin) for side in (extent.width, extent.height)]
    footprint = Footprint(per_tile_pixel=WORKING // (outer[0] * outer[1]))
    painted = Ours(bench, replace(ENGINE, footprint=footprint)).paint(
        subject.content, subject.style, DEFAULT.strength
    )
    tiles = tiled(extent, SIDES[-1], margin)
    columns = sorted({tile.core.left - MARGIN for tile in tiles if tile.core.left})
    rows = sorted({tile.core.top - MARGIN for tile in tiles if tile.core.top})
    ours, theirs = (defects.seam(pixels(picture), columns, rows) for picture in (painted, subject.content))
    return Seams(len(tiles), ours, theirs)
