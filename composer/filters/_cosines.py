"""Cosines: takes noise of a known spectrum off a picture, in sliding 8 × 8 cosine transforms.

After Yu and Sapiro, "DCT Image Denoising" (2011), with a second pass that shrinks each coefficient as Wiener
would if the first pass were the truth (as in Dabov et al., BM3D, 2007). Departures: blocks do not
lie at every pixel, and noise may have a spectrum of its own: that of an enlargement or a JPEG is not white.
Knows one channel, float32. Does not know grain, colours or alpha. No extension of its own.
"""

from collections.abc import Callable

import cv2
import numpy as np
from scipy.fft import dct

from ..pixels.gaussian import float32
from ..pixels.raster import Array, FloatArray

SIDE = 8
_COARSE = [(y, x) for y in range(0, SIDE, 4) for x in range(0, SIDE, 4)]
_FINE = [(y, x) for y in range(0, SIDE, 2) for x in range(y % 4, SIDE, 4)]
_ROWS = 128  # of a band; a multiple of SIDE, so that blocks lie alike in every band
_CALMEST = 0.3
_ENOUGH = 200  # blocks
_BATCH = 64
_HARD = 2.7  # deviations below which a coefficient goes in the first pass
_BASIS = np.kron(*(dct(np.eye(SIDE), axis=0, norm="ortho"),) * 2).astype(np.float32)  # (64 frequencies, 64)

Places = list[tuple[int, int]]
"""Where the first block begins, (y, x), in each of the tilings whose results are averaged."""
Shrink = Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]
"""(n, 64) coefficients of the picture and of a guide: what is left of the first, and each block's weight."""


def spectrum(blocks: FloatArray) -> FloatArray:
    """(64,) deviations of the cosines in (n, 8, 8) blocks of noise and little else; mean square 1.

    The slowest cosines carry skies besides noise: they count as no stronger than the next ones. Too few
    blocks say nothing: noise is white then.
    """
    if len(blocks) < _ENOUGH:
        return np.ones(SIDE * SIDE, np.float32)
    coefficients = np.abs(_times(blocks.reshape(len(blocks), -1), _BASIS.T))
    slow = np.add.outer(np.arange(SIDE), np.arange(SIDE)).ravel()
    calm = np.argsort(coefficients[:, (slow > 0) & (slow < 4)].sum(axis=1), kind="stable")
    # The mean, not the median: out of a JPEG most cosines are 0 and a few are large.
    deviations = coefficients[calm[: int(len(calm) * _CALMEST)]].mean(axis=0)
    deviations[slow < 3] = np.minimum(deviations[slow < 3], deviations[slow == 3].mean())
    level = np.sqrt((deviations**2).mean())
    scaled: FloatArray = deviations / level if level > 0 else np.ones_like(deviations)
    return scaled


def denoised(channel: FloatArray, deviations: FloatArray, finely: bool = True) -> FloatArray:
    """(H, W) without noise whose cosines have these deviations, (64,).

    `finely`: blocks lie in a quincunx four pixels wide, which is 0.6 dB better than a square one at twice
    the time, and 0.1 dB worse than blocks every two pixels at half.
    """
    places = _FINE if finely else _COARSE

    def hard(picture: FloatArray, _: FloatArray) -> tuple[FloatArray, FloatArray]:
        kept = np.abs(picture) > _HARD * deviations
        kept[:, 0] = True
        return picture * kept, 1 / kept.sum(axis=1, dtype=np.float32)

    def wiener(picture: FloatArray, guide: FloatArray) -> tuple[FloatArray, FloatArray]:
        power = guide * guide
        share = power / (power + deviations**2)
        share[:, 0] = 1
        return picture * share, 1 / np.einsum("ij,ij->i", share, share)

    first = _slid(channel, channel, hard, places)
    return _slid(channel, first, wiener, places)


def _slid(channel: FloatArray, guide: FloatArray, shrink: Shrink, places: Places) -> FloatArray:
    """Every block shrunk, and the overlapping results averaged by their weights."""
    height, width = channel.shape
    border = (SIDE, SIDE + -height % SIDE, SIDE, SIDE + -width % SIDE)
    picture, pilot = (
        float32(cv2.copyMakeBorder(each, *border, cv2.BORDER_REFLECT)) for each in (channel, guide)
    )
    result = np.empty_like(channel)
    for top in range(0, height, _ROWS):
        rows = min(_ROWS, picture.shape[0] - 2 * SIDE - top)
        band = slice(top, top + rows + 2 * SIDE)
        averaged = _averaged(picture[band], pilot[band], shrink, places)
        left = min(rows, height - top)
        result[top : top + left] = averaged[SIDE : SIDE + left, SIDE : SIDE + width]
    return result


def _averaged(band: FloatArray, guide: FloatArray, shrink: Shrink, places: Places) -> FloatArray:
    total, weights = np.zeros_like(band), np.zeros_like(band)
    for y, x in places:
        part = np.s_[y : len(band) - (-y % SIDE), x : band.shape[1] - (-x % SIDE)]
        shape = total[part].shape
        kept, weight = shrink(_times(_blocks(band[part]), _BASIS.T), _times(_blocks(guide[part]), _BASIS.T))
        total[part] += _joined(_times(kept * weight[:, None], _BASIS), shape)
        weights[part] += weight.reshape(shape[0] // SIDE, -1).repeat(SIDE, 0).repeat(SIDE, 1)
    return total / weights


def _times(blocks: FloatArray, matrix: FloatArray) -> FloatArray:
    """(n, 64) @ (64, 64), in products too small for BLAS to share out among threads.

    Threads that wait for each other cost ten times the work when something else runs; and the result does
    not depend on how many there are.
    """
    count = len(blocks)
    filled = np.zeros((-(-count // _BATCH) * _BATCH, blocks.shape[1]), np.float32)
    filled[:count] = blocks
    product: FloatArray = np.matmul(filled.reshape(-1, _BATCH, blocks.shape[1]), matrix)
    return product.reshape(filled.shape)[:count]


def _blocks(values: Array) -> FloatArray:
    """(H, W) to (blocks, 64)."""
    height, width = values.shape
    grid = values.reshape(height // SIDE, SIDE, width // SIDE, SIDE)
    return grid.swapaxes(1, 2).reshape(-1, SIDE * SIDE)


def _joined(blocks: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """The inverse of `_blocks`."""
    grid = blocks.reshape(shape[0] // SIDE, shape[1] // SIDE, SIDE, SIDE)
    return grid.swapaxes(1, 2).reshape(shape)
