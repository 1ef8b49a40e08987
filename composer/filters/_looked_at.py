"""Looked at: where a picture is looked at – a mask laid over it, times its alpha – and a sample of that.

Knows that a mask covers the canvas, that a layer lies somewhere on it, and that a photograph which was
not placed does not: over such a one the mask is stretched. No extension of its own.
"""

import cv2
import numpy as np

from ..pixels.color import linear_to_oklab
from ..pixels.gaussian import float32
from ..pixels.raster import Array, FloatArray, Mask, Raster
from ._recolor import linear_levels

_SAMPLE = 300_000  # pixels; more of them move no mean or deviation by a level


def under(mask: Mask, image: Raster) -> FloatArray:
    """(H, W) 0…1: the part of `mask` under a placed raster; beyond the canvas, its border goes on."""
    box, canvas = image.bounds, mask.extent
    rows = np.arange(box.top, box.bottom).clip(0, canvas.height - 1)
    columns = np.arange(box.left, box.right).clip(0, canvas.width - 1)
    return Mask(mask.values[rows[:, None], columns]).to_float()


def over_picture(mask: Mask, picture: Raster) -> FloatArray:
    """(H, W) 0…1: `mask` over a layer, or stretched over a photograph that was not placed."""
    if mask.extent == picture.extent or picture.is_empty:
        return mask.to_float()[: picture.extent.height, : picture.extent.width]
    size = (picture.extent.width, picture.extent.height)
    return float32(cv2.resize(mask.to_float(), size, interpolation=cv2.INTER_AREA))


def layer_sample(image: Raster, mask: Mask | None) -> tuple[Array, Array]:
    """As `sampled`, of what `mask` shows of a layer."""
    return sampled(image, None if mask is None else under(mask, image))


def picture_sample(picture: Raster, mask: Mask | None) -> tuple[Array, Array]:
    """As `sampled`, of what `mask` shows of a layer or photograph."""
    return sampled(picture, None if mask is None else over_picture(mask, picture))


def sampled(image: Raster, weight: FloatArray | None) -> tuple[Array, Array]:
    """OKLab (n, 3) and weights (n,) in float64 – alpha times `weight` – of pixels evenly over the raster."""
    height, width = image.pixels.shape[:2]
    step = max(1, int(np.ceil((height * width / _SAMPLE) ** 0.5)))
    pixels = image.pixels[::step, ::step].reshape(-1, 4)
    weights = pixels[:, 3] / np.float64((1 << image.depth) - 1)
    if weight is not None:
        weights = weights * weight[::step, ::step].ravel()
    seen = weights > 0
    lab = linear_to_oklab(linear_levels(image.depth)[pixels[seen, :3]])
    return lab.astype(np.float64), weights[seen]
