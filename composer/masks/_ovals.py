"""Ovals: shows faces or eyes as soft ovals – where the artist says they are, or where they are found.

Knows how an oval lies in the box of what was found. Does not know how anything is found. No extension of
its own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..pixels.raster import Mask, Raster
from ._bounded import within
from ._ellipses import Box, Ellipse, drawn
from ._faces import Found


@dataclass(frozen=True, slots=True)
class Oval:
    """In shares of a found box: half axes, and how far below the middle of the box its own middle lies."""

    a: float
    b: float
    lower: float

    def around(self, found: Found, size: float) -> Ellipse:
        """The oval of one thing found, `size` times as large."""
        x, y = found.middle
        axes = size * self.a * found.width, size * self.b * found.height
        return Ellipse(x, y + self.lower * found.height, *axes)


def shown_ovals(
    image: Raster,
    at: Iterable[Box],
    find: Callable[[Raster], Iterable[Found]],
    oval: Oval,
    size: float,
    softness: float,
) -> Mask:
    """Ovals in the boxes `at`, or without any around what `find` finds, with the least of its confidences."""
    told = [Ellipse.in_box(*box, size) for box in at]
    if told:
        return within(drawn(image.extent, told, softness), image)
    found = tuple(find(image))
    ovals = [oval.around(each, size) for each in found]
    confidence = min((each.confidence for each in found), default=0.0)
    return within(drawn(image.extent, ovals, softness), image, confidence)
