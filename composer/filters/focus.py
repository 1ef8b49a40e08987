"""Focus: leads the eye – what a mask emphasises is drawn sharper, the rest is calmed.

What is drawn in a picture is what its forms (`forms_of`, edges kept) leave; it is raised where the
emphasis is high and lowered where it is low, so that edges get no halos and forms do not soften. One mask
of emphasis can be named in the filters of several layers.
"""

from functools import partial

import numpy as np
from pydantic import Field

from ..operation import CanvasPx, MaskExpression, Params, References
from ..pixels.forms import edge_kept
from ..pixels.raster import FloatArray, Raster
from ..registry import extension
from ._looked_at import under
from ._opaque import filter_colors


class FocusParams(Params):
    """Where to look, and how strongly it is told."""

    emphasis: MaskExpression = Field(description="Mask that shows what is important")
    sharpen: float = Field(0.5, ge=0, le=3, description="How much of its drawing is added where it is shown")
    calm: float = Field(0.6, ge=0, le=1, description="How much of its drawing is taken where it is hidden")
    radius: CanvasPx = Field(6.0, ge=0, le=500, description="Up to which size something counts as drawing")
    tolerance: float = Field(
        0.08,
        ge=0.005,
        le=0.5,
        description="Contrast (of black to white) from which on it is an edge and stays",
    )


@extension("filter", version=1)
def focus(image: Raster, params: FocusParams, given: References) -> Raster:
    """Sharpens what is emphasised and calms the rest."""
    if params.radius == 0 or not (params.sharpen or params.calm):
        return image
    emphasis = under(given.masks["emphasis"], image)
    return filter_colors(image, partial(_led, emphasis=emphasis, params=params))


def _led(rgb: FloatArray, emphasis: FloatArray, params: FocusParams) -> FloatArray:
    drawing = rgb - edge_kept(rgb, params.radius, params.tolerance)
    drawing *= (emphasis * np.float32(params.sharpen + params.calm) - np.float32(params.calm))[..., None]
    drawing += rgb
    return drawing
