"""Every term of the loss against its formula in numpy or autograd, in float64."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from composer.neural.loss import (
    LayerTarget,
    Target,
    Weights,
    content_term,
    pull,
    smoothness_term,
    statistics_term,
)
from composer.neural.statistics import Moments, rows


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

    def plain(x: Tensor) -> Tensor:
        return (T[:, None] * (x - kept) ** 2).sum() / (T[:, None] * kept**2).sum()

    loss, gradient = content_term(F, kept, T)
    torch.testing.assert_close(loss, plain(F))
    torch.testing.assert_close(gradient, autograd(plain, F))


def test_the_smoothness_term_follows_the_formula() -> None:
    x = rough(1, 3, 9, 11, seed=1)

    def plain(x: Tensor) -> Tensor:
        return (x.diff(dim=2).square().sum() + x.diff(dim=3).square().sum()) / x.numel()

    loss, gradient = smoothness_term(x)
    torch.testing.assert_close(loss, plain(x))
    torch.testing.assert_close(gradient, autograd(plain, x))


WEIGHTS = Weights((1.0, 2.0), 3.0, 1.0, 0.0, 0.0, content_layer=1, neighbour_layers=(0,))


def scene(guides: tuple[Tensor | None, ...]) -> tuple[list[Tensor], Target]:
    """Features of two layers and a target whose style differs from them."""
    features = [rough(1, 4, 8, 8, seed=1), rough(1, 6, 4, 4, seed=2)]
    style = [rough(40, 4, seed=3), rough(40, 6, seed=4)]
    layers = tuple(LayerTarget.of(Moments.of(f), f if k == 0 else None) for k, f in enumerate(style))
    return features, Target(layers, rows(rough(1, 6, 4, 4, seed=5)), guides)


def pulled(features: list[Tensor], target: Target) -> tuple[Tensor, list[Tensor]]:
    return pull(features, target, WEIGHTS, torch.Generator().manual_seed(1))


def test_all_terms_together_pull_downhill() -> None:
    features, target = scene((None, None))
    loss, gradients = pulled(features, target)
    nudges = [1e-6 * torch.randn_like(f) for f in features]
    up = pulled([f + n for f, n in zip(features, nudges, strict=True)], target)[0]
    down = pulled([f - n for f, n in zip(features, nudges, strict=True)], target)[0]
    slope = sum(float((g * n).sum()) for g, n in zip(gradients, nudges, strict=True))
    assert float(up - down) == pytest.approx(2 * slope, rel=1e-3)
    assert loss > 0


def test_positions_outside_the_guide_get_no_pull() -> None:
    guides = (torch.ones(64, dtype=torch.float64), torch.ones(16, dtype=torch.float64))
    guides[0][:32], guides[1][:8] = 0, 0
    _, gradients = pulled(*scene(guides))
    assert not rows(gradients[0])[:32].any()
    assert not rows(gradients[1])[:8].any()
    assert rows(gradients[0])[32:].any()
    assert rows(gradients[1])[8:].any()


def test_a_guide_without_any_weight_gives_finite_gradients() -> None:
    loss, gradients = pulled(*scene((torch.zeros(64).double(), torch.zeros(16).double())))
    assert torch.isfinite(loss)
    assert all(torch.isfinite(g).all() for g in gradients)
