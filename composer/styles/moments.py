"""The default style engine: the shipped encoder's means and covariances, matched coarse to fine.

Knows which encoder it paints with. Does not know the loop and the controls, which all engines share.
"""

from collections.abc import Mapping

from ..neural.controls import Controls, paints_parts
from ..neural.shipped import encoder_digest
from ..operation import Bench, StyleSet
from ..pixels.raster import Raster
from ..registry import Needs, extension


def _weights(_params: Controls) -> Mapping[str, str]:
    return {"encoder": encoder_digest()}


@extension("style", version=10, needs=Needs(device=True, weights=_weights, patches=paints_parts))
def moments(content: Raster, styles: StyleSet, params: Controls, bench: Bench) -> Raster:
    """Neural style transfer by the encoder that ships with Composer: the content painted as the style is.

    Raises OperationError when the render would not fit into memory.
    """
    # Loading torch takes seconds, and a plan needs the parameters only.
    from ..neural.compact import ENGINE
    from ..neural.render import render

    return render(content, styles, params, ENGINE, bench)
