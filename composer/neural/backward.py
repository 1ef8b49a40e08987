"""Backward: the gradient in pixels from what pulls at feature layers, with no more in memory than needed.

Deep layers come first. What pulls at a layer is worked out when the way back has come to it, and what lies
behind is freed by then: that halves the memory of a step. Does not know what pulls.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

Rise = Callable[[int, Tensor], Tensor]
"""dL/dF of the layer of that number, given F; in new memory, which is written to."""


def pulled_through(pixels: Tensor, features: list[Tensor], order: Sequence[int], rise: Rise) -> Tensor:
    """The gradient in the pixels that `features` were computed from. The list is emptied on the way.

    `order`: the numbers of all layers, each after those it is computed from. Layers from which no other one
    is computed wait for the last.
    """
    layers = {k: features[k] for k in order}
    features.clear()
    waiting: list[Tensor] = []
    through: Tensor | None = None
    for k, below in pairwise([*reversed(order), None]):
        assert k is not None
        end = _end(layers.pop(k), k, rise, through)
        if below is not None:
            (through,) = torch.autograd.grad(end, layers[below], end, allow_unused=True)
        if below is None or through is None:
            waiting.append(end)
    (gradient,) = torch.autograd.grad(waiting, pixels, waiting)
    return gradient


def _end(feature: Tensor, k: int, rise: Rise, through: Tensor | None) -> Tensor:
    """A number () to go back from; `through`: what has come to the layer from those above it."""
    left = [] if through is None else [through]

    def pulled(F: Tensor) -> Tensor:
        here = rise(k, F)
        return here.add_(left.pop()) if left else here

    with torch.enable_grad():
        end: Tensor = _End.apply(feature, pulled)
    return end


class _End(torch.autograd.Function):
    """Holds a layer until the way back begins there; autograd would hold what is given to it to the end."""

    @staticmethod
    def forward(ctx: Any, feature: Tensor, pulled: Callable[[Tensor], Tensor]) -> Tensor:
        ctx.save_for_backward(feature)
        ctx.pulled = pulled
        return feature.new_zeros(())

    @staticmethod
    def backward(ctx: Any, *_: Tensor) -> tuple[Tensor, None]:
        (feature,) = ctx.saved_tensors
        return ctx.pulled(feature), None
