"""Neighbours: the nearest-neighbour term, which keeps local patterns that moments average away.

Knows unit vectors, their best matches in both directions, and the gradient in closed form. Does not know
layers or styles. Deterministic on CUDA: matches are gathered by a matrix product, never by atomic addition.
"""

import torch
from torch import Tensor


def unit(samples: Tensor, centre: Tensor) -> tuple[Tensor, Tensor]:
    """(n, C) samples less `centre` (C), scaled to length 1; and the (n, 1) lengths they had."""
    moved = samples - centre
    length = moved.norm(dim=1, keepdim=True).clamp_min(1e-6)
    return moved / length, length


def nearest(A: Tensor, B: Tensor) -> tuple[Tensor, Tensor]:
    """max( mean_i min_j (1 − A_i·B_j), mean_j min_i (1 − A_i·B_j) ) and its gradient in A.

    A (n, C), B (m, C) with unit rows. The relaxed earth mover's distance of STROTSS (Kolkin et al. 2019).
    """
    likeness = A @ B.T
    best_of_A, best_of_B = likeness.amax(1, keepdim=True), likeness.amax(0, keepdim=True)
    forward, backward = 1 - best_of_A.mean(), 1 - best_of_B.mean()
    if bool(forward >= backward):
        return forward, -(_matches((likeness == best_of_A).to(B.dtype), 1) @ B)
    return backward, -(_matches((likeness == best_of_B).to(B.dtype), 0) @ B)


def _matches(chosen: Tensor, axis: int) -> Tensor:
    """A matching as (n, m) shares: lines along `axis` sum to 1 / lines; equals (flat areas) share evenly."""
    return chosen / (chosen.sum(axis, keepdim=True) * (chosen.numel() // chosen.shape[axis]))


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
