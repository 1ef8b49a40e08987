"""Eyes: a mask of the eyes in the faces of people seen from the front, with a confidence.

Knows the layer's pixels on the canvas; outside the layer it hides. Eyes are looked for in faces only. In a
face in which none is seen they are put where eyes usually are, with a low confidence; without a face
the mask is empty and its confidence 0: then say where the eyes are.
"""

from pydantic import Field

from ..operation import Params
from ..pixels.raster import Mask, Raster
from ..registry import extension
from ._bounded import within
from ._ellipses import Box, Ellipse, drawn
from ._faces import Found, find_eyes

_AXES = (0.5, 0.3)  # half axes of an eye with its lids, of the cascade's box, which has the brow too
_LOWER = 0.05  # of the box, that an eye's middle lies below the box's


class EyesParams(Params):
    """Where the eyes are, and how much around them is shown."""

    at: tuple[Box, ...] = Field(
        (),
        max_length=1000,
        description="[[x, y, width, height], …] of the eyes; left out: they are looked for",
    )
    size: float = Field(
        1.0, ge=0.1, le=5, description="How large an oval is shown; 1 is an eye with its lids"
    )
    softness: float = Field(0.3, ge=0, le=1, description="Share of the oval over which its rim fades")


@extension("mask", version=1)
def eyes(image: Raster, params: EyesParams) -> Mask:
    """Eyes, as soft ovals."""
    if params.at:
        ovals = [Ellipse.in_box(*box, params.size) for box in params.at]
        return within(drawn(image.extent, ovals, params.softness), image)
    found = find_eyes(image)
    ovals = [_oval(each, params.size) for each in found]
    confidence = min((each.confidence for each in found), default=0.0)
    return within(drawn(image.extent, ovals, params.softness), image, confidence)


def _oval(found: Found, size: float) -> Ellipse:
    x, y = found.middle
    a, b = _AXES
    return Ellipse(x, y + _LOWER * found.height, size * a * found.width, size * b * found.height)
