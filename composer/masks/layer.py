"""Layer: a mask from where another layer is.

Knows that layer's alpha, after its filters, style and mask. Looks at no colour.
"""

from ..operation import Params
from ..pixels.raster import Mask, Raster
from ..registry import Needs, extension


class LayerParams(Params):
    """Nothing to choose: `of` names the layer."""


@extension("mask", version=1, needs=Needs(input="layer"))
def layer(image: Raster, _params: LayerParams) -> Mask:
    """Shows where another layer is opaque."""
    return Mask(image.pixels[..., 3])
