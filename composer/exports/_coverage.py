"""Coverage: how much a layer or group hides of what lies below it, without its colours.

Knows alpha, masks, opacity, groups and clipping. Does not know blend modes, which leave alpha alone.
"""

import numpy as np

from ..pixels.geometry import Bounds
from ..pixels.raster import FloatArray, Mask, Raster
from ..pixels.stack import LayerStack, PaintLayer, StackItem
from ._lowering import clip_runs


def coverage(item: StackItem, stack: LayerStack) -> Mask:
    """The alpha of a layer or group on the whole canvas, at the depth of the stack."""
    return Mask.from_float(_alpha(item, stack), stack.depth)


def _alpha(item: StackItem, stack: LayerStack) -> FloatArray:
    """Alpha 0…1 (H, W). Stacked alphas unite as 1 − (1 − a)(1 − b); what is clipped adds nothing."""
    shape = (stack.extent.height, stack.extent.width)
    if not item.visible:
        return np.zeros(shape, np.float32)
    if isinstance(item, PaintLayer):
        alpha = _painted(item.raster, stack)
    else:
        through = np.ones(shape, np.float32)
        for base, _ in clip_runs(item.children):
            through *= 1 - _alpha(base, stack)
        alpha = 1 - through
    if item.mask is not None:
        alpha *= item.mask.to_float()
    alpha *= np.float32(item.opacity)
    return alpha


def _painted(raster: Raster, stack: LayerStack) -> FloatArray:
    alpha = np.zeros((stack.extent.height, stack.extent.width), np.float32)
    inside = raster.crop(Bounds.of(stack.extent))
    if not inside.is_empty:
        full = np.float32(np.iinfo(raster.pixels.dtype).max)
        alpha[inside.bounds.slices] = inside.pixels[..., 3] / full
    return alpha
