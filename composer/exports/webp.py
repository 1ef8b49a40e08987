"""WEBP: the flattened picture for a web page, with its transparency.

Knows the merged raster. Does not look at the layers. WebP has 8 bits a channel.
"""

from pathlib import Path

from PIL import Image
from pydantic import Field

from ..errors import OperationError
from ..operation import Params
from ..pixels.profile import srgb_profile
from ..pixels.raster import Raster
from ..pixels.stack import LayerStack
from ..registry import Needs, extension
from ._placement import at_depth, is_opaque, on_canvas

_LONGEST = 16_383


class WebpParams(Params):
    """How the picture is stored."""

    quality: int = Field(90, ge=1, le=100, description="100 is nearly the original, and large.")
    lossless: bool = Field(False, description="Keeps every pixel as it is; quality then only buys time.")


@extension("export", version=1, needs=Needs(layers=False), suffix=".webp")
def webp(stack: LayerStack, merged: Raster, params: WebpParams, path: Path) -> None:
    """The flattened picture as WebP, with sRGB profile and transparency; 8 bits.

    Raises OperationError above 16,383 px a side, and OSError when the file cannot be written.
    """
    if stack.extent.long_side > _LONGEST:
        hint = "write a JPEG or a PNG, or a draft: --scale 0.5"
        raise OperationError(f"WebP ends at {_LONGEST:,} px a side, the canvas has {stack.extent}", hint)
    pixels = at_depth(on_canvas(merged, stack.extent), 8)
    shown = Image.fromarray(pixels[..., :3] if is_opaque(pixels) else pixels)
    shown.save(
        path, "WEBP", quality=params.quality, lossless=params.lossless, exact=True, icc_profile=srgb_profile()
    )
