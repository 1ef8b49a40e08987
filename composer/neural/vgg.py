"""VGG-19 as a style engine reads it: relu1_1 … relu5_1, and relu4_2 for the content.

Knows the topology, the names of torchvision's file, and how to load from it what is needed. Widths are the
file's own. Does not know where the file lies or who published it (`weights`), nor how features are compared.

Departures from Simonyan and Zisserman (2015): borders are repeated, not zero, since zeros paint a frame;
and 2 × 2 means take the place of maxima, which leave a worm-like grain. A mean of rectified values is smaller
than their maximum, and the biases behind it expect the maximum: each mean is doubled, as by
crowsonkb/style-transfer-pytorch, which keeps the scale of the activations.
"""

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from .. import weights
from ..errors import InputError
from .engine import Engine
from .frozen import convolve, halved
from .memory import Footprint

LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1", "relu4_2")

# The index in torchvision's `features` of each convolution up to the deepest layer, by block. What comes
# after, the classifier included, is never read.
_BLOCKS = ((0, 2), (5, 7), (10, 12, 14, 16), (19, 21, 23, 25), (28,))
_INDEX = {f"relu{k}_{i}": index for k, block in enumerate(_BLOCKS, 1) for i, index in enumerate(block, 1)}
_LEVEL = {name: int(name[4]) - 1 for name in _INDEX}
_REACH = dict(zip(_INDEX, accumulate(2 ** _LEVEL[name] for name in _INDEX), strict=True))
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's pixels, as in training


class Vgg19:
    """The layers named in LAYERS, in that order: relu4_2, which lies beside relu4_1, comes last.

    Frozen: only the pixels receive a gradient, and it is deterministic on CPU and CUDA.
    """

    levels: tuple[int, ...] = tuple(_LEVEL[name] for name in LAYERS)
    reach: tuple[int, ...] = tuple(_REACH[name] for name in LAYERS)

    def __init__(self, convolutions: Sequence[tuple[Tensor, Tensor]]) -> None:
        """From the weight (D, C, 3, 3) and bias (D) of each convolution up to relu5_1; RGB comes in."""
        self._convolutions = dict(zip(_INDEX, convolutions, strict=True))
        self.channels: tuple[int, ...] = tuple(len(self._convolutions[name][1]) for name in LAYERS)

    def __call__(self, rgb: Tensor, depth: int = len(LAYERS)) -> list[Tensor]:
        """The first `depth` layers of `rgb`, computing nothing deeper.

        rgb: (N, 3, H, W), floating, 0…1, sRGB-encoded, no alpha. Returns (N, channels[k], H / 2^levels[k],
        W / 2^levels[k]), all >= 0. Raises ValueError when there are not so many layers.
        """
        if not 1 <= depth <= len(LAYERS):
            raise ValueError(f"depth must lie in 1..{len(LAYERS)}, not {depth}")
        wanted, x, level = LAYERS[:depth], rgb, 0
        taken: dict[str, Tensor] = {}
        for name, (weight, bias) in self._convolutions.items():
            if _LEVEL[name] > level:
                level, x = _LEVEL[name], halved(x, divisor=2)
            x = convolve(x, weight, bias)
            if name in wanted:
                taken[name] = x
            if len(taken) == depth:
                break
        return [taken[name] for name in wanted]


def load_vgg19(path: Path, device: torch.device | str, dtype: torch.dtype = torch.float32) -> Vgg19:
    """The network of a safetensors file with torchvision's names, on `device`, channels last.

    Of the file only the convolutions up to relu5_1 are read. Raises InputError when it is not such a file.
    """
    (weight, bias), *rest = _read(path)
    return Vgg19(
        [
            (W.to(device, dtype, memory_format=torch.channels_last), b.to(device, dtype))
            for W, b in (_after_normalisation(weight, bias), *rest)
        ]
    )


def _read(path: Path) -> list[tuple[Tensor, Tensor]]:
    convolutions: list[tuple[Tensor, Tensor]] = []
    inputs = 3
    try:
        with safe_open(path, "pt") as file:
            for index in _INDEX.values():
                weight, bias = (file.get_tensor(f"features.{index}.{part}") for part in ("weight", "bias"))
                if weight.shape != (len(bias), inputs, 3, 3):
                    raise _not_vgg19(path, f"features.{index} is {tuple(weight.shape)}")
                convolutions.append((weight, bias))
                inputs = len(bias)
    except (SafetensorError, OSError) as error:
        raise _not_vgg19(path, str(error)) from error
    return convolutions


def _not_vgg19(path: Path, reason: str) -> InputError:
    return InputError(
        f"{path} does not hold VGG-19: {reason}",
        "check it with `composer models verify vgg19`, bring it again with `composer models fetch vgg19`",
    )


def _after_normalisation(weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """The convolution equal to (x − mean) / deviation, then (weight, bias); exact as borders are repeated."""
    mean, deviation = (torch.tensor(v, dtype=torch.float64) for v in (_MEAN, _DEVIATION))
    scaled = weight.double() / deviation[:, None, None]
    return scaled, bias.double() - torch.einsum("oiyx,i->o", scaled, mean)


def _load(device: torch.device, dtype: torch.dtype) -> Vgg19:
    return load_vgg19(weights.locate("vgg19"), device, dtype)


def _digest() -> str:
    return weights.digest("vgg19")


ENGINE = Engine(_load, _digest, Footprint(per_tile_pixel=3700), content_layer=LAYERS.index("relu4_2"))
