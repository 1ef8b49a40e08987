"""Curve: style distance against content distance, as a method's knob turns; and two curves at equal content.

Knows verdicts. Does not know pictures or methods.
"""

from dataclasses import dataclass

import numpy as np

from .judge import Verdict


@dataclass(frozen=True, slots=True)
class Point:
    """One render: the knob it was made with and what a judge says."""

    knob: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Curve:
    """The renders of one method of one pair before one judge."""

    points: tuple[Point, ...]

    def style_at(self, content: float) -> float | None:
        """The style distance at that content distance, linear in its logarithm; None beyond the renders."""
        at, style = self._lines()
        if not at[0] <= content <= at[-1]:
            return None
        return float(np.exp(np.interp(content, at, np.log(style))))

    def knob_at(self, content: float) -> float:
        """A guess at the knob of a render at that content distance: linear in log(1 + knob)."""
        pairs = sorted((point.verdict.content, float(np.log1p(point.knob))) for point in self.points)
        at, knobs = [content for content, _ in pairs], [knob for _, knob in pairs]
        return float(np.expm1(np.interp(content, at, knobs)))

    def point(self, knob: float) -> Point:
        """The render made with that knob."""
        return next(point for point in self.points if point.knob == knob)

    def shared(self, other: "Curve") -> tuple[float, float]:
        """The content distances that both cover, from and to; empty when from >= to."""
        mine, theirs = self._lines()[0], other._lines()[0]
        return max(mine[0], theirs[0]), min(mine[-1], theirs[-1])

    def _lines(self) -> tuple[list[float], list[float]]:
        pairs = sorted((point.verdict.content, point.verdict.overall) for point in self.points)
        return [content for content, _ in pairs], [style for _, style in pairs]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ours against a baseline: style distances at our content distance, and their ratio along the curves.

    `theirs` is None where the baseline has no render on one side of our content distance; `ratio` is the
    geometric mean of ours / theirs over the range both cover, below 1 where ours is nearer to the style.
    """

    ours: float
    theirs: float | None
    ratio: float | None

    @property
    def won(self) -> bool:
        """Whether ours is nearer to the style at equal content."""
        return self.theirs is not None and self.ours < self.theirs


def compared(ours: Curve, theirs: Curve, knob: float) -> Comparison:
    """At the content distance of our render with that knob."""
    verdict = ours.point(knob).verdict
    return Comparison(verdict.overall, theirs.style_at(verdict.content), _ratio(ours, theirs))


def _ratio(ours: Curve, theirs: Curve, samples: int = 33) -> float | None:
    low, high = ours.shared(theirs)
    if low >= high:
        return None
    at = np.linspace(low, high, samples).clip(low, high).tolist()
    both = [(ours.style_at(content), theirs.style_at(content)) for content in at]
    logs = [np.log(a / b) for a, b in both if a and b]
    return float(np.exp(np.mean(logs)))
