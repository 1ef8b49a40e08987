"""Stage: one scale of a painting, ready to be worked on; and the stages of a picture painted as a whole.

Knows what is held and what a painting starts from. Does not know steps.
"""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from .again import Again
from .easel import Easel
from .objective import Objective
from .recipe import Recipe
from .subject import Subject
from .target import objective


@dataclass(frozen=True, eq=False, slots=True)
class Stage:
    """What a scale is pulled towards; `held` (1, 1, H, W) is the share of `fixed` in every pixel shown.

    Both or neither.
    """

    objective: Objective
    held: Tensor | None = None
    fixed: Tensor | None = None

    def shown(self, x: Tensor) -> Tensor:
        """The picture, when `x` is painted where nothing is held."""
        return x if self.held is None or self.fixed is None else torch.lerp(x, self.fixed, self.held)

    def through(self, gradient: Tensor) -> Tensor:
        """The gradient in x, from that in the picture shown, which it takes the place of."""
        return gradient if self.held is None else gradient.mul_(1 - self.held)


class Stages(Protocol):
    """The stages of one painting, by the number of the recipe's scale."""

    def ground(self, scale: int) -> Tensor:
        """What the painting starts from, as large as that scale."""

    def at(self, scale: int, easel: Easel) -> Stage:
        """The stage of that scale."""


class WholePicture:
    """Every scale shows all of the subject, which is let go when the last one was read."""

    def __init__(self, subject: Again[Subject], recipe: Recipe, device: torch.device) -> None:
        self._subject = subject
        self._recipe = recipe
        self._device = device

    def ground(self, scale: int) -> Tensor:
        """The subject's ground; noise where it has none."""
        here = self._subject().at(self._recipe.scales[scale].extent)
        if here.ground is not None:
            return here.ground.to(self._device)
        if not here.is_from_noise:
            return here.content.rgb.to(self._device)
        lots = torch.Generator().manual_seed(self._recipe.seed)
        return torch.rand(here.content.rgb.shape, generator=lots).to(self._device)

    def at(self, scale: int, easel: Easel) -> Stage:
        """The subject at that scale."""
        step = self._recipe.scales[scale]
        here = self._subject().at(step.extent)
        goal = objective(here, step.factor, self._recipe, easel)
        if scale == len(self._recipe.scales) - 1:
            self._subject.let_go()
        if here.held is None:
            return Stage(goal)
        fixed = here.content.rgb if here.fixed is None else here.fixed
        return Stage(goal, here.held.to(self._device), fixed.to(self._device))
