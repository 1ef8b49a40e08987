"""Random filters: an encoder without training, for drafts that show palette and brush grain only.

Knows 32 orthonormal filters, the same on every machine, on a pyramid of the picture. They see no shapes: what
their means and covariances tell is colour, contrast and direction. Does not know how features are compared.
"""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .frozen import convolve

LEVELS = 4
_FILTERS, _SIDE = 32, 7
_SEED = 19
_CENTRE = 0.5  # mid-grey answers 0, so that light and dark go through different channels


class RandomFilters:
    """Responses of 32 filters on each level of the average-pooled picture, rising and falling ones apart.

    Layer k is CReLU (Shang et al. 2016) of 7 × 7 convolutions of the picture at 1 / 2^k: 64 channels, >= 0.
    """

    channels: tuple[int, ...] = (2 * _FILTERS,) * LEVELS
    levels: tuple[int, ...] = tuple(range(LEVELS))
    reach: tuple[int, ...] = tuple(_SIDE // 2 * 2**level for level in range(LEVELS))

    def __init__(self, device: torch.device | str, dtype: torch.dtype = torch.float32) -> None:
        W = torch.from_numpy(orthonormal_filters())
        both = torch.cat([W, -W]).to(memory_format=torch.channels_last)
        self._weight = both.to(device, dtype)
        self._bias = (-_CENTRE * both.sum((1, 2, 3))).to(device, dtype)

    def __call__(self, rgb: Tensor, depth: int = LEVELS) -> list[Tensor]:
        """The first `depth` layers of (N, 3, H, W) sRGB 0…1: (N, 64, H / 2^k, W / 2^k).

        Raises ValueError when there are not so many layers.
        """
        if not 1 <= depth <= LEVELS:
            raise ValueError(f"depth must lie in 1..{LEVELS}, not {depth}")
        pictures = [rgb]
        while len(pictures) < depth:
            pictures.append(F.avg_pool2d(pictures[-1], 2))
        return [convolve(picture, self._weight, self._bias) for picture in pictures]


def orthonormal_filters() -> np.ndarray:
    """(32, 3, 7, 7) float64 filters with inner products 0 and 1, to within 1e-6.

    From PCG64's raw bits, since numpy promises those for ever (NEP 19) and its distributions not; rounded, so
    that the last bits of a machine's linear algebra do not show.
    """
    values = 3 * _SIDE**2
    bits = np.random.PCG64(_SEED).random_raw(_FILTERS * values) >> np.uint64(11)
    uniform = bits.reshape(values, _FILTERS) / 2.0**52 - 1
    Q, R = np.linalg.qr(uniform)
    rounded = np.round(Q * np.sign(np.diag(R)) * 2**20) / 2**20
    return np.ascontiguousarray(rounded.T).reshape(_FILTERS, 3, _SIDE, _SIDE)
