"""Frozen convolutions: replicate padding, convolution and ReLU as one operation whose weights do not learn.

Knows a forward pass that keeps nothing but its output, and the backward pass in the pixels. Both are
deterministic on CPU and CUDA (torch's own backward of replicate padding is not). Does not know networks.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.nn.grad import conv2d_input


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

    Only `x` receives a gradient.
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
        through = torch.ops.aten.threshold_backward(grads[0], activated, 0)
        padded = conv2d_input(ctx.padded, weight, through)  # type: ignore[no-untyped-call]
        return folded(padded, weight.shape[-1] // 2), None, None


def folded(padded: Tensor, margin: int) -> Tensor:
    """The backward pass of replicate padding: each border line takes in what lay beyond it.

    The columns are folded before the rows, so that corners need no case of their own.
    """
    if not margin:
        return padded
    padded[..., margin] += padded[..., :margin].sum(-1)
    padded[..., -margin - 1] += padded[..., -margin:].sum(-1)
    wide = padded[..., margin:-margin]
    wide[:, :, margin] += wide[:, :, :margin].sum(2)
    wide[:, :, -margin - 1] += wide[:, :, -margin:].sum(2)
    return wide[:, :, margin:-margin]
