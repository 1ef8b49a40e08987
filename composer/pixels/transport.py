"""Transport: linear maps that carry one cloud of OKLab colours to another, tamed where they are looked at.

Knows covariances and the ends of lightness. Does not know pictures, nor what sRGB can show.
"""

from __future__ import annotations

import numpy as np

from .raster import Array, FloatArray

FLOOR = 1e-5  # variance below which a direction of colour space is taken to hold no colour at all
LEAST, MOST = 0.25, 2.0
"""How far a direction of colour may be drawn together, or stretched, where the result is looked at."""
_KNEE = 0.75  # lightness from which on highlights roll off, if they would go beyond white
_EXTREMES = (0.002, 0.998)


def transport(A: Array, B: Array) -> Array:
    """T (3, 3), symmetric: the linear map from covariance A to covariance B that moves colours least.

    Monge-Kantorovich: T = A^-½ (A^½ B A^½)^½ A^-½ (Pitié and Kokaram 2007).
    """
    root = _power(A, 0.5, FLOOR)
    inverse = _power(A, -0.5, FLOOR)
    matrix: Array = inverse @ _power(root @ B @ root, 0.5, 0.0) @ inverse
    return matrix


def bounded(matrix: Array) -> Array:
    """The map, symmetrized, with no direction drawn together or stretched beyond the bounds."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    result: Array = (vectors * np.clip(values, LEAST, MOST)) @ vectors.T
    return result


def extremes(lightness: Array) -> tuple[float, float]:
    """The least and most lightness of a picture but for stray pixels; 0 and 1 of none."""
    if not lightness.size:
        return 0.0, 1.0
    low, high = np.quantile(lightness, _EXTREMES)
    return float(low), float(high)


def rolled_off(lightness: FloatArray, low: float, high: float) -> FloatArray:
    """Lightness `low`…`high` brought within 0…1, gently at both ends; unchanged where it fits."""
    light = _rolled_off(lightness, high)
    result: FloatArray = 1 - _rolled_off(1 - light, 1 - low)
    return result


def _rolled_off(x: FloatArray, high: float) -> FloatArray:
    """Lightness `_KNEE`…`high` on `_KNEE`…1, beginning at slope 1; unchanged where `high` fits."""
    if high <= 1:
        return x
    over = np.maximum(x - np.float32(_KNEE), 0)
    bend = np.float32(1 / (1 - _KNEE) - 1 / (high - _KNEE))
    rolled: FloatArray = np.minimum(x, np.float32(_KNEE)) + over / (1 + bend * over)
    return rolled


def _power(matrix: Array, exponent: float, floor: float) -> Array:
    """A symmetric positive matrix to a power."""
    values, vectors = np.linalg.eigh(matrix)
    raised: Array = (vectors * np.maximum(values, floor) ** exponent) @ vectors.T
    return raised
