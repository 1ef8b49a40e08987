"""Survey: the sums over a whole picture, tile by tile, and the pull on every position that follows from them.

The first of the two passes of `objective`. Knows regions and drawn positions. Does not know pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .guides import Guide
from .loss import LayerTarget, Statistic, Weights, neighbours_term
from .neighbours import draw
from .reading import Reader, gathered, moments_of
from .statistics import Moments
from .tiles import Tile

SAMPLES = 1024
_FEWEST = 64  # samples of a region, however small it is


@dataclass(frozen=True, eq=False, slots=True)
class Goal:
    """What one region is pulled towards: `layers` of its style, `share` of the picture's area.

    `outside`: sums over the part of the region that is not painted, by layer.
    """

    guide: Guide
    share: float
    layers: tuple[LayerTarget, ...]
    outside: tuple[Moments, ...] | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Pull:
    """What a region does to one layer: dL/dF_p = T_p (F_p M + v), and `rise` (n, C) more at `drawn` (n)."""

    guide: Guide
    M: Tensor
    v: Tensor
    drawn: Tensor | None = None
    rise: Tensor | None = None


class Survey:
    """The sums of one region so far; `grid`: rows and columns of each layer over the whole picture."""

    def __init__(
        self,
        goal: Goal,
        reader: Reader,
        weights: Weights,
        grid: Sequence[tuple[int, int]],
        lots: torch.Generator,
    ) -> None:
        self._goal = goal
        self._reader = reader
        self._weights = weights
        self._grid = grid
        self._sums: list[Moments] | None = None
        self._drawn = self._draw(lots) if weights.neighbours else {}
        self._samples: dict[int, Tensor] = {}

    def _draw(self, lots: torch.Generator) -> dict[int, Tensor]:
        """The positions whose neighbours in the style are looked for, by layer."""
        count = max(_FEWEST, round(SAMPLES * self._goal.share))
        sizes = {k: self._grid[k][0] * self._grid[k][1] for k in self._weights.neighbour_layers}
        return {k: draw(self._goal.guide.flat(k), size, count, lots) for k, size in sizes.items()}

    def add(self, tile: Tile, features: Sequence[Tensor]) -> None:
        """Count the layers of a tile's core."""
        sums = moments_of(features, self._goal.guide, tile, len(self._weights.layers))
        self._sums = sums if self._sums is None else [a + b for a, b in zip(self._sums, sums, strict=True)]
        for k, positions in self._drawn.items():
            level, width = self._reader.levels[k], self._grid[k][1]
            places, F = gathered(features[k], level, tile.core, positions, width)
            self._samples.setdefault(k, F.new_zeros(len(positions), F.shape[1]))[places] = F

    def pulls(self, statistic: Statistic) -> tuple[Tensor, list[Pull]]:
        """The region's part of the loss, and its pull on each layer."""
        assert self._sums is not None
        parts = [self._layer(k, inside, statistic) for k, inside in enumerate(self._sums)]
        return torch.stack([loss for loss, _ in parts]).sum(), [pull for _, pull in parts]

    def _layer(self, k: int, inside: Moments, statistic: Statistic) -> tuple[Tensor, Pull]:
        goal, target = self._goal, self._goal.layers[k]
        sums = inside if goal.outside is None else inside + goal.outside[k]
        loss, M, v = statistic(sums, target)
        weight = goal.share * self._weights.layers[k] * (sums.mass > 0).to(sums.mass.dtype)
        share = weight / sums.mass.clamp_min(1e-12)
        loss, pull = weight * loss, Pull(goal.guide, M * share, v * share)
        if k not in self._drawn or target.bank is None:
            return loss, pull
        near, rise = neighbours_term(self._samples[k], target)
        factor = 0.5 * self._weights.neighbours * goal.share * inside.mass / sums.mass.clamp_min(1e-12)
        return loss + factor * near, Pull(goal.guide, pull.M, pull.v, self._drawn[k], factor * rise)
