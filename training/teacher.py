"""The teachers: networks whose relu1_1...relu5_1 the encoder learns to predict.

Knows two weight files: the 16x-distilled VGG-19 of Collaborative-Distillation (safetensors) and torchvision's
VGG-19 (pth). Does not know the student.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F

DEPTHS = (2, 2, 4, 4, 1)  # convolutions of VGG-19 up to relu5_1, by block


@dataclass(frozen=True, eq=False, slots=True)
class Teacher:
    """VGG-19's layout, read with replicate padding and average pooling, as the student is.

    A network trained with maximum pooling expects more than an average gives; `gain` multiplies each average
    to make up for it.
    """

    convolutions: tuple[tuple[Tensor, Tensor], ...]  # weight, bias
    gain: float
    name: str

    def __call__(self, rgb: Tensor) -> list[Tensor]:
        """The five relu*_1 layers of (N, 3, H, W) sRGB-encoded pixels in 0..1."""
        features, x, layer = [], rgb, iter(self.convolutions)
        for block, depth in enumerate(DEPTHS):
            x = F.avg_pool2d(x, 2) * self.gain if block else x
            for index in range(depth):
                weight, bias = next(layer)
                x = F.relu(F.conv2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), weight, bias))
                if index == 0:
                    features.append(x)
        return features


def load_teacher(path: Path, gain: float) -> Teacher:
    """Reads either weight file; raises KeyError when `path` holds neither layout."""
    convolutions = _distilled(load_file(path)) if path.suffix == ".safetensors" else _torchvision(path)
    laid_out = tuple((w.contiguous(memory_format=torch.channels_last), b) for w, b in convolutions)
    return Teacher(laid_out, gain, path.stem)


def _distilled(tensors: dict[str, Tensor]) -> list[tuple[Tensor, Tensor]]:
    names = [f"conv{block}{i}" for block, depth in enumerate(DEPTHS, 1) for i in range(1, depth + 1)]
    layers = [(tensors[f"{name}.weight"], tensors[f"{name}.bias"]) for name in names]
    colour, offset = tensors["conv0.weight"][:, :, 0, 0], tensors["conv0.bias"]
    return [_after_colour_map(*layers[0], colour, offset), *layers[1:]]


def _torchvision(path: Path) -> list[tuple[Tensor, Tensor]]:
    tensors = torch.load(path, map_location="cpu", weights_only=True)
    indices = [0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28]
    layers = [(tensors[f"features.{i}.weight"], tensors[f"features.{i}.bias"]) for i in indices]
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    return [_after_colour_map(*layers[0], torch.diag(1 / deviation), -mean / deviation), *layers[1:]]


def _after_colour_map(weight: Tensor, bias: Tensor, colour: Tensor, offset: Tensor) -> tuple[Tensor, Tensor]:
    """The convolution equal to colour @ x + offset, then (weight, bias); exact with replicate padding."""
    return torch.einsum("oiyx,ij->ojyx", weight, colour), bias + torch.einsum("oiyx,i->o", weight, offset)
