"""Lay-in: a photograph as broad planes of mixed colour with painted borders, no grain.

Facet, then Kuwahara, both on a copy so small that a plane is a few pixels wide, enlarged with crisp edges.
Knows (H, W, 3) float32 colours. Does not know alpha.
"""

from .forms import reduced
from .kuwahara import enlarge, kuwahara_mean
from .mean_shift import flat_planes
from .raster import FloatArray

_WORK_RADIUS = 3.0  # pixels of the reduced copy
RADIUS, TOLERANCE = 10.0, 0.1
"""What an artist gets who asks for nothing else: canvas pixels, and a difference of black to white."""


def laid_in(rgb: FloatArray, radius: float, tolerance: float) -> FloatArray:
    """(H, W, 3) 0…1 in planes and strokes of about `radius` pixels (> 0)."""
    small = min(radius, _WORK_RADIUS)
    planes = flat_planes(reduced(rgb, radius / small), small, tolerance)
    return enlarge(kuwahara_mean(planes, small), rgb.shape[1], rgb.shape[0])
