"""Second order: L-BFGS on pixels, in rounds that begin without a memory of the ones before.

So a checkpoint between two rounds needs the pixels alone. Knows torch's L-BFGS (Liu and Nocedal 1989, line
search by Wolfe's conditions). Does not know what the loss means.
"""

from collections.abc import Callable

import torch
from torch import Tensor

ROUND = 10  # steps; also how many of them the curvature is estimated from

Evaluate = Callable[[Tensor], tuple[float, Tensor]]


def refined(x: Tensor, evaluate: Evaluate) -> Tensor:
    """Pixels (1, C, H, W) after one round, within 0…1.

    `evaluate` gives the loss and its gradient, in one scale; it must not draw other lots from call to call.
    """
    pixels = x.detach().clone().requires_grad_(True)
    optimizer = torch.optim.LBFGS(
        [pixels],
        max_iter=ROUND,
        max_eval=ROUND + ROUND // 2,
        history_size=ROUND,
        line_search_fn="strong_wolfe",
    )

    def closure() -> float:
        loss, pixels.grad = evaluate(pixels.detach())
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return pixels.detach().clamp_(0, 1)
