"""Palette: whose colours the result has – the style's, the content's, or only the content's chroma.

Knows linear colour transport, the lightness of OKLab and the gamut of sRGB. Does not know networks.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from ..pixels.color import linear_to_srgb, oklab_to_srgb, srgb_to_oklab
from ..pixels.raster import Array, FloatArray
from ..pixels.transport import bounded, extremes, rolled_off, transport
from .picture import Picture

Moments = tuple[Array, Array]
"""Mean (3) and covariance (3, 3) of colours in OKLab, float64."""
Carry = Callable[[Picture, Moments, Moments], Picture]


def colour_moments(pictures: Sequence[tuple[Picture, float]]) -> Moments:
    """Mean and covariance of OKLab over pictures mixed by their shares."""
    mean, second = np.zeros(3), np.zeros((3, 3))
    for picture, share in pictures:
        lab = _lab(picture).reshape(-1, 3).astype(np.float64)
        weight = picture.weight.reshape(-1).numpy().astype(np.float64)
        weight *= share / max(weight.sum(), 1e-12)
        mean += weight @ lab
        second += lab.T @ (lab * weight[:, None])
    return mean, second - np.outer(mean, mean)


def carried(picture: Picture, source: Moments, wanted: Moments) -> Picture:
    """The picture, its colours carried from moments `source` to moments `wanted`, within the gamut."""
    matrix = transport(source[1], wanted[1])
    lab = (_lab(picture) - source[0]) @ matrix.T + wanted[0]
    return picture.with_rgb(_tensor(in_gamut(lab.astype(np.float32))))


def recoloured(picture: Picture, source: Moments, wanted: Moments) -> Picture:
    """As `carried`, for colours that are seen: none stretched to shreds, no lights and darks cut off.

    Pixels without weight have no say in where lights and darks lie.
    """
    matrix = bounded(transport(source[1], wanted[1]))
    lab = ((_lab(picture) - source[0]) @ matrix.T + wanted[0]).astype(np.float32)
    seen = picture.weight[0, 0].numpy() > 0
    lab[..., 0] = rolled_off(lab[..., 0], *extremes(lab[seen, 0]))
    return picture.with_rgb(_tensor(in_gamut(lab)))


def lightness(picture: Picture) -> Picture:
    """The picture as one channel: the sRGB grey of equal OKLab lightness."""
    return picture.with_rgb(_tensor(_grey(_lab(picture)[..., :1])))


def with_chroma(grey: Picture, colour: Picture) -> Picture:
    """The lightness of a one-channel picture with the chroma of another, as far as sRGB can show it."""
    L = srgb_to_oklab(np.repeat(_array(grey.rgb), 3, axis=2))[..., :1]
    return colour.with_rgb(_tensor(in_gamut(np.concatenate([L, _lab(colour)[..., 1:]], axis=2))))


def in_gamut(lab: FloatArray, halvings: int = 7) -> FloatArray:
    """(H, W, 3) OKLab as sRGB 0…1: lightness and hue kept, chroma reduced just far enough (by bisection)."""
    L = np.clip(lab[..., :1], 0, 1)
    rgb = oklab_to_srgb(np.concatenate([L, lab[..., 1:]], axis=2))
    outside = ((rgb < -1e-3) | (rgb > 1 + 1e-3)).any(axis=2)
    L, ab = L[outside], lab[outside][:, 1:]
    low, high = np.zeros((len(L), 1), np.float32), np.ones((len(L), 1), np.float32)
    for _ in range(halvings):
        middle = (low + high) / 2
        tried = oklab_to_srgb(np.concatenate([L, ab * middle], axis=1))
        fits = ((tried >= -1e-3) & (tried <= 1 + 1e-3)).all(axis=1, keepdims=True)
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    rgb[outside] = oklab_to_srgb(np.concatenate([L, ab * low], axis=1))
    clipped: FloatArray = np.clip(rgb, 0, 1)
    return clipped


def _grey(L: FloatArray) -> FloatArray:
    return np.clip(linear_to_srgb(np.clip(L, 0, 1) ** 3), 0, 1)


def _lab(picture: Picture) -> FloatArray:
    return srgb_to_oklab(_array(picture.rgb))


def _array(rgb: Tensor) -> FloatArray:
    array: FloatArray = rgb[0].permute(1, 2, 0).contiguous().numpy()
    return array


def _tensor(array: FloatArray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array.transpose(2, 0, 1)))[None]
