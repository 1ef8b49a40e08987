"""Gradients: what a picture must gain so that its gradients become others (Pérez, Gangnet and Blake, "Poisson
Image Editing", 2003).

Departure: the solution is screened (Bhat et al., "Fourier Analysis of the 2D Screened Poisson Equation",
2008), so that what is gained has no tones wider than a reach, and a mean of 0. Knows (H, W) float32. Does not
know textures, alpha or colours. No extension of its own.
"""

import numpy as np
from scipy.fft import dctn, idctn

from ..pixels.raster import Array, FloatArray

Gradient = tuple[FloatArray, FloatArray]
"""Differences to the next pixel across (H, W − 1) and down (H − 1, W)."""


def gradient(values: FloatArray) -> Gradient:
    """Forward differences."""
    return np.diff(values, axis=1), np.diff(values, axis=0)


def integrated(wanted: Gradient, reach: float) -> FloatArray:
    """(H, W): u of (1 / reach² − Δ) u = −div `wanted`, free at the border: its gradients are nearly those."""
    source = -_divergence(*wanted)
    height, width = source.shape
    spread = dctn(source, norm="ortho", overwrite_x=True)
    spread /= _eigenvalues(height)[:, None] + _eigenvalues(width) + np.float32(1 / reach**2)
    solution: FloatArray = idctn(spread, norm="ortho", overwrite_x=True)
    return solution


def _divergence(across: FloatArray, down: FloatArray) -> FloatArray:
    """The negative transpose of `gradient`."""
    divergence = np.zeros((across.shape[0], down.shape[1]), np.float32)
    divergence[:, :-1] += across
    divergence[:, 1:] -= across
    divergence[:-1] += down
    divergence[1:] -= down
    return divergence


def _eigenvalues(length: int) -> Array:
    """Of −Δ along one axis, on the cosines of `dctn`."""
    eigenvalues: Array = 2 - 2 * np.cos(np.pi * np.arange(length) / length)
    return eigenvalues.astype(np.float32)
