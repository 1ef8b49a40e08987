"""Baselines: the style losses of others, in the form that the shared loop takes.

    gram   mean (G − G*)², G = Σ w f fᵀ                          Gatys, Ecker and Bethge (2016)
    w2     [ ‖μ − μ*‖² + tr(Σ + Σ* − 2 (Σ*^½ Σ Σ*^½)^½) ] / C     Wasserstein-2 between Gaussians

Both are functions of mean and second moment only, so dL/dF_p = w_p (F_p M + v), as for `statistics_term`.
f = F / s; features are put on one scale by layer as ours are, which favours the baselines. Does not know
how their weights are chosen (`methods`).
"""

from functools import lru_cache

import torch
from torch import Tensor

from composer.neural.loss import LayerTarget
from composer.neural.statistics import Moments

FLOOR = 1e-4  # of the mean variance: directions below it carry no style, and no root of theirs is inverted


def gram_term(moments: Moments, target: LayerTarget) -> tuple[Tensor, Tensor, Tensor]:
    """The Gram loss, M (C, C) and v (C): M = 4 (G − G*) / (C s)², v = 0."""
    s, C = target.s, target.mean.shape[0]
    wanted = target.covariance + torch.outer(target.mean, target.mean)
    off = moments.second / (moments.mass.clamp_min(1e-12) * s**2) - wanted
    return off.square().mean(), off * (4 / (C * s) ** 2), torch.zeros_like(target.mean)


def w2_term(moments: Moments, target: LayerTarget) -> tuple[Tensor, Tensor, Tensor]:
    """The Bures–Wasserstein loss, M and v.

    dL/dΣ = (I − Σ*^½ (Σ*^½ Σ Σ*^½)^-½ Σ*^½) / C, dL/dμ = 2 (μ − μ*) / C; M = 2 dL/dΣ / s²,
    v = (dL/dμ − 2 dL/dΣ μ) / s.
    """
    s, C = target.s, target.mean.shape[0]
    mu, sigma = moments.mean() / s, moments.covariance() / s**2
    root = _root(target)
    crossed, inverse = _roots(root @ sigma.double() @ root)
    off = mu - target.mean
    trace = sigma.trace() + target.covariance.trace() - 2 * crossed.trace().to(sigma.dtype)
    slope = (torch.eye(C, dtype=torch.float64, device=root.device) - root @ inverse @ root).to(
        sigma.dtype
    ) / C
    loss = (off.square().sum() + trace.clamp_min(0)) / C
    return loss, slope * (2 / s**2), (off * (2 / C) - 2 * (slope @ mu)) / s


@lru_cache(maxsize=16)
def _root(target: LayerTarget) -> Tensor:
    """Σ*^½; a target is compared with at every step of its scale."""
    return _roots(target.covariance.double())[0]


def _roots(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """The symmetric root of a covariance and that root's inverse, both float64 (C, C)."""
    values, vectors = torch.linalg.eigh((matrix + matrix.T) / 2)
    values = values.clamp_min(float(FLOOR * values.mean().clamp_min(1e-12)))
    return (vectors * values.sqrt()) @ vectors.T, (vectors / values.sqrt()) @ vectors.T
