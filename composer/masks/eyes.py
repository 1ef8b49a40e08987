"""Eyes: a mask of the eyes in a layer.

Knows the layer's pixels on the canvas; outside the layer it hides. Finds them by OpenCV's cascades
(`_faces`), unless the artist says where they are.
"""

from pydantic import Field

from ..operation import CanvasPx, Params
from ..pixels.raster import Mask, Raster
from ..registry import extension
from ._faces import Box, find_eyes, ovals

_FOUND, _NONE = 0.7, 0.0  # confidence; cascades are right about so often, and do not say how sure they are


class EyesParams(Params):
    """Where eyes are, and how much of them is shown."""

    at: tuple[tuple[CanvasPx, CanvasPx, CanvasPx, CanvasPx], ...] = Field(
        (), description="[left, top, width, height] of every eye, in place of looking for them"
    )
    size: float = Field(1.0, ge=0.1, le=5, description="Size of the ovals; 1 is as found")
    softness: float = Field(0.2, ge=0, le=1, description="Share of an oval's radius over which it fades")


@extension("mask", version=1)
def eyes(image: Raster, params: EyesParams) -> Mask:
    """The eyes of every face that looks at the camera."""
    boxes = [Box(*box) for box in params.at] or find_eyes(image)
    height, width = image.pixels.shape[:2]
    shown = ovals([box.resized(params.size) for box in boxes], height, width, params.softness)
    confidence = None if params.at else _FOUND if boxes else _NONE
    return Mask.from_float(shown * image.to_float()[..., 3], image.depth, confidence)
