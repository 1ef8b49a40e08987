"""The quick style engine: random filters, nothing trained. It proves palette and brush grain, in seconds.

Knows which encoder it paints with. Does not know the loop and the controls, which all engines share.
"""

from ..neural.controls import Controls, paints_parts
from ..operation import Bench, StyleSet
from ..pixels.raster import Raster
from ..registry import Needs, extension


@extension("style", version=8, needs=Needs(device=True, patches=paints_parts))
def draft(content: Raster, styles: StyleSet, params: Controls, bench: Bench) -> Raster:
    """A quick proof of a style by random filters: its palette and brush grain, not its shapes.

    Raises OperationError when the render would not fit into memory.
    """
    # Loading torch takes seconds, and a plan needs the parameters only.
    from ..neural.random_filters import ENGINE
    from ..neural.render import render

    return render(content, styles, params, ENGINE, bench)
