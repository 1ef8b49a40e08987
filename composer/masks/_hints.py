"""Hints: where the artist says the figure is – a box or an outline around it, points in it and beside it.

Knows coordinates and the array they point into. Does not know how a figure is found. No extension of
its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from ..errors import OperationError
from ..pixels.geometry import Bounds, Extent
from ..pixels.raster import Array, FloatArray
from ._polygon import polygon_coverage

Points = tuple[tuple[float, float], ...]
_REACH = 0.004  # radius of what a point is sure of, of the long side
_LEAST_REACH = 1.5  # pixels
_ROUNDED = 0.5  # pixels by which the side of a smaller copy may be off


@dataclass(frozen=True, slots=True)
class Hints:
    """In pixels of an array: polygons `around` the figure, points `inside` it and `beside` it."""

    around: tuple[Points, ...] = ()
    inside: Points = ()
    beside: Points = ()

    @property
    def given(self) -> bool:
        """Whether the artist said anything."""
        return bool(self.around or self.inside or self.beside)

    def seen_from(self, left: float, top: float, across: float = 1.0, down: float = 1.0) -> "Hints":
        """The same in an array that begins at (left, top) of this one and is so many times as large."""

        def seen(points: Points) -> Points:
            return tuple(((x - left) * across, (y - top) * down) for x, y in points)

        return Hints(tuple(map(seen, self.around)), seen(self.inside), seen(self.beside))

    def within(self, height: int, width: int) -> FloatArray:
        """(H, W) 0…1: how far each pixel lies inside every outline."""
        within = np.ones((height, width), np.float32)
        for outline in self.around:
            within *= polygon_coverage(Extent(width, height), outline)
        return within

    def sure(self, height: int, width: int) -> Array:
        """(H, W) bool: the pixels about the points inside."""
        return _discs(self.inside, height, width)

    def never(self, height: int, width: int) -> Array:
        """(H, W) bool: the pixels about the points beside."""
        return _discs(self.beside, height, width)

    def check(self, opaque: Array) -> None:
        """Raises OperationError for hints that no figure of this layer, (H, W) bool, can fulfil."""
        height, width = opaque.shape
        possible = opaque & (self.within(height, width) > 0)
        if self.around and not possible.any():
            raise OperationError(
                "the box or outline of the segmentation lies where the layer has no pixels",
                "a box is [x, y, width, height] in pixels of the canvas",
            )
        for x, y in self.inside:
            column, row = _in_range(x, width), _in_range(y, height)
            if column is None or row is None or not possible[row, column]:
                raise OperationError(
                    "a point of the segmentation lies where the layer has no pixels, or outside the box",
                    "points are [x, y] in pixels of the canvas, on the figure",
                )


def _in_range(at: float, length: int) -> int | None:
    """The index of the pixel at a coordinate; None outside."""
    return min(max(int(at), 0), length - 1) if -_ROUNDED <= at < length + _ROUNDED else None


def box_around(wanted: Array) -> Bounds:
    """The smallest box around every wanted pixel of (H, W) bool; empty when there is none."""
    rows, columns = (np.flatnonzero(wanted.any(axis=axis)) for axis in (1, 0))
    if rows.size == 0:
        return Bounds(0, 0, 0, 0)
    return Bounds(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def pointed_parts(shown: Array, hints: Hints) -> Array:
    """Of (H, W) bool the connected parts that a point lies in; all of them without points."""
    if not hints.inside:
        return shown
    _, labels = cv2.connectedComponents(shown.astype(np.uint8), connectivity=8)
    wanted = set(labels[hints.sure(*shown.shape)].tolist()) - {0}
    parts: Array = np.isin(labels, list(wanted))
    return parts


def _discs(points: Iterable[tuple[float, float]], height: int, width: int) -> Array:
    radius = max(_LEAST_REACH, _REACH * max(height, width))
    x, y = np.arange(width) + 0.5, np.arange(height)[:, None] + 0.5
    discs = np.zeros((height, width), bool)
    for point in points:
        discs |= np.hypot(x - point[0], y - point[1]) <= radius
    return discs
