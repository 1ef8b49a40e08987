"""Underpainting: a picture whose drawing goes over the colours and big shapes of what lies below it.

A painting that merely starts from another picture forgets it the more, the longer it is painted. So what it
is painted after is mixed instead. Knows two pictures. Does not know styles or regions.
"""

from dataclasses import replace

from torch import Tensor
from torch.nn import functional as F

from ..pixels.geometry import Extent
from .recipe import Recipe

THROUGH = 0.75
"""How much of what lies below shows where a style goes all the way. With 0.5 it is hard to find; with 1 a
face has no light of its own any more."""
SHAPES = 24
"""Positions along the long side at which it is looked at: more of them bring shapes as small as those the
layer itself is known by, fewer leave nothing to know what lies below by."""
ANCHOR = 12.0
"""γ of `loss`, at least. At a strength of 1 nothing else pulls; where the content's layer does, with 12 large
shapes come a sixth nearer than with 4, and brush marks stay as they were."""


def underpainted(content: Tensor, ground: Tensor, share: float) -> Tensor:
    """(1, C, H, W) content, its big shapes on their way to those of the ground; `share`: 0…1 of THROUGH."""
    height, width = content.shape[2:]
    few = Extent(width, height).scaled(min(1.0, SHAPES / max(height, width)))
    shapes = F.interpolate(ground - content, (few.height, few.width), mode="bicubic", antialias=True)
    away = F.interpolate(shapes, (height, width), mode="bicubic", align_corners=False)
    return away.mul_(THROUGH * share).add_(content).clamp_(0, 1)


def held_to_pixels(recipe: Recipe) -> Recipe:
    """The recipe that leaves an underpainting to be seen at any strength."""
    weights = recipe.weights
    return replace(recipe, weights=replace(weights, anchor=max(weights.anchor, ANCHOR)))
