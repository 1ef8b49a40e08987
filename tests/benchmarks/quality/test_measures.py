"""Measures: what they are blind to and what they see."""

import pytest
import torch
from torch import Tensor

from benchmarks.quality.measures import Signature, apart, moved, quantiles, scale


@pytest.fixture
def style() -> Tensor:
    return torch.randn(400, 5, generator=torch.Generator().manual_seed(1)).relu()


def distances(F: Tensor, style: Tensor) -> tuple[float, ...]:
    s = scale(style)
    return apart(Signature.of(F, s), Signature.of(style, s))


def test_the_order_of_positions_does_not_matter(style: Tensor) -> None:
    order = torch.randperm(len(style), generator=torch.Generator().manual_seed(2))
    assert distances(style[order], style) == pytest.approx((0, 0, 0), abs=1e-5)


def test_nor_does_how_many_there_are(style: Tensor) -> None:
    assert distances(style.repeat(3, 1), style) == pytest.approx((0, 0, 0), abs=0.02)


def test_only_the_sliced_distance_sees_a_shape_of_equal_mean_and_covariance() -> None:
    generator = torch.Generator().manual_seed(3)
    bell = torch.randn(4000, 2, generator=generator)
    signs = torch.randint(0, 2, (4000, 2), generator=generator) * 2.0 - 1
    moments, gram, sliced = distances(signs, bell)
    assert max(moments, gram) < 0.1
    assert sliced > 0.15


def test_quantiles_of_a_ramp_are_the_ramp() -> None:
    ramp = torch.arange(1000.0)[:, None]
    assert torch.allclose(quantiles(ramp.flip(0), 4)[:, 0], torch.tensor([124.5, 374.5, 624.5, 874.5]))


def test_content_counts_position_by_position(style: Tensor) -> None:
    assert moved(style, style) == 0
    assert moved(torch.zeros_like(style), style) == pytest.approx(1)
    assert moved(style.flip(0), style) > 0.1
