"""Detail loss: a mask of what a painterly base lost and the photo must bring back.

Knows the photo as it was placed and the base: a finished layer, or else what the filter
`painterly_base` makes of the photo, at a bounded size. What is worth most comes first until a share of the layer's
area is used up. Eyes and mouths are for the artist to add: `details | eyes`.
"""

from typing import Final

import cv2
import numpy as np
from pydantic import Field

from ..operation import CanvasPx, LayerName, MaskExpression, Params, References
from ..pixels.color import srgb_to_oklab
from ..pixels.continued import continued_colors
from ..pixels.gaussian import float32, gaussian
from ..pixels.lay_in import RADIUS, TOLERANCE, laid_in
from ..pixels.raster import FloatArray, Mask, Raster
from ..registry import extension
from ._energy import reduced, steepness

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


@extension("mask", version=1)
def detail_loss(image: Raster, params: DetailLossParams, given: References) -> Mask:
    """Shows what a painterly base lost, the strongest details first."""
    alpha = image.to_float()[..., 3]
    if params.area == 0 or not alpha.any():
        return Mask.from_float(np.zeros(alpha.shape), image.depth)
    if params.area == 1:
        return Mask.from_float(alpha, image.depth)
    photo = _small(image)
    opaque = _resized(alpha, photo.shape[1], photo.shape[0])
    scale = photo.shape[1] / alpha.shape[1]
    loss = _blurred(_lost(photo, _base(photo, params, given, scale)), opaque, params.radius * scale)
    emphasis = given.mask("emphasis")
    if emphasis is not None:
        loss *= _resized(emphasis.to_float(), photo.shape[1], photo.shape[0])
    shown = _strongest(loss, opaque, params.area)
    enlarged = cv2.resize(shown, (alpha.shape[1], alpha.shape[0]), interpolation=cv2.INTER_LINEAR)
    return Mask.from_float(enlarged * alpha, image.depth)


def _small(image: Raster) -> FloatArray:
    """(h, w, 3): the colours at a bounded size, continued where the layer is transparent."""
    rgba = image.to_float()
    height, width = rgba.shape[:2]
    scale = min(1.0, (_WORK_PIXELS / (height * width)) ** 0.5)
    if scale < 1:
        rgba = reduced(rgba, (max(1, round(width * scale)), max(1, round(height * scale))))
    return continued_colors(Raster.from_float(rgba, 16))


def _resized(values: FloatArray, width: int, height: int) -> FloatArray:
    if values.shape == (height, width):
        return values
    return float32(cv2.resize(values, (width, height), interpolation=cv2.INTER_AREA))


def _base(photo: FloatArray, params: DetailLossParams, given: References, scale: float) -> FloatArray:
    """(h, w, 3): the named layer over the photo, or a base painted from it."""
    layer = given.raster("base")
    if layer is None:
        return laid_in(photo, params.stroke * scale, TOLERANCE)
    rgba = layer.to_float()
    if rgba.shape[:2] != photo.shape[:2]:
        rgba = reduced(rgba, (photo.shape[1], photo.shape[0]))
    alpha = rgba[..., 3:]
    over: FloatArray = rgba[..., :3] * alpha + photo * (1 - alpha)
    return over


def _lost(photo: FloatArray, base: FloatArray) -> FloatArray:
    """(h, w): the edge energy of photo − base in OKLab; 0 where it would not be noticed."""
    energy = steepness(srgb_to_oklab(photo) - srgb_to_oklab(base))
    noticed: FloatArray = np.maximum(energy - np.float32(_NOTICED), 0)
    return noticed


def _blurred(energy: FloatArray, opaque: FloatArray, radius: float) -> FloatArray:
    """What lies within about `radius`; what is transparent counts for nothing."""
    around = gaussian(energy * opaque, radius)
    mean: FloatArray = around / np.maximum(gaussian(opaque, radius), np.float32(0.05))
    return mean


def _strongest(loss: FloatArray, opaque: FloatArray, area: float) -> FloatArray:
    """(h, w) 0…1 that shows `area` of what is opaque where the loss is greatest; less where little is lost."""
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
    return np.clip((loss - np.float32(threshold)) / rim + np.float32(0.5), 0, 1)
