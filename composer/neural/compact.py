"""The compact encoder's settings of the shared loop: layers, weights of the terms, size of a render.

Knows what the artist's knobs mean for this encoder. Does not know the loop.
"""

from dataclasses import dataclass

import torch

from ..operation import Bench, StyleSet
from ..pixels.geometry import Extent
from ..pixels.raster import Raster
from .encoder import load_encoder
from .loss import Weights
from .pyramid import pyramid
from .render import ColorMode, Footprint, render
from .transfer import Recipe

LAYERS = (1.0,) * 5
FOOTPRINT = Footprint(
    per_pixel=1500, per_style_pixel=500, fixed=700_000_000
)  # benchmarks/styling measures it


def compact_weights(strength: float) -> Weights:
    """The weights of the terms at a strength of 0…1 (α = 2 at 0.7), so that equal steps look equal."""
    left = (1 - strength) / max(strength, 1e-3)
    return Weights(LAYERS, content=4.67 * left, neighbours=1.0, smoothness=2.0, anchor=14 * left**2)


def style_share(strength: float) -> float:
    """The style's part of the moments aimed at, the rest being the content's own: all of it from 0.4 on."""
    return min(1.0, strength / 0.4)


def start_size(structure: float) -> float:
    """The long side in pixels of the first scale: 32 where the layout may dissolve, 512 where it stays."""
    return float(32 * 16**structure)


def detail_share(structure: float) -> float:
    """The share of the content's detail brought back at each scale: none where the layout may dissolve."""
    return min(1.0, 2 * structure)


@dataclass(frozen=True, slots=True)
class Knobs:
    """The artist's controls, equal for all engines: strength, structure 0…1, effort, colours."""

    strength: float
    structure: float
    effort: float
    color: ColorMode


def compact_render(content: Raster, styles: StyleSet, knobs: Knobs, bench: Bench) -> Raster:
    """The content painted with the shipped encoder; errors as `render`."""

    def recipe(extent: Extent, device: torch.device) -> Recipe:
        scales = pyramid(extent, start_size(knobs.structure), knobs.effort)
        share, detail = style_share(knobs.strength), detail_share(knobs.structure)
        weights = compact_weights(knobs.strength)
        return Recipe(load_encoder(device), weights, scales, styles.seed, blend=share, detail=detail)

    return render(content, styles, knobs.color, recipe, FOOTPRINT, bench)
