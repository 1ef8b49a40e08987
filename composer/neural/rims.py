"""Rims: how hues change over some pixels, which differences of neighbouring pixels hardly tell.

A line of a strange hue, four to ten pixels wide, has small differences from pixel to pixel; averaged over
cells of two and of four pixels it stands out. What a style has most of, light as a rule, is let alone: what
counts is what a difference costs above that. Does not know features, nor what W is (`contrast`).
"""

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate

from .loss import Smoothing, smoothness_term
from .tiles import bands

_CELLS = (2, 4)  # pixels


def dear_part(W: Tensor) -> Tensor:
    """W − I: what differences cost above those that a style has most of, which cost their square."""
    return W - torch.eye(W.shape[0], dtype=W.dtype, device=W.device)


def add_rims(gradient: Tensor, x: Tensor, smoothing: Smoothing, weight: float) -> Tensor:
    """`weight` L_rim of (1, C, H, W) pixels; its gradient is added to `gradient`."""
    prices, rims = dear_part(smoothing.W), gradient.new_zeros(())
    for side in _CELLS:
        small = avg_pool2d(x, side)
        T = None if smoothing.T is None else avg_pool2d(smoothing.T, side)
        for band in bands(small):
            rim, rise = smoothness_term(small, band, Smoothing(prices, T))
            rows = gradient[:, :, band.start * side : band.stop * side, : small.shape[3] * side]
            rows.add_(interpolate(rise, scale_factor=side, mode="nearest"), alpha=2 * weight)
            rims += weight * side**2 * rim
    return rims
