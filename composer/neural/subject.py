"""Subject: what is painted – the content, its regions with their styles, and what is held as it is.

Knows how all of it is fitted to a scale. Does not know features.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from torch import Tensor
from torch.nn import functional as F

from ..pixels.geometry import Extent
from .picture import Picture
from .pyramid import fitted


@dataclass(frozen=True, eq=False, slots=True)
class StyleSource:
    """A style picture with its share of the mix, at the size it has at the final scale."""

    picture: Picture
    share: float

    def at(self, factor: float) -> Picture:
        """The picture as large as its marks shall be at a scale `factor` times the final size."""
        return self.picture.fitted(fitted(self.picture.extent, factor))


@dataclass(frozen=True, eq=False, slots=True)
class RegionSource:
    """Styles that are mixed, and where: `mask` (1, 1, H, W) 0…1, None for all of the picture."""

    styles: Sequence[StyleSource]
    mask: Tensor | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Subject:
    """All planes have the content's extent.

    `held` (1, 1, H, W): the share of each pixel that stays as it is in `fixed` (the content, if None).
    `ground`: the picture the painting starts from (the content if None, or noise), and is held to.
    """

    content: Picture
    regions: Sequence[RegionSource]
    held: Tensor | None = None
    fixed: Tensor | None = None
    ground: Tensor | None = None
    is_from_noise: bool = False

    def at(self, extent: Extent) -> "Subject":
        """The same at another size."""
        if extent == self.content.extent:
            return self
        return Subject(
            self.content.fitted(extent),
            [replace(region, mask=_plane(region.mask, extent)) for region in self.regions],
            _plane(self.held, extent),
            _image(self.fixed, extent),
            _image(self.ground, extent),
            self.is_from_noise,
        )


def _plane(plane: Tensor | None, extent: Extent) -> Tensor | None:
    if plane is None:
        return None
    size = (extent.height, extent.width)
    return F.interpolate(plane, size, mode="bilinear", antialias=True).clamp_(0, 1)


def _image(image: Tensor | None, extent: Extent) -> Tensor | None:
    if image is None:
        return None
    return F.interpolate(image, (extent.height, extent.width), mode="bicubic", antialias=True).clamp_(0, 1)
