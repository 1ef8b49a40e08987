"""Geometry: extents, points and bounds as value types.

Knows integers and their arithmetic. Does not know arrays, and not which space
(canvas, layer, work, tile) a value belongs to: the name of the variable says that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Quad = tuple[tuple[float, float], ...]
"""Where the four corners of a picture lie: top left, top right, bottom right, bottom left, each (x, y)."""
_CORNERS = ("top left", "top right", "bottom right", "bottom left")
_FLATTEST = math.sin(math.radians(0.1))  # of a corner's angle; beyond it no picture can be made out


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


def quad_mistake(corners: Sequence[Sequence[float]]) -> str | None:
    """What keeps a picture from being drawn into these corners, as "has …" or "is …"; None if nothing.

    `corners`: (x, y) of top left, top right, bottom right, bottom left. They may go round either way
    (the other one mirrors the picture) and lie anywhere; they must bulge outwards everywhere.
    """
    if len(corners) != 4 or any(len(corner) != 2 for corner in corners):
        return "is not four corners, each [x, y]"
    if not all(math.isfinite(number) for corner in corners for number in corner):
        return "has a corner that is nowhere: its numbers must be finite"
    for i, name in enumerate(_CORNERS):
        if math.dist(corners[i - 1], corners[i]) == 0:
            return f"has its {name} corner where the {_CORNERS[i - 1]} corner is"
    turns = [_turn(corners[i - 1], corners[i], corners[(i + 1) % 4]) for i in range(4)]
    for name, turn in zip(_CORNERS, turns, strict=True):
        if abs(turn) < _FLATTEST:
            return f"has three corners in one line: {name} and the two beside it"
    return _dent([turn > 0 for turn in turns])


def _dent(to_the_right: list[bool]) -> str | None:
    """What is wrong with corners of which these turn to the right; two of each kind: the sides cross."""
    count = sum(to_the_right)
    if count == 2:
        return "has sides that cross: corners go top left, top right, bottom right, bottom left"
    if count in (1, 3):
        return f"is not convex: the {_CORNERS[to_the_right.index(count == 1)]} corner points inwards"
    return None


def _turn(before: Sequence[float], at: Sequence[float], after: Sequence[float]) -> float:
    """The sine of the turn at a corner; positive to the right, as y grows downwards."""
    ax, ay, bx, by = at[0] - before[0], at[1] - before[1], after[0] - at[0], after[1] - at[1]
    return (ax * by - ay * bx) / (math.hypot(ax, ay) * math.hypot(bx, by))
