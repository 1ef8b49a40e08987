"""File: a mask painted elsewhere, read from an image of the artist's own.

Knows one image already fitted to the canvas. Does not know where the file lies: the caller
reads and fits it, so that the mask depends on its pixels and not on its name. Beyond the picture is hidden.
"""

from typing import Literal, Self

import numpy as np
from pydantic import Field

from ..operation import Params
from ..pixels.color import luma
from ..pixels.raster import Mask, Raster
from ..registry import Needs, extension

_CHANNELS = ("red", "green", "blue", "alpha")


class FileParams(Params):
    """What of the file is the mask."""

    channel: Literal["auto", "luminance", "alpha", "red", "green", "blue"] = Field(
        "auto",
        description="What of the file is the mask; auto: its alpha if it has one, else its brightness",
    )

    def settled(self, picture: Raster) -> Self:
        """With the channel that is meant: where a picture does not reach, the canvas is transparent too."""
        if self.channel != "auto":
            return self
        return self.model_copy(update={"channel": "luminance" if _opaque(picture) else "alpha"})


@extension("mask", version=2, needs=Needs(input="file"))
def file(image: Raster, params: FileParams) -> Mask:
    """A mask from an image file: white, or opaque, is shown."""
    channel = params.settled(image).channel
    if channel == "alpha":
        return Mask(image.pixels[..., 3])
    if channel != "luminance":
        inside = image.to_float()
        return Mask.from_float(inside[..., _CHANNELS.index(channel)] * inside[..., 3], image.depth)
    inside = image.to_float()
    return Mask.from_float(luma(inside) * inside[..., 3], image.depth)


def _opaque(image: Raster) -> bool:
    limit = (1 << image.depth) - 1
    return bool(np.all(image.pixels[..., 3] == limit))
