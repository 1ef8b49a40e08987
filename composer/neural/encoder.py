"""The compact style encoder: its topology, and loading of the weights that ship with the package.

Knows how sRGB pixels become five feature layers. Does not know how features are compared, nor how the weights
were made (`training/` in the repository).
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import cast

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from .frozen import convolve, halved
from .shipped import ENCODER

LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")

# Widths of the 3x3 convolutions of each block; the first of a block is its feature layer. Channels are spent
# deep: a convolution costs by the pixel, and block 1 runs on 256 times the pixels of block 5.
BLOCKS = ((24, 24), (40, 48), (72, 72, 72, 72), (128, 128, 128, 128), (160,))


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
        weight, bias = cast(Tensor, convolution.weight), cast(Tensor, convolution.bias)
        if weight.requires_grad:  # in training, which watches the convolutions
            return F.relu(convolution(F.pad(x, (1, 1, 1, 1), mode="replicate")))
        return convolve(x, weight, bias)


def _reaches(blocks: Sequence[Sequence[int]]) -> Iterator[int]:
    """Pixels that each feature layer sees beyond the one before: a convolution, one position a side."""
    before = 0
    for k, widths in enumerate(blocks):
        yield before + 2**k
        before = 2**k * (len(widths) - 1)


class Encoder(nn.Module):
    """Five blocks with average pooling between them; the layers named in LAYERS come out.

    Every operation has a deterministic backward on CPU and CUDA. Layer k has 1 / 2^(k-1) of the input's
    resolution, rounded down at each pooling; the sides must be at least 2^(k-1) pixels.
    """

    def __init__(self, blocks: Sequence[Sequence[int]] = BLOCKS) -> None:
        super().__init__()
        inputs = (3, *(widths[-1] for widths in blocks))
        self.channels: tuple[int, ...] = tuple(widths[0] for widths in blocks)
        self.levels: tuple[int, ...] = tuple(range(len(blocks)))
        self.reach: tuple[int, ...] = tuple(accumulate(_reaches(blocks)))
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
            features.append(block(halved(cast(Block, below).rest(features[-1]))))
        return features


def load_encoder(device: torch.device | str, dtype: torch.dtype = torch.float32) -> Encoder:
    """The shipped encoder on `device`: frozen, in evaluation mode, channels last. Its digest: `shipped`."""
    encoder = Encoder().eval().requires_grad_(False)
    encoder.load_state_dict(load_file(ENCODER))
    return encoder.to(device=torch.device(device), dtype=dtype).to(memory_format=torch.channels_last)
