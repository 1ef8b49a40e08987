"""Random filters: an encoder without training, for proofs in seconds that show palette and brush grain.

Knows 24 filters, the same on every machine, on a pyramid of the picture: the mean of each colour, and 21
random patterns. They know no shapes: what their means and covariances tell is colour, contrast and direction.
Does not know how features are compared.

Ustyuzhaninov et al. (2017) found that one layer of random filters describes textures well. Here the filters
fade out towards their rim, since square ones paint a plaid; the pyramid is smoothed, since plain averages
paint blocks; and the patterns answer no plain colour, since otherwise brightness, which is larger in every
picture than all the rest, would drown them.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ..digest import digest_of_parts
from .engine import Engine
from .frozen import folded, pulled_back
from .memory import Footprint

Doubles = NDArray[np.float64]

LEVELS = 5
_FILTERS, _SIDE = 24, 5
_SEED = 19
_GAIN = 4.0  # of the patterns: a neighbourhood varies about so much less than pictures do
_CENTRE = 0.5  # mid-grey answers 0, so that light and dark go through different channels


class RandomFilters:
    """Responses of the filters on each level of a pyramid of the picture, rising and falling ones apart.

    Layer k is the CReLU (Shang et al. 2016) of 5 × 5 convolutions of the picture at 1 / 2^k, borders
    repeated: 48 channels, >= 0. Only the pixels receive a gradient; it is deterministic on CPU and CUDA.
    """

    channels: tuple[int, ...] = (2 * _FILTERS,) * LEVELS
    levels: tuple[int, ...] = tuple(range(LEVELS))
    reach: tuple[int, ...] = tuple((_SIDE // 2 + 1) * 2**level - 1 for level in range(LEVELS))

    def __init__(self, device: torch.device | str, dtype: torch.dtype = torch.float32) -> None:
        weight = torch.from_numpy(filters()).to(memory_format=torch.channels_last)
        self._weight = weight.to(device, dtype)
        self._bias = (-_CENTRE * weight.sum((1, 2, 3))).to(device, dtype)
        self._smoothing = _smoothing().to(device, dtype)

    def __call__(self, rgb: Tensor, depth: int = LEVELS) -> list[Tensor]:
        """The first `depth` layers of (N, 3, H, W) sRGB 0…1: (N, 48, H / 2^k, W / 2^k).

        Raises ValueError when there are not so many layers.
        """
        if not 1 <= depth <= LEVELS:
            raise ValueError(f"depth must lie in 1..{LEVELS}, not {depth}")
        pictures = [rgb]
        while len(pictures) < depth:
            pictures.append(_Halved.apply(pictures[-1], self._smoothing))
        return [_Responses.apply(picture, self._weight, self._bias) for picture in pictures]


class _Halved(torch.autograd.Function):
    """Every other pixel of the smoothed picture, borders repeated; sides are rounded down."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, smoothing: Tensor) -> Tensor:
        padded = F.pad(x, (1, 1, 1, 1), mode="replicate")
        ctx.save_for_backward(smoothing)
        ctx.padded = padded.shape
        return F.conv2d(padded, smoothing, stride=2, groups=3)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        (smoothing,) = ctx.saved_tensors
        padded = pulled_back(grads[0], smoothing, ctx.padded, stride=2, groups=3)
        return folded(padded, 1), None


class _Responses(torch.autograd.Function):
    """CReLU of a convolution: half the work of one with the negated filters beside them."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        margin = _SIDE // 2
        padded = F.pad(x, (margin,) * 4, mode="replicate")
        response = F.conv2d(padded, weight, bias)
        ctx.save_for_backward(response, weight)
        ctx.padded = padded.shape
        return torch.cat([response, -response], 1).relu_()

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None]:
        response, weight = ctx.saved_tensors
        rising, falling = grads[0].chunk(2, 1)
        through = torch.where(response > 0, rising, -falling)
        padded = pulled_back(through, weight, ctx.padded)
        return folded(padded, _SIDE // 2), None, None


def _smoothing() -> Tensor:
    """[1 3 3 1] / 8 down and across, for each colour by itself: (3, 1, 4, 4)."""
    line = torch.tensor([1.0, 3.0, 3.0, 1.0], dtype=torch.float64) / 8
    return torch.outer(line, line).expand(3, 1, 4, 4).contiguous()


def filters() -> Doubles:
    """(24, 3, 5, 5) float64: windowed means of R, G and B, then patterns, orthonormal but for their gain.

    From PCG64's raw bits, since numpy promises those for ever and its distributions not (NEP 19); rounded, so
    that the last bits of a machine's linear algebra do not show.
    """
    window = _window().reshape(-1)
    means, sums = np.kron(np.eye(3), window[:, None]), np.kron(np.eye(3), np.ones((_SIDE**2, 1)))
    patterns = _uniform((means.shape[0], _FILTERS - 3)) * np.tile(window, 3)[:, None]
    patterns -= means @ (sums.T @ patterns) / window.sum()
    Q, R = np.linalg.qr(patterns)
    columns = np.concatenate([means / np.linalg.norm(window), _GAIN * Q * np.sign(np.diag(R))], axis=1)
    rounded = np.round(columns * 2**20) / 2**20
    return np.ascontiguousarray(rounded.T).reshape(_FILTERS, 3, _SIDE, _SIDE)


def _window() -> Doubles:
    """Hann's window, round: cos² of the distance, 0 where the next pixel beyond the rim would be."""
    y, x = np.mgrid[:_SIDE, :_SIDE] - _SIDE // 2
    distance = np.minimum(np.hypot(y, x) / (_SIDE // 2 + 1), 1)
    window: Doubles = np.cos(np.pi / 2 * distance) ** 2
    return window


def _uniform(shape: tuple[int, int]) -> Doubles:
    """Values −1…1."""
    bits = np.random.PCG64(_SEED).random_raw(shape[0] * shape[1]) >> np.uint64(11)
    values: Doubles = bits.reshape(shape) / 2.0**52 - 1
    return values


def _digest() -> str:
    return digest_of_parts([filters().tobytes()])


ENGINE = Engine(
    RandomFilters,
    _digest,
    Footprint(per_tile_pixel=950),
    layers=(1.0, 1.0, 1.0, 1.0, 2.0),
    content=1.0,
    content_layer=2,
    neighbours=0.0,
    steps=0.5,
)
