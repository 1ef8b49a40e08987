"""Mean shift: flat planes of colour with their edges kept.

After Comaniciu and Meer, "Mean Shift" (2002), in position and colour. Knows (H, W, 3) float32
colours. Does not know alpha. It is always worked at a size where the radius is a few pixels – the
time hardly depends on the radius, and a draft shows the same planes – and enlarged with crisp
edges. OpenCV's mean shift takes 8-bit colours: planes are flat, so deeper bits carry nothing here.
"""

import cv2
import numpy as np

from .gaussian import float32
from .kuwahara import enlarge
from .raster import FloatArray, quantize

_LEAST, _MOST = 2, 6  # pixels of the radius at working size
_STOP = (cv2.TERM_CRITERIA_MAX_ITER | cv2.TERM_CRITERIA_EPS, 5, 1.0)


def flat_planes(rgb: FloatArray, radius: float, tolerance: float) -> FloatArray:
    """(H, W, 3) 0…1: colours within `radius` pixels (> 0) and `tolerance` (of black to white) become one."""
    height, width = rgb.shape[:2]
    window = int(np.clip(radius, _LEAST, _MOST))
    scale = window / radius
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    work = quantize(cv2.resize(rgb, size, interpolation=kind), 8)
    shifted = cv2.pyrMeanShiftFiltering(work, window, tolerance * 255, None, 1, _STOP)
    flat = shifted * np.float32(1 / 255)
    if scale < 1:
        return enlarge(flat, width, height)
    return float32(cv2.resize(flat, (width, height), interpolation=cv2.INTER_AREA))
