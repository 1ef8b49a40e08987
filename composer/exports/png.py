"""PNG: the flattened picture.

Knows the merged raster. Does not look at the layers.
"""

from pathlib import Path

from pydantic import Field

from ..operation import Params
from ..pixels.profile import srgb_profile
from ..pixels.raster import Raster
from ..pixels.stack import LayerStack
from ..registry import Needs, extension
from ._placement import Depth, at_depth, is_opaque, on_canvas
from ._png_bytes import encode_png


class PngParams(Params):
    """How the picture is stored."""

    depth: Depth = None
    compression: int = Field(
        1, ge=1, le=9, description="1 writes fast, 9 writes small; the pixels stay the same."
    )


@extension("export", version=1, needs=Needs(layers=False), suffix=".png")
def png(stack: LayerStack, merged: Raster, params: PngParams, path: Path) -> None:
    """The flattened picture as PNG, with sRGB profile and resolution.

    RGBA, or RGB when nothing is transparent. Raises OSError when the file cannot be written.
    """
    pixels = at_depth(on_canvas(merged, stack.extent), params.depth or stack.depth)
    if is_opaque(pixels):
        pixels = pixels[..., :3]
    path.write_bytes(encode_png(pixels, srgb_profile(), stack.dpi, params.compression))
