"""Face: a mask of the faces of people seen from the front, with a confidence.

Knows the layer's pixels on the canvas; outside the layer it hides. Nothing found is an empty mask with
confidence 0: then say where the faces are.
"""

from pydantic import Field

from ..operation import Params
from ..pixels.raster import Mask, Raster
from ..registry import extension
from ._bounded import within
from ._ellipses import Box, Ellipse, drawn
from ._faces import Found, find_faces

_AXES = (0.42, 0.56)  # half axes of a face, of its box: the cascade's box has neither hair nor chin
_LOWER = 0.04  # of the box, that a face's middle lies below the box's


class FaceParams(Params):
    """Where the faces are, and how much of them is shown."""

    at: tuple[Box, ...] = Field(
        (),
        max_length=1000,
        description="[[x, y, width, height], …] of the faces; left out: they are looked for",
    )
    size: float = Field(1.0, ge=0.1, le=5, description="How large an oval is shown; 1 is brow to chin")
    softness: float = Field(0.25, ge=0, le=1, description="Share of the oval over which its rim fades")


@extension("mask", version=1)
def face(image: Raster, params: FaceParams) -> Mask:
    """Faces, as soft ovals."""
    if params.at:
        ovals = [Ellipse.in_box(*box, params.size) for box in params.at]
        return within(drawn(image.extent, ovals, params.softness), image)
    found = find_faces(image)
    ovals = [_oval(each, params.size) for each in found]
    confidence = min((each.confidence for each in found), default=0.0)
    return within(drawn(image.extent, ovals, params.softness), image, confidence)


def _oval(found: Found, size: float) -> Ellipse:
    x, y = found.middle
    a, b = _AXES
    return Ellipse(x, y + _LOWER * found.height, size * a * found.width, size * b * found.height)
