"""Matting: the coverage of each unknown pixel, from the known ones and the colours about it.

Knows a picture, a mask and which of its pixels are not known. After Levin, Lischinski and Weiss, "A Closed
Form Solution to Natural Image Matting" (2006), with the equations of the unknown pixels alone: the cost
grows with them and not with the picture. A band along an edge is thin, so they are solved directly,
which gives the same α every time. Does not know how the band was found.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.sparse import csc_matrix, csr_matrix
from scipy.sparse.linalg import splu

from .raster import Array, FloatArray

_EPSILON = 1e-6  # below it the colours of a window count as one; noise of 8 bits lies well above
_PULL = 1e-6  # towards what was there, so that a pixel which no known one reaches has an answer
_REACH = 2  # pixels that share a 3 × 3 window are at most this far apart, each way
_WINDOWS = 20_000  # worked on at once, which bounds the memory


@dataclass(frozen=True, eq=False, slots=True)
class _Equations:
    """Σ weight · α = 0 for each unknown pixel: `weights` (n, 25) of those at `columns` (n, 25)."""

    weights: Array
    columns: Array


def closed_form(rgb: FloatArray, start: FloatArray, unknown: Array) -> FloatArray:
    """(H, W) α of the `unknown` (H, W) bool pixels, elsewhere as in `start` (H, W) 0…1; `rgb` (H, W, 3) 0…1.

    Known values between 0 and 1 count as well, so that a soft mask goes on from where it is.
    """
    if min(unknown.shape) < 3 or not unknown.any():
        return start
    margin = ((_REACH, _REACH), (_REACH, _REACH))
    wide = np.pad(unknown, margin)
    colors = np.pad(rgb, (*margin, (0, 0)), mode="edge").astype(np.float64)
    alpha = np.pad(start, margin, mode="edge").astype(np.float64)
    alpha[wide] = _solved(_equations(colors, wide), alpha.ravel(), wide.ravel())
    inner: FloatArray = np.clip(alpha[_REACH:-_REACH, _REACH:-_REACH], 0, 1).astype(np.float32)
    return inner


def _equations(rgb: Array, unknown: Array) -> _Equations:
    """The matting Laplacian's rows of the unknown pixels."""
    width = unknown.shape[1]
    rows = np.flatnonzero(unknown)
    row_of = np.full(unknown.size, len(rows))
    row_of[rows] = np.arange(len(rows))
    weights = np.zeros((25, len(rows) + 1))  # what belongs to known pixels is gathered in the last row
    centres = _centres(unknown)
    for first in range(0, len(centres), _WINDOWS):
        pixels = centres[first : first + _WINDOWS] + _offsets(1, width)[:, None]
        affinity = _affinity(rgb.reshape(-1, 3)[pixels])
        for i, row in enumerate(row_of[pixels]):
            for j in range(9):
                # The i-th pixel of each window: no row comes twice, but for the last.
                cell = (j // 3 - i // 3 + _REACH) * 5 + j % 3 - i % 3 + _REACH
                weights[cell][row] += affinity[i, j]
    return _Equations(weights[:, :-1].T, rows[:, None] + _offsets(_REACH, width))


def _offsets(reach: int, width: int) -> Array:
    """How far each pixel of a square about one lies from it, in the flattened picture."""
    step = np.arange(-reach, reach + 1)
    return (step[:, None] * width + step).ravel()


def _centres(unknown: Array) -> Array:
    """Middles of the 3 × 3 windows of the picture, not of its margin, that hold an unknown pixel."""
    touched = cv2.dilate(unknown.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    inner = np.zeros_like(unknown)
    inner[_REACH + 1 : -_REACH - 1, _REACH + 1 : -_REACH - 1] = True
    centres: Array = np.flatnonzero(touched & inner)
    return centres


def _affinity(colors: Array) -> Array:
    """δ_ij − (1 + (I_i − μ)ᵀ(Σ + ε/9)⁻¹(I_j − μ)) / 9 of colours I (9, N, 3), as (9, 9, N)."""
    centred = (colors - colors.mean(axis=0)).transpose(1, 0, 2)
    spread = centred.transpose(0, 2, 1) @ centred / 9 + np.eye(3) * (_EPSILON / 9)
    product = centred @ np.linalg.inv(spread) @ centred.transpose(0, 2, 1)
    return np.ascontiguousarray((np.eye(9) - (1 + product) / 9).transpose(1, 2, 0))


def _solved(equations: _Equations, alpha: Array, unknown: Array) -> Array:
    """α of the unknown pixels, the others' taken to the right hand side."""
    rows, columns = np.flatnonzero(unknown), equations.columns
    inside = unknown[columns]
    right = _PULL * alpha[rows] - np.sum(np.where(inside, 0, equations.weights * alpha[columns]), axis=1)
    index = np.zeros(unknown.size, np.int32)
    index[rows] = np.arange(len(rows))
    start = np.concatenate(([0], np.cumsum(inside.sum(axis=1))))
    shape = (len(rows), len(rows))
    matrix = csr_matrix((equations.weights[inside], index[columns[inside]], start), shape)
    matrix.setdiag(matrix.diagonal() + _PULL)
    factors = splu(
        csc_matrix(matrix), "MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
    )
    solution: Array = factors.solve(right)
    return solution
