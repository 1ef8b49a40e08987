"""JPG: the flattened picture, small, for showing.

Knows the merged raster. Does not look at the layers. JPEG has 8 bits a channel and no transparency.
"""

from pathlib import Path

from PIL import Image
from pydantic import Field

from ..errors import OperationError
from ..operation import Color, Params
from ..pixels.css import parse_color
from ..pixels.profile import srgb_profile
from ..pixels.raster import Raster
from ..pixels.stack import LayerStack
from ..registry import Needs, extension
from ._placement import on_canvas, over

_LONGEST = 65_500
_FINE = 90
_WHOLE, _HALF = 0, 2


class JpgParams(Params):
    """How the picture is stored."""

    quality: int = Field(
        92, ge=1, le=100, description="100 is nearly the original; from 90 on, colours are as sharp as light."
    )
    background: Color = Field("white", description="The colour behind what is transparent: CSS hex or name.")


@extension("export", version=1, needs=Needs(layers=False), suffix=".jpg")
def jpg(stack: LayerStack, merged: Raster, params: JpgParams, path: Path) -> None:
    """The flattened picture as JPEG, with sRGB profile and resolution; 8 bits, on a background.

    Raises OperationError above 65,500 px a side, and OSError when the file cannot be written.
    """
    if stack.extent.long_side > _LONGEST:
        hint = "write a TIFF, or a draft: --scale 0.5"
        raise OperationError(f"JPEG ends at {_LONGEST:,} px a side, the canvas has {stack.extent}", hint)
    red, green, blue, _ = parse_color(params.background)
    pixels = over(on_canvas(merged, stack.extent), (red, green, blue))
    dpi = max(1, round(stack.dpi))
    Image.fromarray(pixels).save(
        path,
        "JPEG",
        quality=params.quality,
        subsampling=_WHOLE if params.quality >= _FINE else _HALF,
        icc_profile=srgb_profile(),
        dpi=(dpi, dpi),
    )
