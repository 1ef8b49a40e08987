"""Engine: what one style engine has that another has not, and the recipe for the artist's controls.

Knows how strong each term is and how many steps are taken. Does not know a certain encoder.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from ..pixels.geometry import Extent
from .controls import Controls
from .frozen import FeatureExtractor
from .loss import Weights
from .memory import Footprint
from .pyramid import pyramid
from .recipe import Recipe

Load = Callable[[torch.device, torch.dtype], FeatureExtractor]


@dataclass(frozen=True, slots=True)
class Engine:
    """An encoder – how it is loaded, its digest – and how much each term of `loss` counts for it.

    `layers`: of L_stat by feature layer. `content`: α at the usual strength of 0.7. `steps`: times as many
    as the pyramid says.
    """

    load: Load
    digest: Callable[[], str]
    footprint: Footprint
    layers: tuple[float, ...] = (1.0,) * 5
    content: float = 2.0
    neighbours: float = 1.0
    smoothness: float = 2.0
    chroma: float = 64.0
    rims: float = 0.25
    tether: float = 0.0625
    content_layer: int = 3
    neighbour_layers: tuple[int, ...] = (2, 3)
    steps: float = 1.0

    def weights(self, strength: float) -> Weights:
        """The weights of the terms at a strength of 0…1, so that equal steps look equal."""
        even = evened(strength)
        left = (1 - even) / max(even, 1e-3)
        content, anchor = self.content * left * 7 / 3, 14 * left**2
        return Weights(
            self.layers,
            content,
            self.neighbours,
            self.smoothness,
            anchor,
            self.chroma,
            self.rims,
            self.tether,
            self.content_layer,
            self.neighbour_layers,
        )

    def recipe(self, controls: Controls, extent: Extent, seed: int, *, is_from_noise: bool = False) -> Recipe:
        """The recipe for a picture of that extent; what begins as noise gets no detail of the content."""
        scales = pyramid(extent, start_size(controls.structure), controls.effort * self.steps)
        detail = 0.0 if is_from_noise else detail_share(controls.structure)
        weights = self.weights(controls.strength)
        share = style_share(controls.strength)
        return Recipe(
            weights,
            scales,
            seed,
            blend=share,
            tone=tone(controls.strength),
            detail=detail,
            finish=controls.finish,
        )


def evened(strength: float) -> float:
    """The strength by which equal steps change the picture about equally: raised in its lower part.

    As the mean colour difference (OKLab) from the content it was 0.012, 0.041, 0.104 and 0.225 at strengths
    of 0.1, 0.25, 0.4 and 1: too little at first.
    """
    return 0.4 * (strength / 0.4) ** 0.75 if strength < 0.4 else strength


def style_share(strength: float) -> float:
    """The style's part of the moments aimed at, the rest being the content's own: all of it from 0.4 on."""
    return min(1.0, evened(strength) / 0.4)


def tone(strength: float) -> float:
    """The share of the ground in the pixels that a painting is held to, the rest being the content's.

    The ground has `style_share` of the style's colours. With this share of it the colours held to go there
    in equal steps up to a strength of 0.7, and with them the picture: with all of it, two photographs of
    three changed ten times as much up to 0.4 as from there to 1.
    """
    return min(1.0, strength / 0.7) / max(style_share(strength), 1e-9)


def start_size(structure: float) -> float:
    """The long side in pixels of the first scale: 32 where the layout may dissolve, 512 where it stays."""
    return float(32 * 16**structure)


def detail_share(structure: float) -> float:
    """The share of the ground's detail brought back at each scale: none where the layout may dissolve."""
    return min(1.0, 2 * structure)
