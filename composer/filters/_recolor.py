"""Recolor: runs a change of OKLab colours over a raster, and keeps what comes out inside sRGB.

Knows bands of rows, alpha that stays, and how a colour outside sRGB comes back: by losing chroma at its
own lightness and hue, never by clipping a channel. Does not know any filter. No extension of its own.
"""

from collections.abc import Callable

import numpy as np

from ..pixels.color import linear_to_oklab, linear_to_srgb, oklab_to_linear, srgb_to_linear
from ..pixels.raster import Array, FloatArray, Raster, quantize

Change = Callable[[FloatArray, slice], FloatArray]
"""(h, W, 3) OKLab of some rows of the raster, and which rows these are, to OKLab."""

_PIXELS = 100_000  # a band this large stays in the second-level cache with its intermediate results
_TOLERANCE = np.float32(2e-4)  # of linear light: what rounding to 16 bits may bring about
_HALVINGS = 10


def recolored(image: Raster, change: Change) -> Raster:
    """`change` on every visible pixel; alpha comes back exactly as it was."""
    if image.is_empty or not image.pixels[..., 3].any():
        return image
    height, width = image.pixels.shape[:2]
    linear, rows = linear_levels(image.depth), max(1, _PIXELS // width)
    result = image.pixels.copy()
    for top in range(0, height, rows):
        band = slice(top, min(top + rows, height))
        lab = linear_to_oklab(linear[image.pixels[band, :, :3]])
        result[band, :, :3] = quantize(linear_to_srgb(kept_inside(change(lab, band))), image.depth)
    return image.with_pixels(result)


def linear_levels(depth: int) -> FloatArray:
    """Linear light of every level of a channel, float32 (2^depth,)."""
    limit = np.float32((1 << depth) - 1)
    return srgb_to_linear(np.arange(1 << depth, dtype=np.float32) / limit)


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
