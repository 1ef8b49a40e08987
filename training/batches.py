"""Training batches: which crops make up step number n.

Knows the pictures and the seed; a step's batch depends on nothing else. Does not know the networks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Generator, Tensor

from training.augment import augment
from training.photographs import random_crop


@dataclass(frozen=True, eq=False, slots=True)
class Batches:
    """Crops of photographs and, in the given share, of procedural pictures."""

    photographs: Sequence[Tensor]
    procedural: Sequence[Tensor]
    share: float  # of procedural crops, 0..1
    size: int
    side: int
    late: int  # the step from which crops are larger and fewer
    seed: int
    worker: int = 0
    workers: int = 1

    def __call__(self, step: int) -> Tensor:
        """The batch of this step: (size, 3, side, side), 0..1, sRGB-encoded, channels last.

        It is the same whether the training was interrupted before or not.
        """
        number = (self.seed * 1_000_003 + step) * self.workers + self.worker
        generator = Generator().manual_seed(number)
        size, side = self._shape(step)
        crops = [random_crop(self._picture(generator), side, generator) for _ in range(size)]
        return augment(torch.stack(crops), generator).contiguous(memory_format=torch.channels_last)

    def typical(self, index: int) -> Tensor:
        """A batch beside those of the steps, the same for every worker."""
        return replace(self, worker=0, workers=1)(-1 - index)

    def _shape(self, step: int) -> tuple[int, int]:
        """Crops and their side: small ones vary a batch, large ones show deep layers their full field."""
        size, side = (self.size // 3, self.side * 7 // 4) if step >= self.late else (self.size, self.side)
        return max(1, size // self.workers), side

    def _picture(self, generator: Generator) -> Tensor:
        procedural = torch.rand((), generator=generator).item() < self.share or not self.photographs
        pool = self.procedural if procedural else self.photographs
        return pool[int(torch.randint(len(pool), (), generator=generator))]
