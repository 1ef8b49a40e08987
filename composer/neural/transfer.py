"""Transfer: the one loop of all engines – paint the content in the style's statistics, coarse to fine.

Knows scales, targets, steps, progress and when to stop. An engine says which encoder and weights to use
(`Recipe`). Does not know the artist's parameters, nor files.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from ..errors import OperationError
from ..operation import Bench
from .adam import Painting
from .loss import SAMPLES, LayerTarget, Target, Weights, pull, smoothness_term
from .neighbours import draw
from .picture import Picture, guides
from .pyramid import Scale, fitted
from .statistics import Moments, mix, rows


class FeatureExtractor(Protocol):
    """An encoder: (1, 3, H, W) sRGB 0…1 to its first `depth` feature layers, each half the one before."""

    def __call__(self, rgb: Tensor, depth: int) -> list[Tensor]: ...


@dataclass(frozen=True, eq=False, slots=True)
class Recipe:
    """What makes one engine's picture: its encoder, the weights of the terms, the scales and the steps.

    `blend`: the styles' part of the moments aimed at, the rest being the content's. `detail`: the share of
    the content's detail brought back at each scale. `rate`, `floor`, `ease`: the step size, see `rate_at`.
    `decay`: the memory of the iterates' running mean.
    """

    encoder: FeatureExtractor
    weights: Weights
    scales: tuple[Scale, ...]
    seed: int
    blend: float = 1.0
    detail: float = 1.0
    rate: float = 0.03
    floor: float = 0.1
    ease: float = 1.0
    decay: float = 0.9

    @property
    def depth(self) -> int:
        """How many feature layers are looked at."""
        return len(self.weights.layers)

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


@dataclass(frozen=True, eq=False, slots=True)
class StyleSource:
    """A style picture with its share of the mix, at the size it has at the final scale."""

    picture: Picture
    share: float

    def at(self, scale: Scale) -> Picture:
        """The picture as large as its marks shall be at that scale."""
        return self.picture.fitted(fitted(self.picture.extent, scale.factor))


def paint(
    content: Picture, styles: Sequence[StyleSource], recipe: Recipe, device: torch.device, bench: Bench
) -> Tensor:
    """The content painted in the mix of styles: (1, 3 or 1, H, W) on the CPU, 0…1.

    A content of one channel is painted in greys. Raises OperationError when the loss is not finite, and
    whatever `bench.step` raises.
    """
    generator = torch.Generator().manual_seed(recipe.seed)
    painting, done = None, 0
    bench.step(done, recipe.steps)
    for scale in recipe.scales:
        here = content.fitted(scale.extent)
        shown = [(style.at(scale), style.share) for style in styles]
        target = _target(here, shown, recipe, device, generator)
        kept = here.rgb.to(device)
        painting = painting.at(kept, recipe.detail) if painting else Painting.start(kept)
        for step in range(scale.steps):
            loss, gradient = _gradient(painting, target, recipe, generator)
            _check(loss, scale, step)
            painting.step(gradient, recipe.rate_at(step / scale.steps, loss), recipe.decay)
            done += 1
            bench.step(done, recipe.steps)
    assert painting is not None
    return painting.result().cpu()


def _check(loss: float, scale: Scale, step: int) -> None:
    if not math.isfinite(loss):
        raise OperationError(
            f"the style loss is not finite at {scale.extent}, step {step + 1} of {scale.steps}",
            "the style or content may hold no detail at all; try another strength or a larger layer",
        )


def _gradient(
    painting: Painting, target: Target, recipe: Recipe, generator: torch.Generator
) -> tuple[float, Tensor]:
    weights, x = recipe.weights, painting.x
    pixels = x.detach().requires_grad_(True)
    features = recipe.encoder(pixels.expand(-1, 3, -1, -1), recipe.depth)
    loss, rises = pull(features, target, weights, generator)
    (gradient,) = torch.autograd.grad(features, pixels, rises)
    roughness, rise = smoothness_term(x)
    away = x - painting.content
    gradient = gradient + weights.smoothness * rise + away * (2 * weights.anchor / x.numel())
    loss = loss + weights.smoothness * roughness + weights.anchor * away.square().mean()
    return float(loss), gradient


@torch.no_grad()
def _target(
    content: Picture,
    styles: Sequence[tuple[Picture, float]],
    recipe: Recipe,
    device: torch.device,
    generator: torch.Generator,
) -> Target:
    kept, weighing_kept = _read(content, recipe, device)
    moments: list[list[Moments]] = []
    samples: list[dict[int, Tensor]] = []
    for picture, share in styles:
        features, weighing = _read(picture, recipe, device)
        moments.append([Moments.of(rows(f), T) for f, T in zip(features, weighing, strict=True)])
        samples.append(_samples(features, weighing, recipe.weights, round(SAMPLES * share), generator))
    moments.append([Moments.of(rows(f), T) for f, T in zip(kept, weighing_kept, strict=True)])
    shares = [share * recipe.blend for _, share in styles] + [1 - recipe.blend]
    layers = tuple(
        LayerTarget.of(mix([m[k] for m in moments], shares), _joined(samples, k)) for k in range(recipe.depth)
    )
    return Target(layers, rows(kept[recipe.weights.content_layer]).clone(), weighing_kept)


def _read(
    picture: Picture, recipe: Recipe, device: torch.device
) -> tuple[list[Tensor], tuple[Tensor | None, ...]]:
    features = recipe.encoder(picture.rgb.to(device).expand(-1, 3, -1, -1), recipe.depth)
    if picture.is_opaque:
        return features, (None,) * recipe.depth
    return features, tuple(T.to(device) for T in guides(picture.weight, recipe.depth))


def _samples(
    features: Sequence[Tensor],
    weighing: Sequence[Tensor | None],
    weights: Weights,
    count: int,
    generator: torch.Generator,
) -> dict[int, Tensor]:
    chosen = {}
    for k in weights.neighbour_layers:
        F = rows(features[k])
        chosen[k] = F[draw(weighing[k], F.shape[0], max(1, count), generator).to(F.device)]
    return chosen


def _joined(samples: Sequence[dict[int, Tensor]], layer: int) -> Tensor | None:
    if not samples or layer not in samples[0]:
        return None
    return torch.cat([chosen[layer] for chosen in samples])
