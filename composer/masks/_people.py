"""People: about where a person stands, head and shoulders down, by a face that is surely one.

Knows small pictures. A person's dark clothes have no colours that their hair and face have: without this,
what is found of a portrait is a head. No extension of its own.
"""

import cv2
import numpy as np

from ..pixels.gaussian import float32, gaussian
from ..pixels.raster import Array, FloatArray
from ._faces import Found, credible_faces

_LEAST = 1 / 6  # of the short side: where faces are smaller, people do more than to look at us
_HEAD = (0.54, 0.76)  # half axes of a head with its hair, in widths of the face's box, as are all below
_HEAD_UP = 0.05  # how much higher its middle lies than the face's
# From the neck down, right of and below the face's middle.
_OUTLINE = ((0.45, 0.3), (0.5, 0.75), (1.6, 1.2), (1.8, 2.2), (1.8, 6.8))
_SOFTNESS = 2.0  # σ in pixels of the smaller copy
_CERTAINTY = 5.0  # in logits
_LEAST_LIKELY = np.float32(0.02)  # so that a network which is wrong can be told


def people_in(rgb: Array, opaque: Array, size: tuple[int, int]) -> Array:
    """(H, W, 3) uint8 and (H, W) bool, where it is opaque, to (h, w) bool, `size` being (h, w)."""
    grey = np.where(opaque, cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8(128))
    least = max(1, round(_LEAST * min(grey.shape)))
    shown = np.zeros(size, np.uint8)
    for face in credible_faces(grey, least):
        _draw(shown, face.within(0, 0, grey.shape[1] / size[1]))
    return shown > 0


def with_people(likely: FloatArray, people: Array) -> FloatArray:
    """(h, w) objectness 0…1, much likelier where people are, and as it is where none were seen."""
    if not people.any():
        return likely
    known = np.clip(likely, _LEAST_LIKELY, 1 - _LEAST_LIKELY)
    here = gaussian(people.astype(np.float32), _SOFTNESS)
    return float32(1 / (1 + (1 / known - 1) * np.exp(np.float32(-_CERTAINTY) * here)))


def _draw(shown: Array, face: Found) -> None:
    """A head and what lies below it as far as pictures show people, in `shown`."""
    x, y = face.middle
    axes = round(_HEAD[0] * face.width), round(_HEAD[1] * face.width)
    cv2.ellipse(shown, (round(x), round(y - _HEAD_UP * face.width)), axes, 0, 0, 360, 1, cv2.FILLED)
    right = [(across, down) for across, down in _OUTLINE]
    around = np.array(right + [(-across, down) for across, down in reversed(right)])
    cv2.fillPoly(shown, [np.rint(around * face.width + (x, y)).astype(np.int32)], 1)
