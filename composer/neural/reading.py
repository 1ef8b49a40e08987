"""Reading: the features of a picture, tile by tile, and the sums taken over them.

Knows how tiles are joined without a seam: every position is counted by the one tile whose core it lies in.
Does not know what the sums are compared with.
"""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from ..pixels.geometry import Bounds
from .frozen import FeatureExtractor
from .guides import Guide
from .statistics import Moments, rows, wide
from .tiles import Tile, cells


def nothing() -> None:
    """Goes on."""


class Reader:
    """An encoder that reads pictures in its own precision, `depth` layers of them."""

    def __init__(self, encoder: FeatureExtractor, depth: int, precision: torch.dtype) -> None:
        self.encoder = encoder
        self.depth = depth
        self.precision = precision

    @property
    def levels(self) -> Sequence[int]:
        """The halvings of each layer."""
        return self.encoder.levels

    @property
    def order(self) -> Sequence[int]:
        """The numbers of the layers, each after those it may be computed from."""
        reach = self.encoder.reach
        return sorted(range(self.depth), key=lambda k: reach[k])

    def features(self, rgb: Tensor, depth: int | None = None) -> list[Tensor]:
        """The layers of (1, 1 or 3, H, W) pixels, `depth` of them; greys are read as colours."""
        colours = rgb.expand(-1, 3, -1, -1).to(self.precision, memory_format=torch.channels_last)
        return self.encoder(colours, self.depth if depth is None else depth)

    @torch.no_grad()
    def tiles(
        self, rgb: Tensor, tiles: Sequence[Tile], device: torch.device, depth: int | None = None
    ) -> Iterator[tuple[Tile, list[Tensor]]]:
        """Each tile with the layers of its core; `rgb` may lie on another device."""
        for tile in tiles:
            yield tile, self.core(self.features(part(rgb, tile.outer).to(device), depth), tile)

    def core(self, features: Sequence[Tensor], tile: Tile) -> list[Tensor]:
        """Of the features of a tile those of its core."""
        if tile.core == tile.outer:
            return list(features)
        return [
            part(feature, cells(tile.core_in_outer, level))
            for feature, level in zip(features, self.levels, strict=False)
        ]


def part(image: Tensor, bounds: Bounds) -> Tensor:
    """A view of (…, H, W) within bounds."""
    rows_, columns = bounds.slices
    return image[..., rows_, columns]


def moments_of(features: Sequence[Tensor], guide: Guide, tile: Tile, layers: int) -> list[Moments]:
    """The moments of a tile's core by layer, weighed by a guide of the whole picture."""
    return [Moments.of(rows(features[k]), guide.of(k, tile.core)) for k in range(layers)]


def found(
    shape: torch.Size, level: int, bounds: Bounds, positions: Tensor, width: int
) -> tuple[Tensor, Tensor]:
    """Which of the positions lie under `bounds`, and the rows they have among the features there.

    `shape`: of those features. `positions`: (n) counted through a layer that is `width` wide. Returns two
    (m): places in `positions`, and rows.
    """
    box = cells(bounds, level)
    y, x = positions // width, positions % width
    seen = (y >= box.top) & (y < box.bottom) & (x >= box.left) & (x < box.right)
    places = torch.nonzero(seen)[:, 0]
    return places, (y[places] - box.top) * shape[3] + (x[places] - box.left)


def gathered(
    feature: Tensor, level: int, bounds: Bounds, positions: Tensor, width: int
) -> tuple[Tensor, Tensor]:
    """Which of the positions lie under `bounds`, where `feature` is given, and their features (m, C)."""
    places, lines = found(feature.shape, level, bounds, positions.to(feature.device), width)
    return places, wide(rows(feature.detach())[lines])
