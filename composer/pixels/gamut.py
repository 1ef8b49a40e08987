"""Gamut: a colour outside sRGB comes back by losing chroma at its own lightness and hue, not by clipping.

Knows arrays of OKLab. Does not know pictures.
"""

import numpy as np

from .color import oklab_to_linear
from .raster import Array, FloatArray

_TOLERANCE = np.float32(2e-5)  # of linear light: what rounding to 16 bits may bring about
_HALVINGS = 10


def kept_inside(lab: FloatArray) -> FloatArray:
    """(…, 3) OKLab to linear light 0…1: lightness clamped, then as much of the chroma as sRGB holds."""
    lab = np.concatenate((np.clip(lab[..., :1], 0, 1), lab[..., 1:]), axis=-1)
    rgb = oklab_to_linear(lab)
    outside = ((rgb < -_TOLERANCE) | (rgb > 1 + _TOLERANCE)).any(axis=-1)
    if outside.any():
        rgb[outside] = _desaturated(lab[outside])
    return np.clip(rgb, 0, 1)


def _desaturated(lab: FloatArray) -> FloatArray:
    """(n, 3): the chroma at which the way to grey enters sRGB, by bisection."""
    inside, beyond = np.zeros((len(lab), 1), np.float32), np.ones((len(lab), 1), np.float32)
    for _ in range(_HALVINGS):
        middle = (inside + beyond) / 2
        rgb = oklab_to_linear(_with_chroma(lab, middle))
        fits = ((rgb >= -_TOLERANCE) & (rgb <= 1 + _TOLERANCE)).all(axis=1, keepdims=True)
        inside, beyond = np.where(fits, middle, inside), np.where(fits, beyond, middle)
    return oklab_to_linear(_with_chroma(lab, inside))


def _with_chroma(lab: FloatArray, share: Array) -> FloatArray:
    return np.concatenate((lab[:, :1], lab[:, 1:] * share), axis=1)
