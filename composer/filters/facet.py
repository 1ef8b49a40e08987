"""Facet: flat planes with their edges kept, by mean shift in position and colour.

After Comaniciu and Meer, "Mean Shift" (2002). It is always worked at a size where the radius is
a few pixels – the time hardly depends on the radius, and a draft shows the same planes – and
enlarged with crisp edges. OpenCV's mean shift takes 8-bit colours: planes are flat, so the
deeper bits of a 16-bit layer carry nothing here.
"""

from functools import partial

import cv2
import numpy as np
from pydantic import Field

from ..operation import CanvasPx, Params
from ..pixels.gaussian import float32
from ..pixels.raster import FloatArray, Raster, quantize
from ..registry import extension
from ._opaque import filter_colors
from ._sectors import enlarge

_LEAST, _MOST = 2, 6  # pixels of the radius at working size
_STOP = (cv2.TERM_CRITERIA_MAX_ITER | cv2.TERM_CRITERIA_EPS, 5, 1.0)


class FacetParams(Params):
    """How large and how different a plane's spots may be."""

    radius: CanvasPx = Field(10.0, ge=0, le=200, description="How far a plane gathers its colour from")
    tolerance: float = Field(
        0.1, ge=0.01, le=0.5, description="Colours nearer than this (of black to white) become one plane"
    )


@extension("filter", version=1)
def facet(image: Raster, params: FacetParams) -> Raster:
    """Flat planes of colour with sharp borders."""
    if params.radius == 0:
        return image
    return filter_colors(image, partial(_planes, params=params))


def _planes(rgb: FloatArray, params: FacetParams) -> FloatArray:
    height, width = rgb.shape[:2]
    window = int(np.clip(params.radius, _LEAST, _MOST))
    scale = window / params.radius
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    work = quantize(cv2.resize(rgb, size, interpolation=kind), 8)
    shifted = cv2.pyrMeanShiftFiltering(work, window, params.tolerance * 255, None, 1, _STOP)
    flat = shifted * np.float32(1 / 255)
    if scale < 1:
        return enlarge(flat, width, height)
    return float32(cv2.resize(flat, (width, height), interpolation=cv2.INTER_AREA))
