"""Guides: how much every position of every feature layer counts for a region of the picture.

Knows *inside* guides (positions that see nothing but the region) and *simple* ones (positions that lie in
it), after Gatys et al. 2017. Does not know features or styles.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.ndimage import minimum_filter1d
from torch import Tensor
from torch.nn import functional as F

from ..pixels.geometry import Bounds, Extent
from .frozen import FeatureExtractor
from .tiles import cells

_ENOUGH = 0.25  # of the simple guide's mass; below it too few positions see only the region


@dataclass(frozen=True, eq=False, slots=True)
class Guide:
    """Weights (H, W) >= 0 by feature layer; None: every position of every layer counts 1.

    `levels`: the halvings of each layer.
    """

    weights: tuple[Tensor, ...] | None
    levels: tuple[int, ...]

    def of(self, layer: int, tile: Bounds) -> Tensor | None:
        """The weights (n) of a layer's positions under a part of the picture; None: all 1."""
        if self.weights is None:
            return None
        return self.weights[layer][cells(tile, self.levels[layer]).slices].reshape(-1)

    def flat(self, layer: int) -> Tensor | None:
        """The weights of all positions of a layer; None: all 1."""
        return None if self.weights is None else self.weights[layer].reshape(-1)

    def within(self, core: Bounds, extent: Extent, *, outside: bool = False) -> "Guide":
        """The same weights of a picture of that extent, nothing counting beyond the core (or within it)."""
        kept = []
        for k, level in enumerate(self.levels):
            whole = cells(Bounds.of(extent), level)
            part = torch.full((whole.height, whole.width), float(outside))
            part[cells(core, level).slices] = float(not outside)
            kept.append(part if self.weights is None else self.weights[k] * part.to(self.weights[k].device))
        return Guide(tuple(kept), self.levels)

    def cropped(self, part: Bounds) -> "Guide":
        """The weights under a part of the picture, whose corner lies on the grid."""
        if self.weights is None:
            return self
        pairs = zip(self.weights, self.levels, strict=True)
        return Guide(tuple(weight[cells(part, level).slices] for weight, level in pairs), self.levels)

    def to(self, device: torch.device) -> "Guide":
        """The same on a device."""
        if self.weights is None:
            return self
        return Guide(tuple(weight.to(device) for weight in self.weights), self.levels)


def guide(weight: Tensor, region: Tensor | None, encoder: FeatureExtractor, depth: int) -> Guide:
    """The guide of one region for `depth` layers.

    weight: (1, 1, H, W), what counts of the picture at all (its alpha). region: (1, 1, H, W) 0…1, None for
    all of it. A layer of which too few positions see the region alone takes all positions in it.
    """
    levels = tuple(encoder.levels[:depth])
    if region is None:
        return Guide(tuple(_pooled(weight, level) for level in levels), levels)
    simple = [_pooled(weight * region, level) for level in levels]
    inside = [
        _pooled(weight, level) * _least(_eroded(region, encoder.reach[k]), level)
        for k, level in enumerate(levels)
    ]
    chosen = (b if b.sum() >= _ENOUGH * a.sum() else a for a, b in zip(simple, inside, strict=True))
    return Guide(tuple(chosen), levels)


def everywhere(encoder: FeatureExtractor, depth: int) -> Guide:
    """The guide of an opaque picture without regions."""
    return Guide(None, tuple(encoder.levels[:depth]))


def _pooled(weight: Tensor, level: int) -> Tensor:
    """(1, 1, H, W) as the mean under each position of a layer, (H / 2^level, W / 2^level)."""
    for _ in range(level):
        weight = F.avg_pool2d(weight, 2)
    return weight[0, 0]


def _least(region: Tensor, level: int) -> Tensor:
    """(1, 1, H, W) as the least value under each position of a layer, (H / 2^level, W / 2^level)."""
    for _ in range(level):
        region = -F.max_pool2d(-region, 2)
    return region[0, 0]


def _eroded(region: Tensor, reach: int) -> Tensor:
    """The least value within `reach` pixels to each side."""
    values = region[0, 0].numpy()
    for axis in (0, 1):
        values = minimum_filter1d(values, 2 * reach + 1, axis=axis, mode="nearest")
    return torch.from_numpy(np.ascontiguousarray(values))[None, None]


def share(guides: Sequence[Guide]) -> list[float]:
    """The share of the first layer's weight that each guide has; all 1 when there is but one."""
    masses = [1.0 if g.weights is None else float(g.weights[0].sum(dtype=torch.float64)) for g in guides]
    return [mass / max(sum(masses), 1e-12) for mass in masses]
