"""Patches: features that nothing was learnt for – random orthonormal filters on small patches, by scale.

Each level of a pyramid of OKLab is looked at through 7×7 filters drawn at random, once and for all, and split
into what lies above and below zero, so that moments tell lines from their negatives. Does not know what is
measured in them.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from composer.pixels.color import srgb_to_oklab

SIDE, FILTERS, LEVELS = 7, 32, 4
CHROMA = 2.0  # OKLab's a and b span about half of what its L does


@dataclass(frozen=True, slots=True)
class Patches:
    """(1, 3, H, W) sRGB 0…1 to 2 · FILTERS + 3 channels at 1, 1/2, 1/4 and 1/8 of the resolution."""

    seed: int = 20

    def __call__(self, rgb: Tensor) -> list[Tensor]:
        """Filter responses above and below zero, and the colours themselves."""
        x, layers = self.colours(rgb), []
        for level in range(LEVELS):
            x = F.avg_pool2d(x, 2) if level else x
            seen = F.conv2d(F.pad(x, (SIDE // 2,) * 4, mode="reflect"), self.filters())
            layers.append(
                torch.cat([seen.relu(), (-seen).relu(), x - x.new_tensor([[[0.5]], [[0]], [[0]]])], 1)
            )
        return layers

    def filters(self) -> Tensor:
        """(FILTERS, 3, SIDE, SIDE): orthonormal, each with a mean of zero in every channel."""
        drawn = torch.randn(FILTERS, 3, SIDE * SIDE, generator=torch.Generator().manual_seed(self.seed))
        basis: Tensor = torch.linalg.qr((drawn - drawn.mean(2, keepdim=True)).flatten(1).T).Q.T
        return basis.reshape(FILTERS, 3, SIDE, SIDE).contiguous()

    @staticmethod
    def colours(rgb: Tensor) -> Tensor:
        """OKLab, its chroma stretched to the range of its lightness."""
        lab = torch.from_numpy(srgb_to_oklab(rgb[0].permute(1, 2, 0).contiguous().numpy()))
        return (lab * lab.new_tensor([1, CHROMA, CHROMA])).permute(2, 0, 1)[None]
