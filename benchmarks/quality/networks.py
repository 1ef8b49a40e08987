"""Networks that judge: neither is our encoder, and one has nothing in common with it.

Knows two files of the assets. `heads` is the 16×-distilled VGG-19 read as it was trained (maximum pooling,
reflected borders), its first activations of each block mapped to VGG-19's own channels. Our encoder learnt
from the same file read otherwise (average pooling, replicated borders, no maps): related. `depth` is the
ShuffleNetV2 of a network that guesses depth; other data, layout and purpose: unrelated. Does not know what
is measured in their features (`judge`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F

HEADS = Path("weights/vgg19_16x.safetensors")
DEPTH = Path("models/tcmonodepth_tcsmallnet_192x320.onnx")
_BLOCKS = (2, 2, 4, 4, 1)  # convolutions by block of VGG-19, up to relu5_1
_STAGES = (4, 8, 4)  # units by stage of the ShuffleNetV2
_UNIT, _DOWN = 3, 5  # convolutions of a unit, and of one that halves the resolution


@dataclass(frozen=True, eq=False, slots=True)
class Heads:
    """The distilled VGG-19 with its heads: (1, 3, H, W) sRGB 0…1 to VGG-19's relu1_1 … relu5_1."""

    tensors: dict[str, Tensor]

    @classmethod
    def of(cls, assets: Path) -> "Heads":
        """Read from the assets."""
        return cls(load_file(assets / HEADS))

    def __call__(self, rgb: Tensor) -> list[Tensor]:
        """64, 128, 256, 512 and 512 channels at 1, 1/2 … 1/16 of the resolution."""
        x, layers = self._convolved(rgb, "conv0"), []
        for block, depth in enumerate(_BLOCKS, 1):
            x = F.max_pool2d(x, 2) if block > 1 else x
            for index in range(1, depth + 1):
                padded = F.pad(x, (1, 1, 1, 1), mode="reflect")
                x = self._convolved(padded, f"conv{block}{index}").relu_()
                if index == 1:
                    layers.append(self._convolved(x, f"conv{block}1_aux").relu_())
        return layers

    def _convolved(self, x: Tensor, name: str) -> Tensor:
        return F.conv2d(x, self.tensors[f"{name}.weight"], self.tensors[f"{name}.bias"])


@dataclass(frozen=True, eq=False, slots=True)
class Convolution:
    """One convolution as the file has it; kernels of 3 are padded by 1."""

    weight: Tensor
    bias: Tensor
    stride: int
    groups: int

    def __call__(self, x: Tensor) -> Tensor:
        """(1, C, H, W) to (1, D, H / stride, W / stride)."""
        margin = self.weight.shape[-1] // 2
        return F.conv2d(x, self.weight, self.bias, self.stride, margin, groups=self.groups)


@dataclass(frozen=True, eq=False, slots=True)
class Depth:
    """The depth network's backbone: (1, 3, H, W) sRGB 0…1 to its four resolutions, 1/2 … 1/16."""

    convolutions: tuple[Convolution, ...]

    @classmethod
    def of(cls, assets: Path) -> "Depth":
        """Read from the assets: the convolutions up to the last stage, in the file's order."""
        count = 1 + sum(_DOWN + (units - 1) * _UNIT for units in _STAGES)
        found = _convolutions(assets / DEPTH)
        return cls(tuple(next(found) for _ in range(count)))

    def __call__(self, rgb: Tensor) -> list[Tensor]:
        """The activations after the first convolution and after each stage."""
        convolutions = iter(self.convolutions)
        layers = [next(convolutions)(rgb).relu_()]
        for units in _STAGES:
            x = _halved(layers[-1], convolutions)
            for _ in range(units - 1):
                x = _shuffled(x, convolutions)
            layers.append(x)
        return layers


def _convolutions(file: Path) -> Iterator[Convolution]:
    graph = onnx.load(file).graph
    values = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Conv":
            told = {field.name: onnx.helper.get_attribute_value(field) for field in node.attribute}
            weight, bias = (
                torch.from_numpy(numpy_helper.to_array(values[name]).copy()) for name in node.input[1:]
            )
            yield Convolution(weight, bias, told["strides"][0], told["group"])


def _halved(x: Tensor, convolutions: Iterator[Convolution]) -> Tensor:
    wide, narrow, enter, across, leave = (next(convolutions) for _ in range(_DOWN))
    kept = narrow(wide(x)).relu_()
    return torch.cat([kept, leave(across(enter(x).relu_())).relu_()], dim=1)


def _shuffled(x: Tensor, convolutions: Iterator[Convolution]) -> Tensor:
    enter, across, leave = (next(convolutions) for _ in range(_UNIT))
    kept, moved = x[:, 0::2], x[:, 1::2]
    return torch.cat([kept, leave(across(enter(moved).relu_())).relu_()], dim=1)
