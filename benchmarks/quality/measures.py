"""Measures: how far apart two sets of features are as styles, three ways, and as contents.

    moments   mean |μ − μ*| + √C · mean |Σ − Σ*|, in units of the style's root mean square: what we optimise
    gram      ‖G − G*‖ / ‖G*‖ of the raw second moments (Frobenius): what Gatys et al. (2016) optimise
    sliced    mean over random directions of the projected features' Wasserstein-1 distance: nobody's here

Knows (N, C) matrices of features. Does not know networks or pictures.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

NAMES = ("moments", "gram", "sliced")
DIRECTIONS, LEVELS, POSITIONS = 96, 256, 16384


@dataclass(frozen=True, eq=False, slots=True)
class Signature:
    """What is kept of one layer (N, C): mean, covariance, raw second moment, sorted projections.

    Everything is in units of `s`, the root mean square of the style's features.
    """

    mean: Tensor
    covariance: Tensor
    gram: Tensor
    projected: Tensor

    @classmethod
    def of(cls, F: Tensor, s: Tensor) -> "Signature":
        """The signature of features (N, C)."""
        f = F / s
        mean, gram = f.mean(0), f.T @ f / f.shape[0]
        return cls(mean, gram - torch.outer(mean, mean), gram, quantiles(f @ directions(f.shape[1])))


def scale(F: Tensor) -> Tensor:
    """s = √mean F²."""
    return F.square().mean().sqrt().clamp_min(1e-9)


def directions(channels: int, count: int = DIRECTIONS) -> Tensor:
    """(C, count) unit vectors, the same ones for every picture."""
    drawn = torch.randn(channels, count, generator=torch.Generator().manual_seed(channels))
    unit: Tensor = drawn / drawn.norm(dim=0)
    return unit


def quantiles(projected: Tensor, levels: int = LEVELS) -> Tensor:
    """(N, D) values as (levels, D) quantiles, so that pictures of different sizes compare."""
    thinned = projected[:: max(1, projected.shape[0] // POSITIONS)]
    ordered = thinned.sort(dim=0).values
    at = (torch.arange(levels) + 0.5) / levels * ordered.shape[0] - 0.5
    low = at.floor().clamp(0, ordered.shape[0] - 1).long()
    high = (low + 1).clamp_max(ordered.shape[0] - 1)
    return ordered[low].lerp(ordered[high], (at - low).clamp(0, 1)[:, None])


def apart(a: Signature, style: Signature) -> tuple[float, ...]:
    """The three distances, in the order of NAMES; 0 for equal signatures."""
    channels = style.mean.shape[0]
    moments = (a.mean - style.mean).abs().mean() + channels**0.5 * (
        a.covariance - style.covariance
    ).abs().mean()
    gram = (a.gram - style.gram).norm() / style.gram.norm()
    return float(moments), float(gram), float((a.projected - style.projected).abs().mean())


def moved(F: Tensor, content: Tensor) -> float:
    """‖F − F(c)‖² / ‖F(c)‖², position by position: 0 where nothing moved."""
    return float((F - content).square().sum() / content.square().sum())
