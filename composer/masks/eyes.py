"""Eyes: a mask of the eyes in the faces of people seen from the front, with a confidence.

Knows the layer's pixels on the canvas; outside the layer it hides. Eyes are looked for in faces only. In a
face in which none is seen they are put where eyes usually are, with a low confidence; without a face
the mask is empty and its confidence 0: then say where the eyes are.
"""

from pydantic import Field

from ..operation import Params
from ..pixels.raster import Mask, Raster
from ..registry import extension
from ._ellipses import Box
from ._faces import find_eyes
from ._ovals import Oval, shown_ovals

_OVAL = Oval(0.5, 0.3, lower=0.05)  # an eye with its lids; the box of the cascade has the brow too


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


@extension("mask", version=2)
def eyes(image: Raster, params: EyesParams) -> Mask:
    """Eyes, as soft ovals."""
    return shown_ovals(image, params.at, find_eyes, _OVAL, params.size, params.softness)
