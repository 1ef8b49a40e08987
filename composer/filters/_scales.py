"""Scales: takes grain off coarse before fine, and says what part of it is to go.

After Pierazzo, Morel and Facciolo, "Multi-Scale DCT Denoising" (2017): a block of eight pixels cannot tell
the mean of its grain from the picture, a block at a quarter of the size can. Knows one channel, float32.
Does not know colours, alpha or where grain shows. No extension of its own.
"""

import math

import cv2
import numpy as np

from ..pixels.gaussian import float32
from ..pixels.raster import Array, FloatArray
from ._cosines import SIDE, denoised

_SCALES = (8, 4)
_SCALES_OF_COARSE = (8, 4, 2)
_COARSE = 1.4  # slowest cosine by the mean: 1 of white grain, below 1.4 of white grain over texture
_SLOW = 1.0  # deviation, in pixels of its scale, of what blurs a change that a finer scale makes better
_CALMEST = 0.3
_LITTLE = 1e-9  # variance below which nothing was removed
_STEEPEST = 0.5  # a blur of one pixel, as exp(-ω² / 2)
_AROUND = 25  # pixels over which the strength of what was removed is read
_STRONGER = 1.1  # than the grain is, at most: more than that is of the picture
_REST = 0.1  # of the grain: what no scale takes off, and has nothing in common with what goes
_MISSED = 1.3  # the denoised grain by what was removed of it, at most

_K = np.arange(SIDE)
_SQUARES = np.add.outer((np.pi * _K / SIDE) ** 2, (np.pi * _K / SIDE) ** 2).ravel()  # ω² of each cosine
_ORDERS = np.add.outer(_K, _K).ravel()
_KNOWN = (_ORDERS >= 3) & (_ORDERS <= 6)


def extended(spectrum: FloatArray) -> FloatArray:
    """(64,) with the slowest cosines, where skies hide the grain, read off the next as a Gaussian has it.

    The mean square stays 1. White grain stays white.
    """
    logs = np.log(np.maximum(spectrum, 1e-3))
    slope, level = np.polyfit(_SQUARES[_KNOWN], logs[_KNOWN], 1)
    middle = _SQUARES[_KNOWN].mean()
    line = level + slope * middle + np.clip(slope, -_STEEPEST, 0) * (_SQUARES - middle)
    whole = np.where(_ORDERS < 3, np.exp(line), spectrum)
    return float32(whole / np.sqrt((whole**2).mean()))


def denoised_at_scales(channel: FloatArray, deviations: FloatArray, finely: bool) -> FloatArray:
    """(H, W) without noise whose cosines have these deviations, (64,): first at an eighth of the size.

    Of white grain a coarse scale takes the slowest only: what the next can tell from edges, it tells better.
    """
    coarse = bool(deviations[0] > _COARSE * deviations.mean())
    for scale in _SCALES_OF_COARSE if coarse else _SCALES:
        if min(channel.shape) >= scale * SIDE:
            channel = channel + _change(channel, _at(deviations, scale), scale, coarse)
    return denoised(channel, deviations, finely)


def _change(channel: FloatArray, deviations: FloatArray, scale: int, coarse: bool) -> FloatArray:
    height, width = channel.shape
    size = (-(-width // scale), -(-height // scale))
    small = float32(cv2.resize(channel, size, interpolation=cv2.INTER_AREA))
    change = denoised(small, deviations, finely=False) - small
    if not coarse:
        change = float32(cv2.GaussianBlur(change, (0, 0), _SLOW))
    return float32(cv2.resize(change, (width, height), interpolation=cv2.INTER_CUBIC))


def _at(deviations: FloatArray, scale: int) -> FloatArray:
    """(64,) of the same noise at a part of the size: its slow cosines, drawn out."""
    grid = deviations.reshape(SIDE, SIDE)
    places = (_K / scale).astype(np.float32)
    x, y = np.meshgrid(places, places)
    return float32(cv2.remap(grid, x, y, cv2.INTER_LINEAR)).ravel() / np.float32(scale)


def without_texture(removed: FloatArray, deviation: float) -> FloatArray:
    """(H, W): what was removed, less of it where it is stronger than grain of this deviation can be.

    There it is grain and texture; the share σ² / v of it, v its variance, is nearest to the grain.
    """
    variance = cv2.blur(removed * removed, (_AROUND, _AROUND), borderType=cv2.BORDER_REFLECT)
    most = np.float32((_STRONGER * deviation) ** 2)
    np.maximum(variance, max(most, np.float32(_LITTLE)), out=variance)
    return float32(removed * (most / variance))


def share_to_remove(channel: FloatArray, removed: FloatArray, usable: Array, wanted: float) -> float | None:
    """Which share of `removed` leaves grain of the deviation `wanted`; None where no calm place shows it.

    What was not removed of the grain goes with what was: their covariance is that of the picture with what
    was removed, on calm places, where the picture has nothing else. usable: (H, W) bool.
    """
    whole = _blocks(usable).all(axis=1)
    if not whole.any():
        return None
    picture, gone = _blocks(channel)[whole], _blocks(removed)[whole]
    calm = np.argsort((picture - gone).var(axis=1), kind="stable")[: math.ceil(len(gone) * _CALMEST)]
    picture, gone = picture[calm], gone[calm]
    power = float((gone**2).mean())
    if power < _LITTLE:
        return None
    own = gone - gone.mean(axis=1, keepdims=True)
    ratio = (picture * own).mean() / max(float((own**2).mean()), _LITTLE)
    grain = float(np.clip(ratio, 1, _MISSED)) * power**0.5
    stays = max(wanted**2 - (_REST * grain) ** 2, 0.0) ** 0.5
    return float(np.clip((grain - stays) / power**0.5, 0, 1))


def _blocks(values: Array) -> Array:
    """(blocks, 256): whole blocks of 16 pixels."""
    side = 2 * SIDE
    height, width = (length // side * side for length in values.shape)
    grid = values[:height, :width].reshape(height // side, side, width // side, side)
    return grid.swapaxes(1, 2).reshape(-1, side * side)
