"""Unmixing: the colours of a figure alone, where its soft edge is mixed with what lay behind it.

Knows a picture I and the figure's coverage α. Both colours of I = αF + (1 − α)B are found together, after
Germer, Uelwer, Conrad and Harmeling, "Fast Multi-Level Foreground Estimation" (2020): they explain the
picture and vary little from pixel to pixel, least where α does. Departures: instead of a pyramid of
solutions, F and B start as the colours of what is surely figure and surely not, continued into the edge;
only the pixels of the edge are solved for, so that the cost grows with its length; and what is found has no
chroma that the sure figure has not nearby. Does not know masks or rasters.
"""

import cv2
import numpy as np

from .continued import continued
from .likely_chroma import hold_chroma
from .raster import Array, FloatArray

_SURE = np.float32(0.95)  # α from which on a colour begins to be the figure's own
_SEEN = np.float32(0.25)  # α from which on a solved colour is well enough known to be continued outwards
_EPSILON = np.float32(1e-2)  # how much two neighbours' colours are alike where α does not change
_SWEEPS = 4
_PIXELS = 1 << 17  # solved at once, which bounds the memory


def unmixed(rgb: FloatArray, alpha: FloatArray) -> FloatArray:
    """(H, W, 3): the figure's colours; `rgb` where `alpha` (H, W) is 1, continued outwards where it is 0."""
    figure = continued(rgb, _sure(alpha))
    edge = _edge(alpha)
    if edge.size:
        _solve(rgb, alpha, figure, continued(rgb, _sure(1 - alpha)), edge)
        hold_chroma(figure, edge, rgb, _sure(alpha))
    colors = continued(figure, np.minimum(alpha / _SEEN, np.float32(1)))
    inside = alpha == 1
    colors[inside] = rgb[inside]
    return colors


def defringed(rgb: FloatArray, alpha: FloatArray) -> FloatArray:
    """As `unmixed` where nobody knows what lay behind: the edge takes the colours of the sure figure."""
    colors = continued(rgb, _sure(alpha))
    inside = alpha == 1
    colors[inside] = rgb[inside]
    return colors


def _sure(alpha: FloatArray) -> FloatArray:
    """(H, W) how surely a colour is the figure's own; a figure that is nowhere opaque counts as it shows."""
    sure: FloatArray = np.clip((alpha - _SURE) / (1 - _SURE), 0, 1)
    return sure if sure.any() else alpha


def _edge(alpha: FloatArray) -> Array:
    """Indices of the mixed pixels and their neighbours, but for those at the picture's border."""
    mixed = ((alpha > 0) & (alpha < 1)).astype(np.uint8)
    edge = cv2.dilate(mixed, np.ones((3, 3), np.uint8)) > 0
    edge[[0, -1]] = edge[:, [0, -1]] = False
    found: Array = np.flatnonzero(edge)
    return found


def _solve(rgb: FloatArray, alpha: FloatArray, figure: FloatArray, behind: FloatArray, edge: Array) -> None:
    """Gauss–Seidel, one colour of a checkerboard after the other; `figure` and `behind` are changed."""
    width = alpha.shape[1]
    odd = (edge // width + edge) % 2 if width % 2 == 0 else edge % 2
    halves = edge[odd == 0], edge[odd == 1]
    flat = rgb.reshape(-1, 3), alpha.ravel(), figure.reshape(-1, 3), behind.reshape(-1, 3)
    for _ in range(_SWEEPS):
        for half in halves:
            for first in range(0, len(half), _PIXELS):
                _settle(*flat, half[first : first + _PIXELS], (-width, -1, 1, width))


def _settle(
    rgb: Array, alpha: Array, figure: Array, behind: Array, pixels: Array, steps: tuple[int, ...]
) -> None:
    """F and B that minimise (αF + (1 − α)B − I)² + Σ w (F − Fⱼ)² + Σ w (B − Bⱼ)² over its sides."""
    a = alpha[pixels]
    b = 1 - a
    weights = [_EPSILON + np.abs(alpha[pixels + step] - a) for step in steps]
    pull = np.add.reduce(weights)
    pairs = list(zip(weights, steps, strict=True))
    right_f = a[:, None] * rgb[pixels] + np.add.reduce([w[:, None] * figure[pixels + s] for w, s in pairs])
    right_b = b[:, None] * rgb[pixels] + np.add.reduce([w[:, None] * behind[pixels + s] for w, s in pairs])
    ff, fb, bb = (x[:, None] for x in (a * a + pull, a * b, b * b + pull))
    determinant = ff * bb - fb * fb
    figure[pixels] = np.clip((bb * right_f - fb * right_b) / determinant, 0, 1)
    behind[pixels] = np.clip((ff * right_b - fb * right_f) / determinant, 0, 1)
