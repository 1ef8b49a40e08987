"""Local linear: a change of values that is a · value + b about each pixel, found small, applied at full size.

Knows (H, W, C) float32 values and (h, w, 1 + C) coefficients of any smaller size. Does not know what is
changed. As the edges of the full size pass through a, nothing is softened by having been found in a
reduced copy (He and Sun, "Fast Guided Filter", 2015). Departure: Gaussian windows, which leave no squares.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from .gaussian import float32, gaussian
from .raster import FloatArray


@dataclass(frozen=True, eq=False, slots=True)
class LocalLinear:
    """a (…, :1) and b (…, 1:) about each pixel of a copy of a picture that has `height` rows."""

    coefficients: FloatArray
    height: int

    def rows(self, values: FloatArray, top: int) -> FloatArray:
        """(n, W, C) values of the picture's rows from `top` on, changed; however it is cut in bands."""
        band = slice(top, top + len(values))
        known = _enlarged_rows(self.coefficients, band, self.height, values.shape[1])
        changed: FloatArray = values * known[..., :1] + known[..., 1:]
        return changed


def fitted(small: FloatArray, target: FloatArray, sigma: float, flat: float, height: int) -> LocalLinear:
    """(h, w) to (h, w): what brings `small` nearest to `target`, each in a window of `sigma` pixels.

    Where `small` deviates by less than `flat`, a is drawn towards 0.
    """
    moments = gaussian(np.dstack((small, target, small * small, small * target)), sigma)
    mean, to = moments[..., 0], moments[..., 1]
    a = (moments[..., 3] - mean * to) / (np.maximum(moments[..., 2] - mean * mean, 0) + np.float32(flat**2))
    return LocalLinear(gaussian(np.dstack((a, to - a * mean)), sigma), height)


def _enlarged_rows(small: FloatArray, band: slice, height: int, width: int) -> FloatArray:
    """Some rows of `small` enlarged to (height, width), linearly."""
    if small.shape[:2] == (height, width):
        return small[band]
    rows = len(small)
    y = (np.arange(band.start, band.stop) + 0.5) * rows / height - 0.5
    above = np.clip(np.floor(y), 0, rows - 1).astype(np.intp)
    share = np.clip(y - above, 0, 1).astype(np.float32)[:, None, None]
    between = small[above] * (1 - share) + small[np.minimum(above + 1, rows - 1)] * share
    return float32(cv2.resize(between, (width, len(between)), interpolation=cv2.INTER_LINEAR))
