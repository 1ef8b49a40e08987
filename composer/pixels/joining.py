"""Joining: what was copied from many places made to pass into one another, and into what is about it.

Knows colours, which pixels are new, and where each came from. Where two neighbours came from different
places, the step between them is what it was at one of these, whichever is nearer, unless both are far from
it: then it is an edge that is meant. Solved as in Pérez, Gangnet and Blake, "Poisson Image Editing" (2003),
held to what was copied. Does not know patches, levels, masks or rasters. Importing it imports numba.
"""

import cv2
import numpy as np

from . import seam_loops
from .raster import Array, FloatArray

_MOST = np.float32(0.08)  # a step from which on it is less and less a seam, of three colours together
_FARTHEST = 128.0  # pixels; a gain fades out within so many


def join(rgbt: FloatArray, target: Array, source: Array, seen: Array) -> None:
    """Even out the seams among pixels `target` (n, 2) of (H, W, 3…), copied from `source` (n, 2), in place.

    `seen` (H, W bool): what is known beside them and stays. All are at least a pixel from the border.
    """
    place = np.where(seen, np.int32(len(target)), np.int32(-1))
    place[target[:, 0], target[:, 1]] = np.arange(len(target))
    sums, sides = np.zeros((len(target), 3), np.float32), np.empty((len(target), 4), np.int32)
    seam_loops.steps(rgbt, place, target, source, _MOST, sums, sides)
    gain = np.zeros((len(target) + 1, 3), np.float32)
    reach = min(_FARTHEST, 2 * _depth(target, seen.shape))
    over = np.float32(2 / (1 + np.pi / (2 * reach + 2)))
    seam_loops.even_out(gain, sums, sides, np.float32(1 / reach**2), over, int(2 * reach) + 8)
    at = target[:, 0], target[:, 1]
    rgbt[(*at, slice(3))] = np.clip(rgbt[(*at, slice(3))] + gain[:-1], 0, 1)


def _depth(target: Array, shape: tuple[int, ...]) -> float:
    gap = np.zeros(shape, np.uint8)
    gap[target[:, 0], target[:, 1]] = 1
    return float(cv2.distanceTransform(gap, cv2.DIST_L2, cv2.DIST_MASK_5).max())
