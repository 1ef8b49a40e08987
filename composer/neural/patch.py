"""Patch: paint the part of a picture again that changed, the rest counting as it is.

The sums over what stays are taken once and held; what is painted is a crop around the change. Nothing farther
than REACH from the change moves, and the nearer to that, the less. Only two scales are painted: where the
layout itself dissolves (`structure` near 0), a patch keeps more of it than a whole painting would. Does not
know rasters.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from scipy.ndimage import distance_transform_edt
from torch import Tensor
from torch.nn import functional as F

from ..operation import REACH
from ..pixels.geometry import Bounds, Extent
from .adam import enlarged
from .easel import Easel
from .guides import Guide
from .loss import LayerTarget
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

_LACKING = 0.3
"""How much of what the whole painting lacks of the style a patch makes up for. All of it would have to be
crammed into the patch, which shows as grain; with nothing of it a patch comes out as what was there."""
_EASE = 0.2  # times the loss below which steps shrink: of the whole's loss a patch moves but a part
_AROUND = 48  # pixels around those whose features are taken anew, and once more to see around them
_GRID = 32  # a crop's corner lies on the grid of the deepest layer at half size too


def patch_recipe(recipe: Recipe) -> Recipe:
    """The recipe for a change: at half size, then at full; at full size alone where that is the first."""
    full, recipe = recipe.scales[-1], replace(recipe, ease=_EASE * recipe.ease)
    if len(recipe.scales) == 1:
        return recipe
    half, effort = fitted(full.extent, 0.5), full.steps / steps_at(full.extent.long_side)
    steps = max(1, round(effort * steps_at(half.long_side)))
    return replace(recipe, scales=(Scale(half, 0.5, steps), full), detail=1.0)  # all that the old one has


@dataclass(frozen=True, eq=False)
class Change:
    """`old` (1, C, H, W): the picture as it was painted; `dirty` (1, 1, H, W): > 0 where it is to change."""

    old: Tensor
    dirty: Tensor

    @cached_property
    def held(self) -> Tensor:
        """(1, 1, H, W): the share of the old painting in every pixel: 0 where it changed, 1 from REACH on."""
        away = distance_transform_edt(self.dirty[0, 0].numpy() == 0)
        near = np.clip(away / REACH, 0, 1).astype(np.float32)
        return torch.from_numpy(near * near * (3 - 2 * near))[None, None].to(self.old.dtype)

    @property
    def free(self) -> Tensor:
        """(1, 1, H, W): 1 where it is painted again, else 0."""
        return (self.held < 1).to(self.old.dtype)

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
    """The stages of a patch. `detail`: the share of the ground's detail that a whole painting is given."""

    def __init__(
        self, subject: Subject, change: Change, recipe: Recipe, detail: float, device: torch.device
    ) -> None:
        self._subject = subject
        self._change = change
        self._recipe = recipe
        self._detail = detail
        self._device = device

    def ground(self, scale: int) -> Tensor:
        """What a whole painting starts from where the content changed, the old painting everywhere else."""
        start, old = self._start(scale), _resized(self._change.old, self._extent(scale))
        mixed = torch.lerp(start, old, self._held(scale))
        return self._cropped(mixed, scale).to(self._device)

    def _start(self, scale: int) -> Tensor:
        """The ground of a whole painting, with as much detail as that is given of it."""
        here = self._begun(scale)
        if not scale:
            return here
        height, width = here.shape[2:]
        before = enlarged(self._begun(scale - 1), height, width)
        return enlarged(self._start(scale - 1), height, width) + self._detail * (here - before)

    def _begun(self, scale: int) -> Tensor:
        here = self._subject.at(self._extent(scale))
        if here.is_from_noise:  # its layout is the style's, not the content's
            return _resized(self._change.old, self._extent(scale))
        return here.content.rgb if here.ground is None else here.ground

    def at(self, scale: int, easel: Easel) -> Stage:
        """The crop at that scale, pulled towards what makes the whole picture right."""
        extent, factor = self._extent(scale), self._recipe.scales[scale].factor
        here, old, held = self._subject.at(extent), _resized(self._change.old, extent), self._held(scale)
        whole, fixed = objective(here, factor, self._recipe, easel), old
        if here.held is not None:  # of what is protected as well: one after the other
            kept = here.content.rgb if here.fixed is None else here.fixed
            fixed = torch.lerp(here.held * kept, old, held)
            held = 1 - (1 - held) * (1 - here.held)
            fixed = torch.where(held > 0, fixed / held.clamp_min(1e-6), old)
        held, fixed = (self._cropped(plane, scale).to(self._device) for plane in (held, fixed))
        return Stage(self._around(whole, old, scale, easel), held, fixed)

    def _held(self, scale: int) -> Tensor:
        return _resized(self._change.held, self._extent(scale))

    def _around(self, whole: Objective, old: Tensor, scale: int, easel: Easel) -> Objective:
        """The objective of the crop, given the sums over the old painting outside of the core."""
        core, crop = (self._scaled(box, scale) for box in (self._change.core, self._change.crop))
        extent = self._extent(scale)
        guides = [goal.guide for goal in whole.goals]
        outside = [guide.within(core, extent, outside=True) for guide in guides]
        sums = _sums(old, [*outside, *guides], len(whole.weights.layers), easel)
        goals = tuple(
            Goal(
                goal.guide.within(core, extent).cropped(crop).to(self._device),
                goal.share,
                tuple(map(_within_reach, goal.layers, reached)),
                held,
            )
            for goal, held, reached in zip(whole.goals, sums[: len(guides)], sums[len(guides) :], strict=True)
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


def _sums(old: Tensor, guides: Sequence[Guide], layers: int, easel: Easel) -> list[tuple[Moments, ...]]:
    """The sums over the old painting by each guide, of so many layers."""
    here = [guide.to(easel.device) for guide in guides]
    found: list[list[list[Moments]]] = [[] for _ in guides]
    for tile, features in easel.read(old, layers):
        for sums, guide in zip(found, here, strict=True):
            sums.append(moments_of(features, guide, tile, layers))
    return [tuple(total(sums)) for sums in found]


def _within_reach(target: LayerTarget, reached: Moments) -> LayerTarget:
    """The target, but near to what the whole of the old painting has come to."""
    s = target.s
    mean = torch.lerp(reached.mean() / s, target.mean, _LACKING)
    return replace(
        target, mean=mean, covariance=torch.lerp(reached.covariance() / s**2, target.covariance, _LACKING)
    )


def _resized(image: Tensor, extent: Extent) -> Tensor:
    if image.shape[2:] == (extent.height, extent.width):
        return image
    return F.interpolate(image, (extent.height, extent.width), mode="bilinear", antialias=True)
