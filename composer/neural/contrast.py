"""Contrast: how colours differ from pixel to pixel in a style, and how dear each difference is in a painting.

Networks hardly answer to the hue of single pixels: their gradients strew hues, and no layer sees enough of
them to take them back, so strokes get the rims of soap bubbles. What a style itself has of such differences,
each colour's apart, says what is to be expected. Does not know features, scales or losses.
"""

import torch
from torch import Tensor

from .picture import Picture
from .tiles import bands

_NONE = 1e-12  # variance below which a picture is of one colour


def differences(picture: Picture) -> Tensor:
    """G = mean d dᵀ (C, C), float64, of the differences d of neighbouring pixels, as far as both count."""
    channels = picture.rgb.shape[1]
    G, mass = torch.zeros(channels, channels, dtype=torch.float64), 0.0
    for band in bands(picture.rgb):
        below = slice(band.start, band.stop + 1)
        across = _sums(picture.rgb[:, :, band], picture.weight[:, :, band], 3)
        down = _sums(picture.rgb[:, :, below], picture.weight[:, :, below], 2)
        for squares, weight in (across, down):
            G, mass = G + squares, mass + weight
    return G / max(mass, _NONE)


def prices(G: Tensor, chroma: float) -> Tensor:
    """W = λ (1 + χ) (χ G + λ)⁻¹ (C, C), λ being the largest eigenvalue of G and χ `chroma`.

    dᵀ W d is what a difference d costs: its square where the style has most, up to 1 + χ times its square
    where the style has none. With G it would be Mahalanobis's distance, but for χ.
    """
    values, vectors = torch.linalg.eigh(G)
    most = values[-1].clamp_min(_NONE)
    each = most * (1 + chroma) / (chroma * values.clamp_min(0) + most)
    W: Tensor = (vectors * each) @ vectors.T
    return W


def _sums(x: Tensor, T: Tensor, axis: int) -> tuple[Tensor, float]:
    """Σ T d dᵀ and Σ T of (1, C, H, W) along an axis, T being the product of both pixels' weights."""
    length = x.shape[axis] - 1
    d = x.diff(dim=axis)[0].flatten(1).double()
    weight = (T.narrow(axis, 0, length) * T.narrow(axis, 1, length)).flatten().double()
    return (d * weight) @ d.T, float(weight.sum())
