"""The compact style encoder: its topology, and loading of the weights that ship with the package.

Knows how sRGB pixels become five feature layers. Does not know how features are compared, nor how the weights
were made (`training/` in the repository).
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, cast

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from .shipped import ENCODER

LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")

# Widths of the 3x3 convolutions of each block; the first of a block is its feature layer. Channels are spent
# deep: a convolution costs by the pixel, and block 1 runs on 256 times the pixels of block 5.
BLOCKS = ((24, 24), (40, 48), (72, 72, 72, 72), (128, 128, 128, 128), (160,))


class _ReplicatePad(torch.autograd.Function):
    """Repeats a tensor's border once on each side; torch's own backward is not deterministic on CUDA."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:  # noqa: ARG004
        return F.pad(x, (1, 1, 1, 1), mode="replicate")

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:  # noqa: ARG004
        (g,) = grads
        # The columns are folded before the rows, so that corners need no case of their own.
        wide = g[..., 1:-1].clone(memory_format=torch.preserve_format)
        wide[..., 0] += g[..., 0]
        wide[..., -1] += g[..., -1]
        inner = wide[:, :, 1:-1].clone(memory_format=torch.preserve_format)
        inner[:, :, 0] += wide[:, :, 0]
        inner[:, :, -1] += wide[:, :, -1]
        return inner


class Block(nn.Module):
    """Replicate-padded 3x3 convolutions, each followed by ReLU, at one resolution."""

    def __init__(self, inputs: int, widths: Sequence[int]) -> None:
        super().__init__()
        sizes = pairwise((inputs, *widths))
        self.convolutions = nn.ModuleList(nn.Conv2d(a, b, 3) for a, b in sizes)

    def forward(self, x: Tensor) -> Tensor:
        """The feature layer: activations after the block's first convolution."""
        return self._activate(self.convolutions[0], x)

    def rest(self, x: Tensor) -> Tensor:
        """Activations after the block's last convolution, given its feature layer."""
        for convolution in self.convolutions[1:]:
            x = self._activate(convolution, x)
        return x

    @staticmethod
    def _activate(convolution: nn.Module, x: Tensor) -> Tensor:
        return F.relu(convolution(_ReplicatePad.apply(x)))


class Encoder(nn.Module):
    """Five blocks with average pooling between them; the layers named in LAYERS come out.

    Every operation has a deterministic backward on CPU and CUDA. Layer k has 1 / 2^(k-1) of the input's
    resolution, rounded down at each pooling; the sides must be at least 2^(k-1) pixels.
    """

    def __init__(self, blocks: Sequence[Sequence[int]] = BLOCKS) -> None:
        super().__init__()
        inputs = (3, *(widths[-1] for widths in blocks))
        self.channels: tuple[int, ...] = tuple(widths[0] for widths in blocks)
        self.blocks = nn.ModuleList(Block(n, widths) for n, widths in zip(inputs, blocks, strict=False))

    def forward(self, rgb: Tensor, depth: int = len(LAYERS)) -> list[Tensor]:
        """The first `depth` feature layers of `rgb`, computing nothing deeper.

        rgb: (N, 3, H, W), floating, 0..1, sRGB-encoded, no alpha. Returns (N, channels[k], H / 2^k, W / 2^k)
        for k = 0, 1, ..., all >= 0. Raises ValueError when there are not so many layers.
        """
        if not 1 <= depth <= len(self.blocks):
            raise ValueError(f"depth must lie in 1..{len(self.blocks)}, not {depth}")
        features = [self.blocks[0]((rgb - 0.5) * 4)]
        for below, block in zip(self.blocks, self.blocks[1:depth], strict=False):
            features.append(block(F.avg_pool2d(cast(Block, below).rest(features[-1]), 2)))
        return features


def load_encoder(device: torch.device | str, dtype: torch.dtype = torch.float32) -> Encoder:
    """The shipped encoder on `device`: frozen, in evaluation mode, channels last. Its digest: `shipped`."""
    encoder = Encoder().eval().requires_grad_(False)
    encoder.load_state_dict(load_file(ENCODER))
    return encoder.to(device=torch.device(device), dtype=dtype).to(memory_format=torch.channels_last)
