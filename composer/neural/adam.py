"""Adam on pixels: the picture being painted, its optimiser state and its running mean.

Knows tensors of pixels and the update of Kingma and Ba (2015). Does not know what the gradient means.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from .tiles import bands

BETA_1, BETA_2 = 0.9, 0.99
EPSILON = 3.0  # in the loss's change per pixel, times the pixels: where less pulls, steps are small too


def enlarged(values: Tensor, height: int, width: int) -> Tensor:
    """(1, C, H, W) at another size, bicubic; outside the graph only: its CUDA backward is random."""
    return F.interpolate(values, (height, width), mode="bicubic", align_corners=False)


@dataclass(eq=False, slots=True)
class Painting:
    """(1, C, H, W) pixels 0…1 under optimisation, Adam's moments m and v, the iterates' running mean.

    The mean is the result: it lies between the iterates, which jump by the step size for ever.
    """

    x: Tensor
    m: Tensor
    v: Tensor
    mean: Tensor
    weight: float = 0.0
    steps: int = 0

    @classmethod
    def start(cls, ground: Tensor) -> "Painting":
        """A painting that is its ground and has not moved yet."""
        m, v, mean = (torch.zeros_like(ground) for _ in range(3))
        return cls(ground.clone(), m, v, mean)

    def step(self, gradient: Tensor, rate: float, decay: float) -> None:
        """One step of Adam, in place; pixels stay within 0…1. `decay` is the running mean's memory.

        `gradient`: of the loss, times the number of values of the picture.
        """
        self.steps += 1
        size = rate / (1 - BETA_1**self.steps)
        for band in bands(self.x):
            x, m, v, mean, g = (p[:, :, band] for p in (self.x, self.m, self.v, self.mean, gradient))
            m.mul_(BETA_1).add_(g, alpha=1 - BETA_1)
            v.mul_(BETA_2).addcmul_(g, g, value=1 - BETA_2)
            root = (v / (1 - BETA_2**self.steps)).sqrt_().add_(EPSILON)
            x.addcdiv_(m, root, value=-size).clamp_(0, 1)
            mean.mul_(decay).add_(x, alpha=1 - decay)
        self.weight = self.weight * decay + 1 - decay

    def result(self) -> Tensor:
        """The running mean of this scale's iterates, freed of its start at zero (the pixels if none)."""
        return self.mean / self.weight if self.weight else self.x

    def at(self, before: Tensor, ground: Tensor, detail: float) -> "Painting":
        """The painting of the next scale: the result enlarged, Adam's moments with it; a new mean.

        `before` and `ground` are the ground at this scale and the next; `detail` (0…1) is the share brought
        back of what it gains from the one to the other.
        """
        height, width = ground.shape[2:]
        x = enlarged(self.result(), height, width)
        if detail:
            gain = enlarged(before, height, width)
            x.add_(torch.sub(ground, gain, out=gain), alpha=detail)
            del gain
        m = enlarged(self.m, height, width)
        # Linear, since a cubic kernel undershoots: where v came out as nothing, steps would have no bound.
        v = F.interpolate(self.v, (height, width), mode="bilinear", align_corners=False)
        return Painting(x.clamp_(0, 1), m, v, torch.zeros_like(x), 0.0, self.steps)
