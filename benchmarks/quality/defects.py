"""Defects: what an artist sees at 1:1 – grain, fringes, grey mud, borders, seams – as figures.

Pixels are (H, W, 3) sRGB 0…1. Each figure but the PSNR is a ratio or a difference whose good value is told
with it. Does not know networks, nor how a picture came about.
"""

from collections.abc import Sequence
from typing import cast

import numpy as np
from scipy.ndimage import convolve1d, gaussian_filter

from composer.pixels.color import srgb_to_oklab
from composer.pixels.raster import FloatArray

BAND = 8  # pixels along each border
FRINGE = 3.0  # pixels: the deviation of the blur that fringes are finer than
_BINOMIAL = np.array([1, 4, 6, 4, 1], np.float32) / 16


def psnr(a: FloatArray, b: FloatArray) -> float:
    """Peak signal-to-noise ratio in dB; 120 for equal pictures."""
    return float(-10 * np.log10(max(float(((a - b) ** 2).mean()), 1e-12)))


def difference(a: FloatArray, b: FloatArray) -> float:
    """Mean ΔE in OKLab."""
    return float(np.sqrt(((srgb_to_oklab(a) - srgb_to_oklab(b)) ** 2).sum(axis=2)).mean())


def grain(rgb: FloatArray, calm: FloatArray | None = None) -> tuple[float, float]:
    """Root mean square of the finest detail in lightness and in chroma (OKLab), where it should be calm.

    `calm` (H, W) bool says where; by default the half of the picture whose detail is broadest. Compare with
    the painting's own: a picture should have about as much.
    """
    fine = _fine(srgb_to_oklab(rgb))
    kept = fine[calm_part(rgb) if calm is None else calm]
    return float(np.sqrt((kept[:, 0] ** 2).mean())), float(np.sqrt((kept[:, 1:] ** 2).sum(axis=1).mean()))


def fringes(rgb: FloatArray, calm: FloatArray | None = None) -> float:
    """Root mean square of chroma (OKLab) that changes within a few pixels, where it should be calm.

    Strokes with rims of many hues, as a soap bubble has, show in it though they are no grain. `calm` as for
    `grain`, and compare with the painting's own too: one of broken colours has many of them.
    """
    chroma = srgb_to_oklab(rgb)[..., 1:]
    detail = chroma - gaussian_filter(chroma, (FRINGE, FRINGE, 0))
    kept = detail[calm_part(rgb) if calm is None else calm]
    return float(np.sqrt((kept**2).sum(axis=1).mean()))


def calm_part(rgb: FloatArray) -> FloatArray:
    """(H, W) bool: the half of the pixels with the weakest gradients around them, a few pixels wide."""
    lightness = gaussian_filter(srgb_to_oklab(rgb)[..., 0], 1.5)
    steep = gaussian_filter(np.hypot(*np.gradient(lightness)), 3.0)
    return cast(FloatArray, steep <= np.median(steep))


def border(rgb: FloatArray, content: FloatArray, band: int = BAND) -> float:
    """How much busier the rim is than the interior, as a share of the photograph's; 1 is good."""
    return _rim_ratio(rgb, band) / max(_rim_ratio(content, band), 1e-6)


def seam(rgb: FloatArray, columns: Sequence[int], rows: Sequence[int], reach: int = 6) -> float | None:
    """The mean gradient across the lines between pixels at `columns` and `rows` over that of lines near them.

    A line lies before the pixel it is named after. 1 is good; None without lines.
    """
    ratios = []
    for at, steps in ((columns, _steps(rgb, 1).T), (rows, _steps(rgb, 0))):
        lines = steps.mean(axis=1)
        for line in at:
            near = np.concatenate([lines[line - 1 - reach : line - 1], lines[line : line + reach]])
            ratios.append(lines[line - 1] / max(float(near.mean()), 1e-6))
    return float(np.mean(ratios)) if ratios else None


def saturation(rgb: FloatArray, style: FloatArray) -> float:
    """The mean chroma over the painting's; far below 1 is grey mud."""
    return _chroma(rgb) / max(_chroma(style), 1e-6)


def _chroma(rgb: FloatArray) -> float:
    return float(np.hypot(*np.moveaxis(srgb_to_oklab(rgb)[..., 1:], 2, 0)).mean())


def _fine(lab: FloatArray) -> FloatArray:
    smooth = convolve1d(convolve1d(lab, _BINOMIAL, axis=0, mode="mirror"), _BINOMIAL, axis=1, mode="mirror")
    return cast(FloatArray, lab - smooth)


def _steps(rgb: FloatArray, axis: int) -> FloatArray:
    return cast(FloatArray, np.abs(np.diff(srgb_to_oklab(rgb)[..., 0], axis=axis)))


def _rim_ratio(rgb: FloatArray, band: int) -> float:
    lightness = srgb_to_oklab(rgb)[..., 0]
    steep = np.hypot(*np.gradient(lightness))
    inside = np.zeros(steep.shape, bool)
    inside[band:-band, band:-band] = True
    return float(steep[~inside].mean() / max(float(steep[inside].mean()), 1e-6))
