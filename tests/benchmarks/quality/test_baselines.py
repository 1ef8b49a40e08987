"""The rivals' gradients: what they claim to follow is the slope of their loss."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from benchmarks.quality.baselines import gram_term, w2_term
from composer.neural.loss import LayerTarget, Statistic
from composer.neural.statistics import Moments

TERMS = pytest.mark.parametrize("term", [gram_term, w2_term])


def features(seed: int, positions: int = 40, channels: int = 6) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    mixed = torch.randn(channels, channels, generator=generator, dtype=torch.float64)
    drawn = torch.randn(positions, channels, generator=generator, dtype=torch.float64)
    return (drawn @ mixed + 0.7 * seed).relu()


def slope(loss: Callable[[Tensor], Tensor], F: Tensor, along: Tensor, step: float = 1e-5) -> float:
    return float((loss(F + step * along) - loss(F - step * along)) / (2 * step))


@TERMS
@pytest.mark.parametrize("weighed", [False, True])
def test_the_gradient_is_the_slope_of_the_loss(term: Statistic, weighed: bool) -> None:
    F, target = features(1), LayerTarget.of(Moments.of(features(2)))
    T = torch.linspace(0.1, 1, len(F), dtype=torch.float64) if weighed else torch.ones(len(F)).double()
    _, M, v = term(Moments.of(F, T), target)
    gradient = (T / T.sum())[:, None] * (F @ M + v)
    along = torch.randn(F.shape, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    expected = slope(lambda moved: term(Moments.of(moved, T), target)[0], F, along)
    assert float((gradient * along).sum()) == pytest.approx(expected, rel=1e-5)


@TERMS
def test_the_style_itself_is_at_no_distance_and_pulls_nowhere(term: Statistic) -> None:
    F = features(2)
    loss, M, v = term(Moments.of(F), LayerTarget.of(Moments.of(F)))
    assert float(loss) == pytest.approx(0, abs=1e-9)
    assert float((F @ M + v).abs().max()) < 1e-6


@TERMS
def test_the_unit_of_the_features_does_not_matter(term: Statistic) -> None:
    F, style = features(1), features(2)
    losses = [float(term(Moments.of(F * k), LayerTarget.of(Moments.of(style * k)))[0]) for k in (1, 50)]
    assert losses[0] == pytest.approx(losses[1])


def test_w2_of_two_gaussians_along_one_axis_is_the_textbook_value() -> None:
    # Means 1 and 3, deviations 1 and 2: (1 - 3)² + (1 - 2)² = 5.
    def line(mean: float, deviation: float) -> Moments:
        ones = torch.ones((), dtype=torch.float64)
        return Moments(ones, ones.reshape(1) * mean, ones.reshape(1, 1) * (mean**2 + deviation**2))

    target = LayerTarget.of(line(3, 2))
    loss, _, _ = w2_term(line(1, 1), target)
    assert float(loss * target.s**2) == pytest.approx(5)
