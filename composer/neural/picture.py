"""Picture: a raster as a network sees it – opaque RGB and a weight for every pixel.

Knows how transparent pixels are filled and left out of the statistics, and how a picture is fitted to a
scale. Does not know colour modes, features or styles.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from scipy.ndimage import distance_transform_edt
from torch import Tensor
from torch.nn import functional as F

from ..pixels.geometry import Bounds, Extent
from ..pixels.raster import Array, FloatArray, Raster
from .frozen import FeatureExtractor
from .guides import Guide, everywhere, guide
from .pyramid import SMALLEST

_OPAQUE = 0.5  # alpha from which a pixel's own colour is trusted to fill its surroundings


@dataclass(frozen=True, eq=False)
class Picture:
    """rgb (1, 3, H, W) and weight (1, 1, H, W), float32 0…1 on the CPU; `weight` is the alpha.

    `visible` is the raster's place in them.
    """

    rgb: Tensor
    weight: Tensor
    visible: Bounds

    @classmethod
    def of(cls, raster: Raster) -> "Picture":
        """The raster with its transparent pixels filled from the nearest opaque colour."""
        rgba = raster.to_float()
        rgb = np.ascontiguousarray(filled(rgba).transpose(2, 0, 1))
        return cls(torch.from_numpy(rgb)[None], _weight(rgba[..., 3]), Bounds.of(raster.extent))

    def mirrored(self, margin: int) -> "Picture":
        """With a mirrored margin on each side, wider where the network could not read so small a picture."""
        rgb, visible = mirrored(self.rgb, margin), self.visible.translate(margin, margin)
        weight = _ones(rgb) if self.is_opaque else mirrored(self.weight, margin)
        return Picture(rgb, weight, visible)

    @cached_property
    def is_opaque(self) -> bool:
        """Whether every pixel counts fully."""
        return bool((self.weight == 1).all())

    def guide(self, encoder: FeatureExtractor, depth: int, region: Tensor | None = None) -> Guide:
        """How much the positions of `depth` feature layers count, in a region (1, 1, H, W) or everywhere."""
        if region is None and self.is_opaque:
            return everywhere(encoder, depth)
        return guide(self.weight, region, encoder, depth)

    @property
    def extent(self) -> Extent:
        """The extent with its mirrored margin."""
        return Extent(self.rgb.shape[3], self.rgb.shape[2])

    def with_rgb(self, rgb: Tensor) -> "Picture":
        """The same picture in other colours."""
        return replace(self, rgb=rgb)

    def with_weight(self, weight: Tensor) -> "Picture":
        """The same picture, its pixels counting otherwise."""
        return Picture(self.rgb, weight, self.visible)

    def fitted(self, extent: Extent) -> "Picture":
        """Resampled with an antialiased cubic kernel; itself when it has that size already."""
        if extent == self.extent:
            return self
        size = (extent.height, extent.width)
        rgb = F.interpolate(self.rgb, size, mode="bicubic", antialias=True).clamp_(0, 1)
        if self.is_opaque:  # to the last bit, which an interpolation misses
            return Picture(rgb, _ones(rgb), Bounds.of(extent))
        weight = F.interpolate(self.weight, size, mode="bilinear", antialias=True).clamp_(0, 1)
        return Picture(rgb, weight, Bounds.of(extent))

    def pixels(self) -> FloatArray:
        """(H, W, 3) float32, the margin cut off."""
        rows, columns = self.visible.slices
        cut: FloatArray = self.rgb[0, :, rows, columns].permute(1, 2, 0).contiguous().numpy()
        return cut


def _weight(alpha: FloatArray) -> Tensor:
    """(1, 1, H, W) of an alpha (H, W)."""
    weight = torch.from_numpy(alpha)[None, None]
    return _ones(weight) if (alpha == 1).all() else weight.contiguous()


def _ones(planes: Tensor) -> Tensor:
    """(1, 1, H, W), the weight of an opaque picture: one number in memory, however large that is."""
    return planes.new_ones(1, 1, 1, 1).expand(1, 1, *planes.shape[2:])


def mirrored(planes: Tensor, margin: int) -> Tensor:
    """(1, C, H, W) with a mirrored margin on each side, wider below and right of a very small picture."""
    below, right = (max(margin, SMALLEST - side - margin) for side in planes.shape[2:])
    around = ((0, 0), (0, 0), (margin, below), (margin, right))
    return torch.from_numpy(np.pad(planes.numpy(), around, mode="symmetric"))


def filled(rgba: FloatArray) -> FloatArray:
    """(H, W, 3): the colours of (H, W, 4), fully transparent pixels taking the nearest opaque colour."""
    alpha = rgba[..., 3]
    hidden = alpha == 0
    trusted = alpha >= min(_OPAQUE, float(alpha.max()))
    if not hidden.any() or hidden.all():
        return rgba[..., :3]
    nearest: Array = distance_transform_edt(~trusted, return_distances=False, return_indices=True)
    colour = rgba[..., :3].copy()
    colour[hidden] = rgba[nearest[0][hidden], nearest[1][hidden], :3]
    return colour
