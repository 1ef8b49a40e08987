"""TIFF: the flattened picture, for print and for programs that want 16 bits.

Knows the merged raster. Does not look at the layers.
"""

from pathlib import Path
from typing import Literal

import numpy as np
import tifffile
from pydantic import Field

from ..operation import Params
from ..pixels.profile import srgb_profile
from ..pixels.raster import Raster
from ..pixels.stack import LayerStack
from ..registry import Needs, extension
from ._placement import Depth, at_depth, is_opaque, on_canvas

_BIG = 2**32 - 2**25
_THREADS = 2


class TiffParams(Params):
    """How the picture is stored."""

    depth: Depth = None
    compression: Literal["none", "deflate"] = Field(
        "deflate", description="deflate is smaller, Photoshop calls it ZIP; none opens everywhere."
    )


@extension("export", version=1, needs=Needs(layers=False), suffix=".tif")
def tiff(stack: LayerStack, merged: Raster, params: TiffParams, path: Path) -> None:
    """The flattened picture as TIFF, with sRGB profile and resolution.

    RGB, or RGB with straight alpha when something is transparent. Above 4 GiB it becomes a BigTIFF. Raises
    OSError when the file cannot be written.
    """
    pixels = at_depth(on_canvas(merged, stack.extent), params.depth or stack.depth)
    opaque = is_opaque(pixels)
    pixels = np.ascontiguousarray(pixels[..., :3] if opaque else pixels)
    packed = params.compression == "deflate"
    # Everything that would differ from machine to machine, or day to day, is given.
    with tifffile.TiffWriter(path, bigtiff=pixels.nbytes > _BIG, byteorder="<") as file:
        file.write(
            pixels,
            photometric="rgb",
            planarconfig="contig",
            extrasamples=() if opaque else ("unassalpha",),
            compression="deflate" if packed else None,
            predictor=packed,
            rowsperstrip=max(1, 2**20 // (pixels.nbytes // len(pixels))),
            iccprofile=srgb_profile(),
            resolution=(stack.dpi, stack.dpi),
            resolutionunit="inch",
            software="Composer",
            metadata=None,
            maxworkers=_THREADS,
        )
