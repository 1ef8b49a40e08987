"""Convolution: the few layers that the shipped networks are made of, for one picture, in numpy.

Knows (H, W, C) float32. Does not know what a network looks for; torch is slow to load, and a mask does
without. No extension of its own.
"""

from typing import Literal

import numpy as np

from ..pixels.raster import Array, FloatArray

Beyond = Literal["edge", "constant"]  # the outermost pixels repeated, or 0


def convolved(
    values: FloatArray, kernel: FloatArray, bias: FloatArray, beyond: Beyond = "edge", dilation: int = 1
) -> FloatArray:
    """(H, W, C) by an (O, C, k, k) kernel to (H, W, O)."""
    outputs, inputs, size, _ = kernel.shape
    height, width = values.shape[:2]
    reach = dilation * (size // 2)
    padded = np.pad(values, ((reach, reach), (reach, reach), (0, 0)), mode=beyond)
    steps = range(0, 2 * reach + 1, dilation) if size > 1 else (0,)
    seen = np.concatenate([padded[y : y + height, x : x + width] for y in steps for x in steps], axis=2)
    weights = kernel.transpose(2, 3, 1, 0).reshape(size * size * inputs, outputs)
    found: FloatArray = seen.reshape(height * width, -1) @ np.ascontiguousarray(weights) + bias
    return found.reshape(height, width, outputs)


def rectified(values: FloatArray) -> FloatArray:
    """What is above 0."""
    above: FloatArray = np.maximum(values, np.float32(0))
    return above


def halved(values: FloatArray) -> FloatArray:
    """Means of 2 × 2; a last odd line is left out."""
    height, width, channels = values.shape
    even = values[: height // 2 * 2, : width // 2 * 2]
    blocks = even.reshape(height // 2, 2, width // 2, 2, channels)
    means: FloatArray = blocks.mean(axis=(1, 3), dtype=np.float32)
    return means


def doubled(values: FloatArray) -> FloatArray:
    """Twice as large, linear between the middles of pixels."""
    return _doubled_rows(_doubled_rows(values).transpose(1, 0, 2)).transpose(1, 0, 2)


def _doubled_rows(values: FloatArray) -> FloatArray:
    padded = np.concatenate((values[:1], values, values[-1:]))
    near, before, after = np.float32(0.75) * values, padded[:-2], padded[2:]
    pair: Array = np.stack((near + np.float32(0.25) * before, near + np.float32(0.25) * after), axis=1)
    return pair.reshape(2 * len(values), *values.shape[1:])
