"""Patch: paint the part of a picture again that changed, the rest counting as it is.

The sums over what stays are taken once and held; what is painted is a crop around the change. Nothing
outside the change moves, and inside it comes close to what a render of the whole would give (`engines.md`
in the design notes has the measurements). Does not know rasters.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy.ndimage import maximum_filter1d
from torch import Tensor
from torch.nn import functional as F

from ..pixels.geometry import Bounds, Extent
from .easel import Easel
from .objective import Objective
from .pyramid import Scale, fitted, steps_at
from .reading import moments_of, part
from .recipe import Recipe
from .stage import Stage
from .statistics import Moments, total
from .subject import Subject
from .survey import Goal
from .target import objective
from .tiles import cells

REACH = 24  # pixels around a change that are painted again
_AROUND = 48  # pixels around those whose features are taken anew, and once more to see around them
_GRID = 32  # a crop's corner lies on the grid of the deepest layer at half size too


def dilated(dirty: Tensor) -> Tensor:
    """(1, 1, H, W) as 1 wherever a changed pixel (> 0) lies within REACH, else 0."""
    values = (dirty[0, 0].numpy() > 0).astype(np.float32)
    for axis in (0, 1):
        values = maximum_filter1d(values, 2 * REACH + 1, axis=axis, mode="constant")
    return torch.from_numpy(values)[None, None]


def patch_recipe(recipe: Recipe) -> Recipe:
    """The recipe for a change: at half size, then at full; at full size alone where that is the first."""
    full = recipe.scales[-1]
    if len(recipe.scales) == 1:
        return replace(recipe, scales=(full,))
    half, effort = fitted(full.extent, 0.5), full.steps / steps_at(full.extent.long_side)
    steps = max(1, round(effort * steps_at(half.long_side)))
    return replace(recipe, scales=(Scale(half, 0.5, steps), full), detail=1.0)


@dataclass(frozen=True, eq=False, slots=True)
class Change:
    """`old` (1, C, H, W): the picture as it was painted; `free` (1, 1, H, W): 1 where it is painted again."""

    old: Tensor
    free: Tensor

    @property
    def core(self) -> Bounds:
        """The part whose features are taken anew."""
        y, x = torch.nonzero(self.free[0, 0], as_tuple=True)
        box = Bounds(int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1)
        return box.pad(_AROUND).align(_GRID).intersect(self.whole)

    @property
    def crop(self) -> Bounds:
        """The part that is painted, most of it held."""
        return self.core.pad(_AROUND).intersect(self.whole)

    @property
    def whole(self) -> Bounds:
        """All of the picture."""
        return Bounds(0, 0, self.old.shape[3], self.old.shape[2])


class PatchedPicture:
    """The stages of a patch."""

    def __init__(self, subject: Subject, change: Change, recipe: Recipe, device: torch.device) -> None:
        self._subject = subject
        self._change = change
        self._recipe = recipe
        self._device = device

    def ground(self, scale: int) -> Tensor:
        """The new content moved half-way to the old painting's mean; the old painting where it is held."""
        content, old, free = self._subject.content.rgb, self._change.old, self._change.free
        away = ((old - content) * free).sum((2, 3), keepdim=True) / free.sum()
        mixed = torch.where(free > 0, (content + away / 2).clamp(0, 1), old)
        return self._cropped(_resized(mixed, self._extent(scale)), scale).to(self._device)

    def at(self, scale: int, easel: Easel) -> Stage:
        """The crop at that scale, pulled towards what makes the whole picture right."""
        extent, factor = self._extent(scale), self._recipe.scales[scale].factor
        here, old = self._subject.at(extent), _resized(self._change.old, extent)
        whole = objective(here, factor, self._recipe, easel)
        free = (_resized(self._change.free, extent) > 0).float()
        held = 1 - free if here.held is None else torch.where(free > 0, here.held, 1.0)
        kept = here.content.rgb if here.fixed is None else here.fixed
        fixed = torch.where(free > 0, kept, old)
        held, fixed = (self._cropped(plane, scale).to(self._device) for plane in (held, fixed))
        return Stage(self._around(whole, old, scale, easel), held, fixed)

    def _around(self, whole: Objective, old: Tensor, scale: int, easel: Easel) -> Objective:
        """The objective of the crop, given the sums over the old painting outside of the core."""
        core, crop = (self._scaled(box, scale) for box in (self._change.core, self._change.crop))
        extent = self._extent(scale)
        outside = _sums(whole, old, core, easel)
        goals = tuple(
            Goal(
                goal.guide.within(core, extent).cropped(crop).to(self._device), goal.share, goal.layers, sums
            )
            for goal, sums in zip(whole.goals, outside, strict=True)
        )
        level = easel.reader.levels[whole.weights.content_layer]
        kept = replace(
            whole.kept,
            rgb=part(whole.kept.rgb, crop),
            features=part(whole.kept.features, cells(crop, level)),
            guide=whole.kept.guide.cropped(crop),
        )
        smoothings = tuple(
            each if each.T is None else replace(each, T=part(each.T, crop)) for each in whole.smoothings
        )
        return replace(whole, goals=goals, kept=kept, smoothings=smoothings)

    def _extent(self, scale: int) -> Extent:
        return self._recipe.scales[scale].extent

    def _cropped(self, image: Tensor, scale: int) -> Tensor:
        return part(image, self._scaled(self._change.crop, scale)).contiguous()

    def _scaled(self, box: Bounds, scale: int) -> Bounds:
        """A box on the grid as it lies at a scale."""
        whole, here = self._change.whole.extent, self._extent(scale)
        if here == whole:
            return box
        right = here.width if box.right == whole.width else box.right // 2
        bottom = here.height if box.bottom == whole.height else box.bottom // 2
        return Bounds(box.left // 2, box.top // 2, right, bottom)


def _sums(whole: Objective, old: Tensor, core: Bounds, easel: Easel) -> list[tuple[Moments, ...]]:
    """For each region the sums over the old painting outside of the core."""
    extent, layers = Extent(old.shape[3], old.shape[2]), len(whole.weights.layers)
    guides = [goal.guide.within(core, extent, outside=True).to(easel.device) for goal in whole.goals]
    found: list[list[list[Moments]]] = [[] for _ in guides]
    for tile, features in easel.read(old, layers):
        for sums, guide in zip(found, guides, strict=True):
            sums.append(moments_of(features, guide, tile, layers))
    return [tuple(total(sums)) for sums in found]


def _resized(image: Tensor, extent: Extent) -> Tensor:
    if image.shape[2:] == (extent.height, extent.width):
        return image
    return F.interpolate(image, (extent.height, extent.width), mode="bilinear", antialias=True)
