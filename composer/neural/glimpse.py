"""Glimpse: a painting that is not finished, as a small raster to look at.

Knows tensors and rasters. Does not know where on the canvas the painting will lie.
"""

import numpy as np
import torch
from torch import Tensor

from ..pixels.raster import Raster

LONGEST = 512
"""Pixels of the longer side."""


@torch.no_grad()
def glimpse(x: Tensor) -> Raster:
    """The picture x, (1, 3 or 1, H, W) of 0…1 on any device, as an opaque raster of 8 bits."""
    factor = min(1.0, LONGEST / max(x.shape[2:]))
    small = (
        x.float()
        if factor == 1
        else torch.nn.functional.interpolate(x.float(), scale_factor=factor, mode="area")
    )
    rgb = small[0].clamp(0, 1).mul(255).round().to(torch.uint8).expand(3, -1, -1)
    pixels = rgb.permute(1, 2, 0).cpu().numpy()
    return Raster(np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)]))
