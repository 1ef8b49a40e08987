"""The way back through a network, layer by layer: autograd's gradient, and nothing kept that was passed."""

from collections.abc import Callable
from weakref import ref

import pytest
import torch
from torch import Tensor

from composer.neural.backward import pulled_through
from composer.neural.frozen import convolve, halved
from composer.neural.random_filters import RandomFilters

WEIGHT = torch.randn(3, 3, 3, 3, generator=torch.Generator().manual_seed(3), dtype=torch.float64)


def chain(x: Tensor) -> list[Tensor]:
    """Three layers, each computed from the one before; the deepest is not the last, as in VGG-19."""
    first = convolve(x, WEIGHT, None)
    second = convolve(halved(first), WEIGHT, None)
    return [first, convolve(second, WEIGHT, None), second]


def apart(x: Tensor) -> list[Tensor]:
    """Three layers that only have the picture in common."""
    return RandomFilters("cpu", torch.float64)(x, 3)


Network = Callable[[Tensor], list[Tensor]]
ORDERS: dict[Network, list[int]] = {chain: [0, 2, 1], apart: [0, 1, 2]}


@pytest.fixture
def pixels() -> Tensor:
    lots = torch.Generator().manual_seed(5)
    return torch.rand(1, 3, 12, 20, generator=lots, dtype=torch.float64).requires_grad_()


@pytest.mark.parametrize("network", [chain, apart])
@torch.no_grad()
def test_the_gradient_is_autograds(network: Network, pixels: Tensor) -> None:
    with torch.enable_grad():
        ours, theirs = network(pixels), network(pixels)
    found = pulled_through(pixels, ours, ORDERS[network], lambda k, F: (k + 1) * F)
    rises = [(k + 1) * F.detach() for k, F in enumerate(theirs)]
    torch.testing.assert_close(found, torch.autograd.grad(theirs, pixels, rises)[0], rtol=1e-12, atol=1e-14)


def test_a_layer_is_freed_before_the_one_below_is_looked_at(pixels: Tensor) -> None:
    features = chain(pixels)
    held = [ref(feature) for feature in features]
    seen: dict[int, list[bool]] = {}

    def rise(k: int, F: Tensor) -> Tensor:
        seen[k] = [feature() is not None for feature in held]
        return torch.ones_like(F)

    pulled_through(pixels, features, ORDERS[chain], rise)
    assert list(seen) == [1, 2, 0]
    assert seen[2] == [True, False, True]
    assert seen[0] == [True, False, False]
    assert features == []


def test_what_was_raised_on_the_way_comes_out(pixels: Tensor) -> None:
    def rise(_k: int, _F: Tensor) -> Tensor:
        raise torch.OutOfMemoryError

    with pytest.raises(torch.OutOfMemoryError):
        pulled_through(pixels, chain(pixels), [0, 2, 1], rise)
