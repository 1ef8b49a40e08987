"""Frame: the even margin that some pictures have around them, or the bars of a film still.

Knows small pictures. A margin has one colour from end to end, on two opposite sides or all four, and ends at
once along most of a side; a studio's even ground does not. No extension of its own.
"""

import numpy as np

from ..pixels.geometry import Bounds
from ..pixels.raster import Array

_SAME = 10  # of 255, in any channel: differences that compression makes
_EVEN = 0.98  # of a line, that has the margin's colour
_WIDEST = 0.3  # of a side
_GOES_ON = 0.4  # of a line, that may look as the margin where that has ended
_LEAST = 24  # lines of a picture that can have margins
_BLEND = 2  # lines beyond the margin that reduction mixed with it


def inside_frame(rgb: Array) -> Bounds:
    """The part of (H, W, 3) uint8 within its margins; all of it without any."""
    height, width = rgb.shape[:2]
    top, bottom = _margins(rgb)
    left, right = _margins(rgb[top : height - bottom].transpose(1, 0, 2))
    return Bounds(left, top, width - right, height - bottom)


def _margins(rgb: Array) -> tuple[int, int]:
    """Lines of the margin at the beginning and at the end of the first axis; both or none."""
    if len(rgb) < _LEAST:
        return 0, 0
    first = rgb[0].astype(np.int16)
    color = np.median(np.concatenate((first, rgb[-1])), axis=0)
    same = (np.abs(rgb - color) <= _SAME).all(axis=2)
    uneven = np.flatnonzero(same.mean(axis=1) < _EVEN)
    if uneven.size == 0:
        return 0, 0
    before, after = int(uneven[0]), len(rgb) - 1 - int(uneven[-1])
    if min(before, after) == 0 or max(before, after) > _WIDEST * len(rgb):
        return 0, 0
    ends = (same[before : before + _BLEND], same[len(rgb) - after - _BLEND : len(rgb) - after])
    if max(float(end.all(axis=0).mean()) for end in ends) > _GOES_ON:
        return 0, 0
    return before + _BLEND, after + _BLEND
