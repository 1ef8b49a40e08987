"""Inputs: the values that one action works on, by their roles.

Knows which of them the parameters of an extension name. Does not know how anything is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from ..operation import Parent, References
from ..pixels.geometry import Bounds, Extent
from ..pixels.raster import Mask, Raster

Value = Raster | Mask
WHOLE = "whole"
"""The role of a mask file's picture as it was read, beside what of it lies on the canvas."""
_FOUND = "found"
"""The role of what was found for a mask at full size."""


class Inputs:
    """The input values of one action by role, and their digests if it asks for them.

    `parent`: the render that a style layer is patched from.
    """

    def __init__(
        self,
        values: Mapping[str, Value],
        files: Mapping[str, Path],
        parent: Parent | None = None,
        digests: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._values = values
        self._files = files
        self._digests = {id(value): digests[role] for role, value in values.items() if role in digests}
        self.parent = parent

    def digest_of(self, value: Value) -> str:
        """The digest of one of the values."""
        return self._digests[id(value)]

    def raster(self, role: str) -> Raster:
        """The raster of that role."""
        value = self._values[role]
        assert isinstance(value, Raster), role
        return value

    def mask(self, role: str) -> Mask:
        """The mask of that role."""
        value = self._values[role]
        assert isinstance(value, Mask), role
        return value

    def file(self, role: str) -> Path:
        """The snapshot of the file of that role."""
        return self._files[role]

    def references(self, canvas: Extent | None, tell: Callable[[str], None]) -> References:
        """What the parameters of an extension name; rasters brought over `canvas` if one is given."""
        return References(
            rasters={
                role: value if canvas is None else over_canvas(value, canvas)
                for role, value in self._values.items()
                if isinstance(value, Raster) and role not in ("image", WHOLE)
            },
            masks={role: value for role, value in self._values.items() if isinstance(value, Mask)},
            files=self._files,
            found=self.mask(_FOUND) if _FOUND in self else None,
            tell=tell,
        )

    @property
    def largest(self) -> int:
        """The pixels of the largest value; 0 without any."""
        return max((value.extent.pixels for value in self._values.values()), default=0)

    def __contains__(self, role: str) -> bool:
        return role in self._values


def over_canvas(image: Raster | None, canvas: Extent, depth: int = 8) -> Raster:
    """The image over the whole canvas, transparent outside; without one, nothing but transparency."""
    bounds = Bounds.of(canvas)
    if image is None:
        return Raster.blank(bounds, depth)
    if image.bounds == bounds:
        return image
    whole = Raster.blank(bounds, image.depth)
    whole.pixels[image.bounds.slices] = image.pixels
    return whole
