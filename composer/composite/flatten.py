"""Flatten: a layer stack as one raster, strip by strip.

Knows how a strip becomes pixels. Does not know blending, groups or files.
"""

from __future__ import annotations

from functools import partial

from ..pixels.geometry import Bounds
from ..pixels.raster import Raster
from ..pixels.stack import LayerStack
from .kernel import Kernel, KernelName, kernel_in_use, load_kernel
from .strips import each, strips
from .surface import Surface
from .walk import compose


def flatten(
    stack: LayerStack,
    region: Bounds | None = None,
    *,
    threads: int = 2,
    kernel: KernelName | None = None,
) -> Raster:
    """The stack as one raster over the canvas, or over `region` of it (canvas pixels).

    Straight alpha, `stack.depth` bits a channel, colour 0 where alpha is 0. Sums are float32,
    rounded to nearest once at the end. A region has the bytes of the same crop of the whole, and
    neither threads nor the kernel change any. `kernel` None takes what `kernel_in_use` names. Raises
    ValueError when a mask is not the canvas's size.
    """
    check_masks(stack)
    canvas = Bounds.of(stack.extent)
    target = Raster.blank(canvas if region is None else canvas.intersect(region), stack.depth)
    loops = load_kernel(kernel or kernel_in_use().name)
    work = partial(_flatten_strip, stack, target, loops)
    each(work, strips(target.bounds, loops.strip_pixels), threads)
    return target


def check_masks(stack: LayerStack) -> None:
    """Raises ValueError when a mask is not the canvas's size."""
    for item in stack.walk():
        if item.mask is not None and item.mask.extent != stack.extent:
            found = f"the mask of {item.name!r} is {item.mask.extent}"
            raise ValueError(f"{found}, the canvas is {stack.extent}")


def _flatten_strip(stack: LayerStack, target: Raster, kernel: Kernel, strip: Bounds) -> None:
    surface = Surface.blank(strip)
    compose(stack.layers, surface, kernel)
    kernel.encode(surface, target)
