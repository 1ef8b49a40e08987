"""Neighbours: the nearest-neighbour term, which keeps local patterns that moments average away.

Knows unit vectors, their best matches in both directions, and the gradient in closed form. Does not know
layers or styles. Deterministic: on CUDA matches are gathered by a matrix product, never by atomic addition.
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def unit(samples: Tensor, centre: Tensor) -> tuple[Tensor, Tensor]:
    """(n, C) samples less `centre` (C), scaled to length 1; and the (n, 1) lengths they had."""
    moved = samples - centre
    length = moved.norm(dim=1, keepdim=True).clamp_min(1e-6)
    return moved / length, length


def nearest(A: Tensor, B: Tensor) -> tuple[Tensor, Tensor]:
    """max( mean_i min_j (1 − A_i·B_j), mean_j min_i (1 − A_i·B_j) ) and its gradient in A.

    A (n, C), B (m, C) with unit rows. The relaxed earth mover's distance of STROTSS (Kolkin et al. 2019).
    """
    likeness = _likeness(A, B)
    best_of_A, match = likeness.max(1)
    best_of_B = likeness.amax(0, keepdim=True)
    forward, backward = 1 - best_of_A.mean(), 1 - best_of_B.mean()
    if bool(forward >= backward):
        return forward, B[match] * (-1 / len(A))
    chosen = torch.eq(likeness, best_of_B, out=likeness)
    return backward, _gathered(chosen, -1 / (chosen.sum(0, keepdim=True) * len(B)), B)


def _likeness(A: Tensor, B: Tensor) -> Tensor:
    """A Bᵀ; on a CPU as a convolution, in which torch uses all that the processor can do."""
    if A.device.type != "cpu" or A.dtype == torch.float64:
        return A @ B.T
    return F.conv2d(A.view(1, len(A), 1, -1).permute(0, 3, 1, 2), B[..., None, None])[0, :, :, 0].T


def _gathered(chosen: Tensor, share: Tensor, B: Tensor) -> Tensor:
    """(chosen × share) B for a matching (n, m) of zeros and ones; equals, as in flat areas, share evenly."""
    if chosen.device.type != "cpu":
        return (chosen * share) @ B
    pairs = torch.nonzero(chosen)
    i, j = pairs[:, 0], pairs[:, 1]
    shares = share.expand_as(chosen)[i, j]
    return torch.zeros(len(chosen), B.shape[1], dtype=B.dtype).index_add_(0, i, B[j] * shares[:, None])


def through_unit(gradient: Tensor, A: Tensor, length: Tensor) -> Tensor:
    """The gradient in the samples, given the gradient in their unit vectors A = a / |a|."""
    return (gradient - A * (A * gradient).sum(1, keepdim=True)) / length


def draw(weights: Tensor | None, positions: int, count: int, generator: torch.Generator) -> Tensor:
    """At most `count` distinct positions, from those with at least half of the greatest weight."""
    allowed = torch.arange(positions)
    if weights is not None:
        allowed = torch.nonzero(weights.cpu() >= weights.max().cpu() / 2)[:, 0]
    order = torch.randperm(len(allowed), generator=generator)[:count]
    return allowed[order]
