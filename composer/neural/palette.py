"""Palette: whose colours the result has – the style's, the content's, or only the content's chroma.

Knows linear colour transport, the lightness of OKLab and bands of rows: what it does takes ten times the
memory of what it looks at, so it never looks at a whole picture. Does not know networks.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from ..pixels.color import linear_to_srgb, srgb_to_oklab
from ..pixels.gamut import kept_inside
from ..pixels.raster import Array, FloatArray
from ..pixels.transport import bounded, extremes, rolled_off, transport
from .picture import Picture
from .tiles import bands

Moments = tuple[Array, Array]
"""Mean (3) and covariance (3, 3) of colours in OKLab, float64."""
Carry = Callable[[Picture, Moments, Moments], Picture]
_Move = Callable[[FloatArray], FloatArray]
"""OKLab to OKLab, (h, W, 3)."""


def colour_moments(pictures: Sequence[tuple[Picture, float]]) -> Moments:
    """Mean and covariance of OKLab over pictures mixed by their shares."""
    mean, second = np.zeros(3), np.zeros((3, 3))
    for picture, share in pictures:
        total, first, squares = _sums(picture)
        mean += share / max(total, 1e-12) * first
        second += share / max(total, 1e-12) * squares
    return mean, second - np.outer(mean, mean)


def carried(picture: Picture, source: Moments, wanted: Moments) -> Picture:
    """The picture, its colours carried from moments `source` to moments `wanted`, within the gamut."""
    move = _move(source, transport(source[1], wanted[1]), wanted)
    return _repainted(picture, lambda band: _inside(move(_lab(picture, band))))


def recoloured(picture: Picture, source: Moments, wanted: Moments) -> Picture:
    """As `carried`, for colours that are seen: none stretched to shreds, no lights and darks cut off.

    Pixels without weight have no say in where lights and darks lie.
    """
    move = _move(source, bounded(transport(source[1], wanted[1])), wanted)
    lights = [move(lab)[..., 0][weight > 0] for lab, weight in _parts(picture)]
    ends = extremes(np.concatenate(lights))

    def rows(band: slice) -> FloatArray:
        lab = move(_lab(picture, band))
        lab[..., 0] = rolled_off(lab[..., 0], *ends)
        return _inside(lab)

    return _repainted(picture, rows)


def lightness(picture: Picture) -> Picture:
    """The picture as one channel: the sRGB grey of equal OKLab lightness."""
    return _repainted(picture, lambda band: _grey(_lab(picture, band)[..., :1]), channels=1)


def with_chroma(grey: Picture, colour: Picture) -> Picture:
    """The lightness of a one-channel picture with the chroma of another, as far as sRGB can show it."""

    def rows(band: slice) -> FloatArray:
        L = srgb_to_oklab(np.repeat(_array(grey.rgb[:, :, band]), 3, axis=2))[..., :1]
        return _inside(np.concatenate([L, _lab(colour, band)[..., 1:]], axis=2))

    return _repainted(colour, rows)


def _repainted(picture: Picture, rows: Callable[[slice], FloatArray], channels: int = 3) -> Picture:
    """The picture of `rows` (h, W, channels), sRGB 0…1, asked for band by band."""
    rgb = picture.rgb.new_empty(1, channels, *picture.rgb.shape[2:])
    for band in bands(picture.rgb):
        rgb[:, :, band] = torch.from_numpy(rows(band)).permute(2, 0, 1)
    return picture.with_rgb(rgb)


def _move(source: Moments, matrix: Array, wanted: Moments) -> _Move:
    return lambda lab: ((lab - source[0]) @ matrix.T + wanted[0]).astype(np.float32)


def _sums(picture: Picture) -> tuple[float, Array, Array]:
    """Σ w, Σ w x (3) and Σ w x xᵀ (3, 3) of the OKLab colours, float64."""
    total, first, squares = 0.0, np.zeros(3), np.zeros((3, 3))
    for lab, weight in _parts(picture):
        x, w = lab.reshape(-1, 3).astype(np.float64), weight.reshape(-1).astype(np.float64)
        total += float(w.sum())
        first += w @ x
        squares += x.T @ (x * w[:, None])
    return total, first, squares


def _parts(picture: Picture) -> Iterator[tuple[FloatArray, FloatArray]]:
    """OKLab (h, W, 3) and weight (h, W), band by band."""
    return ((_lab(picture, band), _array(picture.weight[:, :, band])[..., 0]) for band in bands(picture.rgb))


def _lab(picture: Picture, band: slice) -> FloatArray:
    return srgb_to_oklab(_array(picture.rgb[:, :, band]))


def _inside(lab: FloatArray) -> FloatArray:
    return linear_to_srgb(kept_inside(lab))


def _grey(L: FloatArray) -> FloatArray:
    return np.clip(linear_to_srgb(np.clip(L, 0, 1) ** 3), 0, 1)


def _array(planes: Tensor) -> FloatArray:
    array: FloatArray = planes[0].permute(1, 2, 0).contiguous().numpy()
    return array
