"""The reference style engine: torchvision's VGG-19, for a graphics card; its weights are fetched once.

Knows which encoder it paints with. Does not know the loop and the controls, which all engines share.
"""

from collections.abc import Mapping

from .. import weights
from ..neural.controls import Controls, paints_parts
from ..operation import Bench, StyleSet
from ..pixels.raster import Raster
from ..registry import Needs, extension


def _weights(_params: Controls) -> Mapping[str, str]:
    return {"vgg19": weights.digest("vgg19")}


@extension("style", version=8, needs=Needs(device=True, weights=_weights, patches=paints_parts))
def vgg19(content: Raster, styles: StyleSet, params: Controls, bench: Bench) -> Raster:
    """Neural style transfer by VGG-19, the network of the papers: slow without a graphics card.

    Raises MissingWeights when its weights are not here, InputError when their file is another network's,
    and OperationError when the render would not fit into memory.
    """
    # Loading torch takes seconds, and a plan needs the parameters only.
    from ..neural.render import render
    from ..neural.vgg import ENGINE

    return render(content, styles, params, ENGINE, bench)
