"""Edges: a mask of the outlines in a layer, by their contrast in lightness and colour.

Knows the layer's pixels on the canvas; outside the layer it hides, and the layer's own outline is
no edge. The gradient is that of all three channels of OKLab at once, the larger eigenvalue of the
structure tensor (Di Zenzo, "A Note on the Gradient of a Multi-Image", 1986), so that red against
green of the same lightness is an edge.
"""

import numpy as np
from pydantic import Field

from ..operation import CanvasPx, Params
from ..pixels.raster import Mask, Raster
from ..registry import extension
from ._energy import edge_contrast


class EdgesParams(Params):
    """How broad and how strong an edge is."""

    radius: CanvasPx = Field(
        2.0, ge=0, le=500, description="Half the width of the lines; texture finer than it is no edge"
    )
    threshold: float = Field(
        0.15, ge=0, le=1, description="Contrast shown fully: 0.02 is just visible, 1 is black against white"
    )
    softness: float = Field(
        0.1, ge=0, le=1, description="Contrast below the threshold over which an edge fades out"
    )


@extension("mask", version=1)
def edges(image: Raster, params: EdgesParams) -> Mask:
    """Shows the outlines in the picture, thin or broad."""
    rgba = image.to_float()
    contrast = edge_contrast(rgba, params.radius)
    shown = np.clip(1 + (contrast - params.threshold) / max(params.softness, 1e-3), 0, 1)
    return Mask.from_float(shown * rgba[..., 3], image.depth)
