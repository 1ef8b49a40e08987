"""Every term of the loss against its formula in numpy or autograd, in float64."""

from collections.abc import Callable
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from composer.neural.loss import (
    LayerTarget,
    Smoothing,
    content_term,
    neighbours_term,
    smoothness_term,
    statistics_term,
)
from composer.neural.statistics import Moments


def rough(*shape: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(*shape, generator=generator, dtype=torch.float64) ** 2


def autograd(loss: Callable[[Tensor], Tensor], at: Tensor) -> Tensor:
    variable = at.clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(loss(variable), variable)
    return gradient


def plain_statistics(F: Tensor, T: Tensor, target: LayerTarget) -> Tensor:
    """L_stat as the formula says it, for autograd."""
    w = (T / T.sum())[:, None]
    f = F / target.s
    mu = (w * f).sum(0)
    covariance = (w * f).T @ f - torch.outer(mu, mu)
    off = (covariance - target.covariance).abs().mean()
    return (mu - target.mean).abs().mean() + F.shape[1] ** 0.5 * off


def test_the_statistics_term_and_its_gradient_follow_the_formula() -> None:
    F, T = rough(300, 7, seed=1), rough(300, seed=2)
    target = LayerTarget.of(Moments.of(rough(200, 7, seed=3) * 1.7))
    moments = Moments.of(F, T)
    loss, M, v = statistics_term(moments, target)
    torch.testing.assert_close(loss, plain_statistics(F, T, target))
    gradient = (T / T.sum())[:, None] * (F @ M + v)
    torch.testing.assert_close(gradient, autograd(lambda x: plain_statistics(x, T, target), F))


def test_a_style_is_at_no_distance_from_itself() -> None:
    moments = Moments.of(rough(300, 7, seed=1))
    assert float(statistics_term(moments, LayerTarget.of(moments))[0]) == 0


def test_the_content_term_follows_the_formula() -> None:
    F, kept, T = rough(50, 4, seed=1), rough(50, 4, seed=2), rough(50, seed=3)
    scale = (T[:, None] * kept**2).sum()

    def plain(x: Tensor) -> Tensor:
        return (T[:, None] * (x - kept) ** 2).sum() / scale

    loss, gradient = content_term(F, kept, T, scale)
    torch.testing.assert_close(loss, plain(F))
    torch.testing.assert_close(gradient, autograd(plain, F))


def test_parts_of_the_content_add_up() -> None:
    F, kept, T = rough(50, 4, seed=1), rough(50, 4, seed=2), rough(50, seed=3)
    scale = (T[:, None] * kept**2).sum()
    whole, gradient = content_term(F, kept, T, scale)
    parts = [content_term(F[cut], kept[cut], T[cut], scale) for cut in (slice(0, 20), slice(20, 50))]
    torch.testing.assert_close(parts[0][0] + parts[1][0], whole)
    torch.testing.assert_close(torch.cat([rise for _, rise in parts]), gradient)


def test_without_weights_all_positions_count_alike() -> None:
    F, kept, scale = rough(50, 4, seed=1), rough(50, 4, seed=2), torch.tensor(3.0).double()
    for ours, theirs in zip(
        content_term(F, kept, None, scale),
        content_term(F, kept, torch.ones(50).double(), scale),
        strict=True,
    ):
        torch.testing.assert_close(ours, theirs)


def test_the_neighbours_term_follows_the_formula() -> None:
    style = rough(40, 6, seed=4)
    target = LayerTarget.of(Moments.of(style), style)
    centre = style.mean(0)

    def plain(x: Tensor) -> Tensor:
        A, B = (samples - centre for samples in (x, style))
        cost = 1 - (A / A.norm(dim=1, keepdim=True)) @ (B / B.norm(dim=1, keepdim=True)).T
        return torch.maximum(cost.amin(1).mean(), cost.amin(0).mean())

    for count in (12, 70):  # either direction is the larger one
        F = rough(count, 6, seed=3)
        loss, gradient = neighbours_term(F, target)
        torch.testing.assert_close(loss, plain(F))
        torch.testing.assert_close(gradient, autograd(plain, F))


@pytest.mark.parametrize("placed", [False, True], ids=["everywhere", "in a region"])
@pytest.mark.parametrize("cuts", [(0, 9), (0, 4, 9), (0, 1, 8, 9)], ids=str)
def test_the_smoothness_term_follows_the_formula_in_any_bands(cuts: tuple[int, ...], placed: bool) -> None:
    x, root = rough(1, 3, 9, 11, seed=1), rough(3, 3, seed=2)
    T = rough(1, 1, 9, 11, seed=3).abs() if placed else torch.ones(1, 1, 9, 11, dtype=x.dtype)
    smoothing = Smoothing(root @ root.T, T if placed else None)

    def plain(x: Tensor) -> Tensor:
        down, across = ((root.T @ d[0].flatten(1)).square().sum(0) for d in (x.diff(dim=2), x.diff(dim=3)))
        at_down, at_across = T[:, :, 1:] + T[:, :, :-1], T[..., 1:] + T[..., :-1]
        return (down @ at_down.flatten() + across @ at_across.flatten()) / 2

    bands = [smoothness_term(x, slice(top, bottom), smoothing) for top, bottom in pairwise(cuts)]
    torch.testing.assert_close(torch.stack([loss for loss, _ in bands]).sum(), plain(x))
    half_gradient = torch.cat([rise for _, rise in bands], dim=2)
    torch.testing.assert_close(2 * half_gradient, autograd(plain, x))


def test_a_style_without_detail_gives_finite_numbers() -> None:
    flat = LayerTarget.of(Moments.of(torch.zeros(20, 4)), torch.zeros(20, 4))
    terms = [
        *statistics_term(Moments.of(torch.ones(30, 4)), flat),
        *neighbours_term(torch.zeros(5, 4), flat),
    ]
    assert all(torch.isfinite(term).all() for term in terms)
