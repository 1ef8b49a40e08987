"""The default style engine: the shipped encoder's means and covariances, matched coarse to fine.

Knows the artist's parameters and what they mean for the loop that all engines share. Does not know the loop.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from ..neural.shipped import encoder_digest
from ..operation import Bench, Params, StyleSet
from ..pixels.raster import Raster
from ..registry import Needs, extension

EFFORT = {"draft": 0.35, "normal": 1.0, "high": 2.0}


class MomentsParams(Params):
    """Parameters of the default style engine."""

    strength: float = Field(
        0.7, ge=0, le=1, description="how far the style goes: 0 keeps the content, 1 is all style"
    )
    structure: float = Field(
        0.5, ge=0, le=1, description="how much of the content's layout stays: 0 lets it dissolve, 1 keeps it"
    )
    color: Literal["style", "content", "luminance"] = Field(
        "style",
        description="whose colours: the style's, the content's, or the content's lit as the style is",
    )
    quality: Literal["draft", "normal", "high"] = Field(
        "normal", description="how long it is painted: draft takes a third of normal, high twice as long"
    )


def _weights(_params: MomentsParams) -> Mapping[str, str]:
    return {"encoder": encoder_digest()}


@extension("style", version=2, needs=Needs(device=True, weights=_weights))
def moments(content: Raster, styles: StyleSet, params: MomentsParams, bench: Bench) -> Raster:
    """Neural style transfer by the encoder that ships with Composer: the content painted as the style is.

    Raises OperationError when the render would not fit into memory.
    """
    # Loading torch takes seconds, and a plan needs the parameters only.
    from ..neural.compact import Knobs, compact_render

    knobs = Knobs(params.strength, params.structure, EFFORT[params.quality], params.color)
    return compact_render(content, styles, knobs, bench)
