"""Geometry: extents, points and bounds as value types.

Knows integers and their arithmetic. Does not know arrays, and not which space
(canvas, layer, work, tile) a value belongs to: the name of the variable says that.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extent:
    """A size in pixels; both sides are >= 0."""

    width: int
    height: int

    @property
    def pixels(self) -> int:
        """The area in pixels."""
        return self.width * self.height

    @property
    def long_side(self) -> int:
        """The larger of the two sides."""
        return max(self.width, self.height)

    def scaled(self, factor: float) -> Extent:
        """Both sides times `factor`, rounded to nearest, never below 1."""
        return Extent(max(1, round(self.width * factor)), max(1, round(self.height * factor)))

    def __str__(self) -> str:
        return f"{self.width}×{self.height}"


@dataclass(frozen=True, slots=True)
class Point:
    """A position; x grows to the right and y downwards. Pixel centres lie at halves."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Bounds:
    """A half-open box of pixels: left <= x < right, top <= y < bottom."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def of(cls, extent: Extent) -> Bounds:
        """The box of that extent at the origin."""
        return cls(0, 0, extent.width, extent.height)

    @property
    def width(self) -> int:
        """Columns in the box; 0 for an empty box."""
        return max(0, self.right - self.left)

    @property
    def height(self) -> int:
        """Rows in the box; 0 for an empty box."""
        return max(0, self.bottom - self.top)

    @property
    def extent(self) -> Extent:
        """Width and height together."""
        return Extent(self.width, self.height)

    @property
    def is_empty(self) -> bool:
        """Whether no pixel lies inside."""
        return self.width == 0 or self.height == 0

    @property
    def slices(self) -> tuple[slice, slice]:
        """Row and column slices of an array whose origin is this space's origin."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def intersect(self, other: Bounds) -> Bounds:
        """The common box; empty boxes collapse to zero size at a corner."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Bounds(left, top, max(left, right), max(top, bottom))

    def union(self, other: Bounds) -> Bounds:
        """The smallest box that holds both; an empty box adds nothing."""
        if self.is_empty or other.is_empty:
            return other if self.is_empty else self
        return Bounds(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def translate(self, x: int, y: int) -> Bounds:
        """The box moved by (x, y)."""
        return Bounds(self.left + x, self.top + y, self.right + x, self.bottom + y)

    def pad(self, margin: int) -> Bounds:
        """The box grown by `margin` pixels on every side (shrunk when negative)."""
        return Bounds(self.left - margin, self.top - margin, self.right + margin, self.bottom + margin)

    def align(self, step: int) -> Bounds:
        """The smallest box around this one whose sides are multiples of `step`."""
        left, top = self.left // step * step, self.top // step * step
        return Bounds(left, top, -(-self.right // step) * step, -(-self.bottom // step) * step)
