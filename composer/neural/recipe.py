"""Recipe: what makes one engine's picture – weights of the terms, scales, steps and step sizes.

Does not know the encoder, nor the loop that follows it.
"""

import math
from dataclasses import dataclass

from .controls import Finish
from .loss import Statistic, Weights, statistics_term
from .pyramid import Scale


@dataclass(frozen=True, eq=False, slots=True)
class Recipe:
    """How a picture is painted, scale by scale.

    `blend`: the styles' part of the moments aimed at, the rest being the content's. `tone`: the ground's part
    of the pixels held to, the rest being the content's. `detail`: the share of the ground's detail brought
    back at each scale. `rate`, `floor`, `ease`: the step size, see `rate_at`.
    `decay`: the memory of the iterates' running mean. `statistic`: the style loss of a layer.
    `finish`: what moves the pixels of the last scale.
    """

    weights: Weights
    scales: tuple[Scale, ...]
    seed: int
    blend: float = 1.0
    tone: float = 1.0
    detail: float = 1.0
    rate: float = 0.033
    floor: float = 0.1
    ease: float = 1.0
    decay: float = 0.9
    statistic: Statistic = statistics_term
    finish: Finish = "adam"

    @property
    def depth(self) -> int:
        """How many feature layers are looked at."""
        return max(len(self.weights.layers), self.weights.content_layer + 1)

    def rate_at(self, progress: float, loss: float) -> float:
        """The step size after that share (0…1) of a scale's steps: a half cosine down to the last tenth.

        Below a loss of `ease` it shrinks with the loss (Polyak's rule for a loss with a sharp minimum), so a
        painting that is in its style already is left alone.
        """
        cosine = self.floor + (1 - self.floor) * (1 + math.cos(math.pi * progress)) / 2
        return self.rate * cosine * min(1.0, loss / self.ease)

    @property
    def steps(self) -> int:
        """Steps over all scales."""
        return sum(scale.steps for scale in self.scales)

    def work(self, scale: int, step: int) -> int:
        """The work done before that step of a scale, in pixels: a step costs what its scale is large."""
        before = sum(done.steps * done.extent.pixels for done in self.scales[:scale])
        return before + (step * self.scales[scale].extent.pixels if scale < len(self.scales) else 0)
