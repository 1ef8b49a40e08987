"""Frozen convolutions: replicate padding, convolution and ReLU as one operation whose weights do not learn.

Knows a forward pass that keeps nothing but its output, and the backward pass in the pixels. Both are
deterministic on CPU and CUDA (torch's own backward of replicate padding is not). Does not know networks.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

_LARGE = 1 << 20  # values; among small ones torch chooses between ways of its own


class FeatureExtractor(Protocol):
    """An encoder as every style engine uses it; opaque RGB in, feature layers out.

    By layer: how many features (`channels`), how often its resolution is halved, each time rounded down
    (`levels`), and how many pixels beyond its own 2^level × 2^level cell a position sees to each side
    (`reach`). It may depend on nothing else: pictures are read in tiles.
    """

    @property
    def channels(self) -> Sequence[int]:
        """Features by layer."""

    @property
    def levels(self) -> Sequence[int]:
        """Halvings of the resolution by layer."""

    @property
    def reach(self) -> Sequence[int]:
        """Pixels seen beyond the own cell, by layer."""

    def __call__(self, rgb: Tensor, depth: int) -> list[Tensor]:
        """(1, 3, H, W) sRGB 0…1 to its first `depth` layers, (1, channels, H / 2^level, W / 2^level)."""


def convolve(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """ReLU of the convolution of (N, C, H, W) with (D, C, k, k), k odd, borders repeated: (N, D, H, W).

    Only `x` receives a gradient. The one that comes to the result is written to on its way.
    """
    result: Tensor = _Convolution.apply(x, weight, bias)
    return result


class _Convolution(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        margin = weight.shape[-1] // 2
        padded = F.pad(x, (margin,) * 4, mode="replicate") if margin else x
        activated = F.conv2d(padded, weight, bias).relu_()
        ctx.save_for_backward(activated, weight)
        ctx.padded = padded.shape
        return activated

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None]:
        activated, weight = ctx.saved_tensors
        through = _rectified(grads[0], activated)
        return folded(pulled_back(through, weight, ctx.padded), weight.shape[-1] // 2), None, None


def _rectified(gradient: Tensor, activated: Tensor) -> Tensor:
    """The gradient where there was an activation, else 0: in its own memory, as a rule."""
    is_dense = gradient.is_contiguous() or gradient.is_contiguous(memory_format=torch.channels_last)
    place = gradient if is_dense else torch.empty_like(gradient)
    torch.ops.aten.threshold_backward.grad_input(gradient, activated, 0, grad_input=place)
    return place


def pulled_back(
    rise: Tensor, weight: Tensor, shape: Sequence[int], stride: int = 1, groups: int = 1
) -> Tensor:
    """The gradient in a convolution's input of that shape, without padding, from that in its output.

    `torch.nn.grad.conv2d_input` does the same, but fills an input with one number first. Where that input
    would be large, it is done as the convolution it also is, which needs none; to the bit it is the same.
    """
    if stride == 1 and rise.numel() >= _LARGE:
        return F.conv_transpose2d(rise, weight, groups=groups)
    like = rise.new_empty(()).expand(shape)
    unread = torch.empty_like(like, memory_format=torch.channels_last)
    gradient: Tensor = torch.ops.aten.convolution_backward(
        rise, unread, weight, None, (stride,) * 2, (0, 0), (1, 1), False, (0, 0), groups, (True, False, False)
    )[0]
    return gradient


def halved(x: Tensor, divisor: int = 4) -> Tensor:
    """The sums of 2 × 2 positions of (N, C, H, W), divided: (N, C, H / 2, W / 2), a rest left out."""
    result: Tensor = _Halving.apply(x, divisor)
    return result


class _Halving(torch.autograd.Function):
    """torch's own backward of `avg_pool2d` takes four times as long as an enlargement."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, divisor: int) -> Tensor:
        ctx.divisor = divisor
        ctx.rest = [0, x.shape[3] % 2, 0, x.shape[2] % 2]
        return F.avg_pool2d(x, 2, divisor_override=divisor)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        enlarged = F.interpolate(grads[0] / ctx.divisor, scale_factor=2, mode="nearest")
        return F.pad(enlarged, ctx.rest) if any(ctx.rest) else enlarged, None


def folded(padded: Tensor, margin: int) -> Tensor:
    """The backward pass of replicate padding: each border line takes in what lay beyond it.

    The columns are folded before the rows, so that corners need no case of their own.
    """
    if not margin:
        return padded
    for lines in (padded, padded[..., margin:-margin].transpose(2, 3)):
        lines[..., margin].add_(_together(lines[..., :margin]))
        lines[..., -margin - 1].add_(_together(lines[..., -margin:]))
    return padded[:, :, margin:-margin, margin:-margin]


def _together(lines: Tensor) -> Tensor:
    return lines[..., 0] if lines.shape[-1] == 1 else lines.sum(-1)
