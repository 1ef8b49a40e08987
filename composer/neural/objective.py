"""Objective: the loss of a picture at one scale and its gradient in the pixels, in one piece or in tiles.

In tiles it takes two passes: the sums over the whole picture first (`survey`), then, tile by tile, the
gradient that follows from them. Both ways give the same gradient. Does not know where targets come from
(`target`), nor how the pixels are moved (`transfer`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from ..pixels.geometry import Bounds
from .backward import pulled_through
from .guides import Guide
from .loss import Smoothing, Statistic, Weights, content_term, smoothness_term, statistics_term
from .reading import Reader, found, nothing, part
from .rims import add_rims, dear_part
from .statistics import image, rows, wide
from .survey import Goal, Pull, Survey
from .tiles import Tile, bands, cells


@dataclass(frozen=True, eq=False, slots=True)
class Kept:
    """The content: the pixels wanted, the features of its content layer with their guide, and Σ w |F(c)|²."""

    rgb: Tensor
    features: Tensor
    guide: Guide
    scale: Tensor


@dataclass(frozen=True, eq=False)
class Objective:
    """L of `loss` over all regions, each weighed by its area.

    `values`: how many the whole picture has, of which what is painted may be a part; the gradient comes
    multiplied by it, so that its size does not depend on the picture's. `smoothings`: one a region.
    """

    reader: Reader
    weights: Weights
    goals: tuple[Goal, ...]
    kept: Kept
    values: int
    smoothings: tuple[Smoothing, ...]
    statistic: Statistic = statistics_term

    @torch.no_grad()
    def gradient(
        self, x: Tensor, lots: torch.Generator, tiles: Sequence[Tile], alive: Callable[[], None] = nothing
    ) -> tuple[float, Tensor]:
        """The loss of (1, 1 or 3, H, W) pixels and its gradient times `values`.

        `lots` draws the positions whose neighbours are looked for. `alive` is called between tiles and may
        raise.
        """
        height, width = x.shape[2:]
        grid = [(height >> level, width >> level) for level in self.reader.levels]
        surveys = [Survey(goal, self.reader, self.weights, grid, lots) for goal in self.goals]
        if len(tiles) == 1:
            loss, gradient = self._at_once(x, tiles[0], surveys)
        else:
            loss, gradient = self._in_tiles(x, tiles, surveys, alive)
        return float(loss + self._add_near(x, gradient) / self.values), gradient

    def _add_near(self, x: Tensor, gradient: Tensor) -> Tensor:
        """The terms that look at pixels: their loss times `values`; the gradient is brought to that unit."""
        near = gradient.new_zeros(())
        for band in bands(x):
            away = x[:, :, band] - self.kept.rgb[:, :, band]
            pull = self._tethered(away, band)
            here = gradient[:, :, band].mul_(self.values).add_(pull, alpha=2 * self.weights.anchor)
            near += self.weights.anchor * (away * pull).sum()
            for smoothing in self.smoothings:
                roughness, rise = smoothness_term(x, band, smoothing)
                here.add_(rise, alpha=2 * self.weights.smoothness)
                near += self.weights.smoothness * roughness
        for smoothing in self.smoothings:
            near += add_rims(gradient, x, smoothing, self.weights.smoothness * self.weights.rims)
        return near

    def _tethered(self, away: Tensor, band: slice) -> Tensor:
        """(I + τ T (W − I)) of the differences from c in a band: half the gradient of L_a."""
        pull = away.clone()
        for smoothing in self.smoothings:
            dear = torch.matmul(dear_part(smoothing.W), away.flatten(2)).reshape(away.shape)
            if smoothing.T is not None:
                dear *= smoothing.T[:, :, band]
            pull.add_(dear, alpha=self.weights.tether)
        return pull

    def _at_once(self, x: Tensor, tile: Tile, surveys: Sequence[Survey]) -> tuple[Tensor, Tensor]:
        pixels, features = self._tracked(x)
        for survey in surveys:
            survey.add(tile, features)
        loss, pulls = self._pulls(surveys)
        away, gradient = self._through(tile, pixels, features, pulls)
        return loss + away, gradient.contiguous()

    def _in_tiles(
        self, x: Tensor, tiles: Sequence[Tile], surveys: Sequence[Survey], alive: Callable[[], None]
    ) -> tuple[Tensor, Tensor]:
        for tile, core in self.reader.tiles(x, tiles, x.device):
            alive()
            for survey in surveys:
                survey.add(tile, core)
            del core  # or it would stay while the next tile is read
        loss, pulls = self._pulls(surveys)
        gradient = torch.empty_like(x)
        for tile in tiles:
            alive()
            away, rise = self._through(tile, *self._tracked(part(x, tile.outer)), pulls)
            part(gradient, tile.core).copy_(part(rise, tile.core_in_outer))
            loss = loss + away
        return loss, gradient

    def _through(
        self, tile: Tile, pixels: Tensor, features: list[Tensor], pulls: Sequence[Sequence[Pull]]
    ) -> tuple[Tensor, Tensor]:
        """L_c of the tile's core, and the gradient in all pixels that the tile sees. Uses the features up."""
        away: list[Tensor] = []
        gradient = pulled_through(pixels, features, self.reader.order, partial(self._rise, tile, pulls, away))
        return sum(away, start=self.kept.scale.new_zeros(())), gradient

    def _tracked(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        with torch.enable_grad():
            pixels = x.detach().requires_grad_(True)
            return pixels, self.reader.features(pixels)

    def _pulls(self, surveys: Sequence[Survey]) -> tuple[Tensor, list[list[Pull]]]:
        """The regions' losses together, and the pulls on each layer."""
        each = [survey.pulls(self.statistic) for survey in surveys]
        loss = torch.stack([loss for loss, _ in each]).sum()
        return loss, [list(layer) for layer in zip(*(pulls for _, pulls in each), strict=True)]

    def _rise(
        self, tile: Tile, pulls: Sequence[Sequence[Pull]], away: list[Tensor], k: int, feature: Tensor
    ) -> Tensor:
        """dL/dF of a layer for all that the tile sees; `away` is given L_c of its core."""
        own = pulls[k] if k < len(pulls) else ()
        rise = _pulled(feature, k, tile.outer, own)
        for pull in own:
            self._add_drawn(rows(rise), pull, k, tile.outer, feature)
        if k == self.weights.content_layer and self.weights.content:
            loss, further = self._content(tile, rows(feature))
            rows(rise).add_(further)
            away.append(loss)
        return rise

    def _add_drawn(self, rise: Tensor, pull: Pull, k: int, seen: Bounds, feature: Tensor) -> None:
        if pull.drawn is None or pull.rise is None:
            return
        level = self.reader.levels[k]
        width = self.kept.rgb.shape[3] >> level
        places, lines = found(feature.shape, level, seen, pull.drawn.to(rise.device), width)
        rise[lines] += pull.rise[places]

    def _content(self, tile: Tile, F: Tensor) -> tuple[Tensor, Tensor]:
        """L_c of the tile's core, and its gradient wherever the tile sees."""
        layer, kept = self.weights.content_layer, self.kept
        level = self.reader.levels[layer]
        T = kept.guide.of(layer, tile.outer)
        F, F_c = wide(F), wide(rows(part(kept.features, cells(tile.outer, level))))
        loss, rise = content_term(F, F_c, T, kept.scale)
        if tile.core != tile.outer:
            box = cells(tile.outer, level)
            squares = ((F - F_c) * rise).sum(1).reshape(box.height, box.width) / 2
            loss = part(squares, cells(tile.core_in_outer, level)).sum()
        return self.weights.content * loss, self.weights.content * rise


def _pulled(feature: Tensor, layer: int, seen: Bounds, pulls: Sequence[Pull]) -> Tensor:
    """Σ T (F M + v) over the regions that the tile sees, (1, C, H, W), channels last in memory."""
    F, result = rows(feature), None
    for pull in pulls:
        T = pull.guide.of(layer, seen)
        if T is None or bool(T.any()):
            rise = torch.addmm(pull.v.to(F.dtype), F, pull.M.to(F.dtype))
            if T is not None:
                rise *= T.to(F.dtype)[:, None]
            result = rise if result is None else result.add_(rise)
    return image(torch.zeros_like(F) if result is None else result, feature)
