"""Face: a mask of the faces of people seen from the front, with a confidence.

Knows the layer's pixels on the canvas; outside the layer it hides. Nothing found is an empty mask with
confidence 0: then say where the faces are.
"""

from pydantic import Field

from ..operation import Params
from ..pixels.raster import Mask, Raster
from ..registry import extension
from ._ellipses import Box
from ._faces import find_faces
from ._ovals import Oval, shown_ovals

_OVAL = Oval(0.42, 0.56, lower=0.04)  # the box of the cascade has neither hair nor chin


class FaceParams(Params):
    """Where the faces are, and how much of them is shown."""

    at: tuple[Box, ...] = Field(
        (),
        max_length=1000,
        description="[[x, y, width, height], …] of the faces; left out: they are looked for",
    )
    size: float = Field(1.0, ge=0.1, le=5, description="How large an oval is shown; 1 is brow to chin")
    softness: float = Field(0.25, ge=0, le=1, description="Share of the oval over which its rim fades")


@extension("mask", version=2)
def face(image: Raster, params: FaceParams) -> Mask:
    """Faces, as soft ovals."""
    return shown_ovals(image, params.at, find_faces, _OVAL, params.size, params.softness)
