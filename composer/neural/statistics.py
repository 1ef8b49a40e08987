"""Statistics: the mean and second moment of features, the style's whole signature.

Knows weighted sums over positions, which are additive: over tiles, over regions, over styles mixed by weight.
Does not know what they are compared with (`loss`), nor where features and weights come from.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


def rows(features: Tensor) -> Tensor:
    """(1, C, H, W) features as an (H·W, C) matrix; a view when they lie channels last in memory."""
    return features.permute(0, 2, 3, 1).reshape(-1, features.shape[1])


def wide(F: Tensor) -> Tensor:
    """In numbers that sums can be taken in: single precision at least."""
    return F if F.dtype == torch.float64 else F.float()


def pieces(F: Tensor) -> Sequence[Tensor]:
    """(N, …) in parts that a processor's cache holds; in one part on a graphics card."""
    length = _ROWS if F.device.type == "cpu" else max(1, len(F))
    return [F[i : i + length] for i in range(0, len(F), length)]


def image(matrix: Tensor, like: Tensor) -> Tensor:
    """The inverse of `rows`: (H·W, C) as (1, C, H, W), channels last in memory."""
    _, channels, height, width = like.shape
    return matrix.reshape(1, height, width, channels).permute(0, 3, 1, 2)


_ROWS = 16384
_FEW, _FEWER = 256, 16


@dataclass(frozen=True, eq=False, slots=True)
class Moments:
    """Sums over positions of one layer: mass Σ T (), first Σ T F (C), second Σ T F Fᵀ (C, C).

    Raw and not divided by the mass, so that sums of parts add up to the sum of the whole.
    """

    mass: Tensor
    first: Tensor
    second: Tensor

    @classmethod
    def of(cls, F: Tensor, T: Tensor | None = None) -> "Moments":
        """Moments of (N, C) features; `T` (N) >= 0 weighs the positions, None weighs all of them by 1."""
        if F.dtype == torch.bfloat16:
            return cls._of_halves(F, T)
        channels = F.shape[1]
        none = wide(F[:0])
        first, second = none.new_zeros(channels), none.new_zeros(channels, channels)
        weights = [None] * len(pieces(F)) if T is None else pieces(T)
        for part, weight in zip(map(wide, pieces(F)), weights, strict=True):
            weighted = part if weight is None else part * weight[:, None]
            first += weighted.sum(0)
            second.addmm_(part.T, weighted)
        return cls(none.new_tensor(float(len(F))) if T is None else T.sum(), first, second)

    @classmethod
    def _of_halves(cls, F: Tensor, T: Tensor | None) -> "Moments":
        """The same of features in half precision: sums of a few rows come in it, sums of those in single.

        What is lost differs from sum to sum, so that the more of them there are the less it is: some 1e-4.
        """
        weights = None if T is None else T.to(F.dtype)
        weighted = F if weights is None else F * weights[:, None]
        head, channels = len(F) // _FEW * _FEW, F.shape[1]
        some, others = (rows[:head].view(-1, _FEW, channels) for rows in (weighted, F))
        rest = weighted[head:].float()
        first = some.reshape(-1, _FEWER, channels).sum(1).sum(0, dtype=torch.float32) + rest.sum(0)
        second = torch.bmm(some.transpose(1, 2), others).sum(0, dtype=torch.float32)
        second.addmm_(rest.T, F[head:].float())
        mass = first.new_tensor(float(len(F))) if weights is None else weights.sum(dtype=torch.float32)
        return cls(mass, first, second)

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(self.mass + other.mass, self.first + other.first, self.second + other.second)

    def normalised(self, share: float = 1.0) -> "Moments":
        """Divided by the mass, times `share`: the part of a mix. All zero when nothing has weight."""
        factor = torch.where(self.mass > 0, share / self.mass.clamp_min(1e-12), self.mass.new_zeros(()))
        return Moments(self.mass * factor, self.first * factor, self.second * factor)

    def mean(self) -> Tensor:
        """μ = Σ w F, (C)."""
        return self.first / self.mass.clamp_min(1e-12)

    def covariance(self) -> Tensor:
        """Σ = Σ w F Fᵀ − μ μᵀ, (C, C)."""
        mu = self.mean()
        return self.second / self.mass.clamp_min(1e-12) - torch.outer(mu, mu)

    def magnitude(self) -> Tensor:
        """√mean(F²) over positions and channels: the layer's unit of measure."""
        return (self.second.trace() / (self.mass.clamp_min(1e-12) * self.second.shape[0])).sqrt()


def total(parts: Sequence[Sequence[Moments]]) -> list[Moments]:
    """Sums by layer over parts of a picture."""
    return [sum(layer[1:], start=layer[0]) for layer in zip(*parts, strict=True)]


def mix(parts: Sequence[Moments], shares: Sequence[float]) -> Moments:
    """Several styles as one: mean and raw second moment mixed linearly by `shares`, centred afterwards."""
    mixed = parts[0].normalised(shares[0])
    for part, share in zip(parts[1:], shares[1:], strict=True):
        mixed = mixed + part.normalised(share)
    return mixed
