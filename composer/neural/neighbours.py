"""Neighbours: the nearest-neighbour term, which keeps local patterns that moments average away.

Knows unit vectors, their best matches in both directions, and the gradient in closed form. Does not know layers or
styles. Everything here is deterministic on CUDA: matches are scattered by a matrix product, never by atomic addition.
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

    A (n, C) and B (m, C) have unit rows. After STROTSS (Kolkin et al. 2019), the relaxed earth mover's distance.
    """
    likeness = A @ B.T
    best_of_A, partner_of_A = likeness.max(1)
    best_of_B, partner_of_B = likeness.max(0)
    forward, backward = 1 - best_of_A.mean(), 1 - best_of_B.mean()
    chosen = torch.zeros_like(likeness)
    if bool(forward >= backward):
        chosen.scatter_(1, partner_of_A[:, None], 1.0 / A.shape[0])
        return forward, -(chosen @ B)
    chosen.scatter_(0, partner_of_B[None, :], 1.0 / B.shape[0])
    return backward, -(chosen @ B)


def through_unit(gradient: Tensor, A: Tensor, length: Tensor) -> Tensor:
    """The gradient in the samples, given the gradient in their unit vectors A = a / |a|."""
    return (gradient - A * (A * gradient).sum(1, keepdim=True)) / length


def draw(weights: Tensor | None, positions: int, count: int, generator: torch.Generator) -> Tensor:
    """At most `count` distinct positions out of `positions`, from those with at least half weight (all, if none has)."""
    allowed = torch.arange(positions)
    if weights is not None:
        kept = torch.nonzero(weights.cpu() >= 0.5)[:, 0]
        allowed = kept if len(kept) else allowed
    order = torch.randperm(len(allowed), generator=generator)[:count]
    return allowed[order]
