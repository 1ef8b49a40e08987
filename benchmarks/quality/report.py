"""Report: trials as lines of text – curves, comparisons at equal content, defects, and who won.

Knows trials. Does not render or judge.
"""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass

from .curve import Comparison
from .methods import DEFAULT
from .trial import Defects, Trial

OURS = "ours"
BAR = 0.8  # of the pairs must be won against each baseline


def curve_lines(trial: Trial) -> Iterator[str]:
    """Each render's content and style distance before each judge."""
    for (judge, method), curve in trial.curves.items():
        points = "  ".join(
            f"{p.knob:g}: {p.verdict.content:.3f} {p.verdict.overall:.3f}" for p in curve.points
        )
        yield f"    {judge:8} {method:6} knob: content style | {points}"


@dataclass(frozen=True, slots=True)
class Row:
    """One pair before one judge: ours against each baseline, by name."""

    pair: str
    judge: str
    content: float
    against: tuple[tuple[str, Comparison], ...]

    @classmethod
    def of(cls, trial: Trial, judge: str, baselines: Sequence[str]) -> "Row":
        """At the content distance of our default."""
        at = trial.curves[judge, OURS].point(DEFAULT.strength).verdict.content
        against = tuple((n, trial.comparison(judge, OURS, n, DEFAULT.strength)) for n in baselines)
        return cls(trial.subject.pair.name, judge, at, against)

    @property
    def won(self) -> bool:
        """Whether ours is nearer to the style than every baseline."""
        return all(comparison.won for _, comparison in self.against)

    def __str__(self) -> str:
        theirs = "  ".join(f"{name} {_told(c.theirs)} (curve ×{_told(c.ratio)})" for name, c in self.against)
        ours = self.against[0][1].ours if self.against else float("nan")
        verdict = "won" if self.won else "LOST"
        return f"  {self.judge:8} content {self.content:.3f}: ours {ours:.3f}  {theirs}  {verdict}"


def defect_line(name: str, found: Defects) -> str:
    """The figures of one render."""
    lightness, chroma, fringes, saturation, border = astuple(found)
    return (
        f"  {name:8} grain L ×{lightness:.2f} chroma ×{chroma:.2f}  fringes ×{fringes:.2f}"
        f"  saturation ×{saturation:.2f}  border ×{border:.2f}"
    )


def summary(rows: Sequence[Row]) -> Iterator[str]:
    """Pairs won by judge, and against each baseline."""
    for judge in dict.fromkeys(row.judge for row in rows):
        here = [row for row in rows if row.judge == judge]
        each = [
            f"{name} {sum(dict(row.against)[name].won for row in here)}/{len(here)}"
            for name, _ in here[0].against
        ]
        all_ = sum(row.won for row in here)
        yield f"{judge:8} won {all_}/{len(here)} ({', '.join(each)}); bar {BAR * len(here):.0f}"


def _told(value: float | None) -> str:
    return "not covered" if value is None else f"{value:.3f}"
