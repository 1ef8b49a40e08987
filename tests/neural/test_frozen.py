"""Frozen convolutions equal torch's own, forward and backward, and keep nothing but what they give."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.nn.grad import conv2d_input

from composer.neural.frozen import convolve, folded, halved, pulled_back


def reference(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    margin = weight.shape[-1] // 2
    return F.conv2d(F.pad(x, (margin,) * 4, mode="replicate"), weight, bias).relu()


@pytest.mark.parametrize("extent", [(1, 1), (1, 4), (2, 2), (5, 7)])
@pytest.mark.parametrize("margin", [0, 1, 3])
def test_borders_take_in_what_lay_beyond_them(extent: tuple[int, int], margin: int) -> None:
    x = torch.zeros(2, 3, *extent, dtype=torch.float64, requires_grad=True)
    padded = F.pad(x, (margin,) * 4, mode="replicate") if margin else x
    beyond = torch.randn(padded.shape, dtype=torch.float64)
    (theirs,) = torch.autograd.grad(padded, x, beyond)
    torch.testing.assert_close(folded(beyond.clone(), margin), theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("side", [1, 3, 7])
@pytest.mark.parametrize("biased", [True, False])
@pytest.mark.parametrize("extent", [(1, 1), (2, 9), (12, 8)])
def test_values_and_gradients_are_torchs(side: int, biased: bool, extent: tuple[int, int]) -> None:
    x = torch.randn(2, 3, *extent, dtype=torch.float64)
    weight = torch.randn(5, 3, side, side, dtype=torch.float64)
    bias = torch.randn(5, dtype=torch.float64) if biased else None
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    a, b = convolve(ours, weight, bias), reference(theirs, weight, bias)
    torch.testing.assert_close(a, b)
    upstream = torch.randn(a.shape, dtype=torch.float64)
    torch.testing.assert_close(
        torch.autograd.grad(a, ours, upstream), torch.autograd.grad(b, theirs, upstream)
    )


@pytest.mark.parametrize("divisor", [4, 2])
@pytest.mark.parametrize("extent", [(2, 2), (6, 9), (7, 5)])
def test_halving_and_its_gradient_are_those_of_torchs_pooling(extent: tuple[int, int], divisor: int) -> None:
    x = torch.randn(2, 3, *extent, dtype=torch.float64)
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    a, b = halved(ours, divisor), F.avg_pool2d(theirs, 2, divisor_override=divisor)
    torch.testing.assert_close(a, b)
    upstream = torch.randn(a.shape, dtype=torch.float64)
    torch.testing.assert_close(
        torch.autograd.grad(a, ours, upstream), torch.autograd.grad(b, theirs, upstream)
    )


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("groups", [1, 3])
def test_what_is_pulled_back_through_a_convolution_is_what_torch_says(stride: int, groups: int) -> None:
    weight, shape = torch.randn(6, 3 // groups, 4, 4, dtype=torch.float64), (1, 3, 12, 9)
    rise = torch.randn_like(F.conv2d(torch.zeros(shape).double(), weight, stride=stride, groups=groups))
    theirs = conv2d_input(shape, weight, rise, stride=stride, groups=groups)  # type: ignore[no-untyped-call]
    torch.testing.assert_close(pulled_back(rise, weight, shape, stride, groups), theirs)


def test_weights_do_not_learn() -> None:
    x = torch.randn(1, 3, 8, 8, requires_grad=True)
    weight, bias = torch.randn(4, 3, 3, 3, requires_grad=True), torch.randn(4, requires_grad=True)
    convolve(x, weight, bias).sum().backward()
    assert x.grad is not None
    assert weight.grad is None
    assert bias.grad is None


def test_only_activations_are_kept_for_the_way_back() -> None:
    kept: list[Tensor] = []

    def keep(tensor: Tensor) -> Tensor:
        kept.append(tensor)
        return tensor

    x, weight = torch.randn(1, 3, 8, 8, requires_grad=True), torch.randn(4, 3, 3, 3)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        activated = convolve(x, weight, None)
    assert {tuple(tensor.shape) for tensor in kept} == {activated.shape, weight.shape}


def test_a_gradient_may_lie_in_memory_as_it_likes() -> None:
    x = torch.randn(1, 3, 9, 6, dtype=torch.float64)
    weight, upstream = torch.randn(4, 3, 3, 3).double(), torch.randn(1, 4, 9, 6).double()
    found = []
    for layout in (torch.contiguous_format, torch.channels_last):
        pixels = x.clone(memory_format=layout).requires_grad_()
        given = upstream.clone(memory_format=layout)
        found.append(torch.autograd.grad(convolve(pixels, weight, None), pixels, given)[0])
    torch.testing.assert_close(found[0], found[1])
