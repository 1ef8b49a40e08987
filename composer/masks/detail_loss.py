"""Detail loss: a mask of what a painterly base lost and the photo must bring back.

Knows the photo as it was placed and the base: a finished layer, or else what the filter
`painterly_base` makes of the photo, at a bounded size. What was lost most comes first, until a share of
the layer's area is used up. Eyes and mouths are for the artist to add: `details | eyes`.
"""

from typing import Final

import numpy as np
from pydantic import Field

from ..operation import CanvasPx, LayerName, MaskExpression, Params, References
from ..pixels.color import srgb_to_oklab
from ..pixels.continued import continued_colors
from ..pixels.gaussian import float32, gaussian
from ..pixels.lay_in import RADIUS, TOLERANCE, laid_in
from ..pixels.raster import FloatArray, Mask, Raster
from ..registry import extension
from ._bounded import alpha_of, bounded, nothing, resized, within
from ._energy import steepness

_WORK_PIXELS = 1_000_000
_NOTICED: Final = 0.004  # OKLab a pixel; a smaller loss is grain
_RIM = 0.35  # of the threshold, to either side of which the mask fades


class DetailLossParams(Params):
    """What was painted over, and how much of it comes back."""

    base: LayerName | None = Field(
        None, description="The layer whose finished pixels are the base; left out: a painterly_base"
    )
    area: float = Field(0.08, ge=0, le=1, description="How much of the layer's area is shown")
    radius: CanvasPx = Field(
        6.0, ge=0, le=1000, description="How far the mask reaches around a detail, and how soft it is"
    )
    stroke: CanvasPx = Field(
        RADIUS, ge=0.5, le=400, description="Radius of the painterly base's strokes when no layer is named"
    )
    emphasis: MaskExpression | None = Field(
        None, description="Mask of what matters: details count as far as it shows them"
    )


@extension("mask", version=2)
def detail_loss(image: Raster, params: DetailLossParams, given: References) -> Mask:
    """Shows what a painterly base lost, the strongest details first."""
    if params.area == 0 or not image.pixels[..., 3].any():
        return nothing(image)
    if params.area == 1:
        return Mask(image.pixels[..., 3])
    small = bounded(image, _WORK_PIXELS)
    photo, opaque = continued_colors(small), alpha_of(small)
    scale = small.extent.width / image.extent.width
    loss = _blurred(_lost(photo, _base(photo, params, given, scale)), opaque, params.radius * scale)
    emphasis = given.mask("emphasis")
    if emphasis is not None:
        loss *= resized(emphasis.to_float(), opaque.shape)
    return within(_strongest(loss, opaque, params.area), image)


def _base(photo: FloatArray, params: DetailLossParams, given: References, scale: float) -> FloatArray:
    """(h, w, 3): the named layer over the photo, or a base painted from it."""
    layer = given.raster("base")
    if layer is None:
        return laid_in(photo, params.stroke * scale, TOLERANCE)
    small = bounded(layer, _WORK_PIXELS).to_float()
    alpha = small[..., 3:]
    return small[..., :3] * alpha + photo * (1 - alpha)


def _lost(photo: FloatArray, base: FloatArray) -> FloatArray:
    """(h, w): the edge energy of photo − base in OKLab; 0 where it would not be noticed."""
    energy = steepness(srgb_to_oklab(photo) - srgb_to_oklab(base))
    return float32(np.maximum(energy - np.float32(_NOTICED), 0))


def _blurred(energy: FloatArray, opaque: FloatArray, radius: float) -> FloatArray:
    """What lies within about `radius`; what is transparent counts for nothing."""
    around = gaussian(energy * opaque, radius)
    return float32(around / np.maximum(gaussian(opaque, radius), np.float32(0.05)))


def _strongest(loss: FloatArray, opaque: FloatArray, area: float) -> FloatArray:
    """(h, w) 0…1 that shows `area` of what is opaque where the loss is greatest; less if little is."""
    least, most = 0.0, float(loss.max())
    if most <= 0:
        return np.zeros_like(loss)
    wanted = area * float(opaque.sum(dtype=np.float64))
    for _ in range(24):
        middle = (least + most) / 2
        seen = float((_faded(loss, middle) * opaque).sum(dtype=np.float64))
        least, most = (middle, most) if seen > wanted else (least, middle)
    return _faded(loss, most)


def _faded(loss: FloatArray, threshold: float) -> FloatArray:
    rim = np.float32(max(2 * _RIM * threshold, 1e-9))
    return float32(np.clip((loss - np.float32(threshold)) / rim + np.float32(0.5), 0, 1))
