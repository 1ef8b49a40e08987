"""Trial: every method on one pair, before every judge; then our default looked at for defects.

Knows pairs, methods, judges and defects, and puts them together. Does not know how results are told.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from composer.pixels.geometry import Bounds
from composer.pixels.raster import FloatArray, Raster

from . import defects
from .curve import Comparison, Curve, Point, compared
from .judge import Case, Judge
from .methods import DEFAULT, Method
from .pairs import Pair, opened

Told = Callable[[str], None]

HOMING = 2  # renders more of each baseline, nearer and nearer to our content distance


@dataclass(frozen=True, eq=False, slots=True)
class Subject:
    """A pair's pictures; `shifted` is the photograph one pixel further right and down."""

    pair: Pair
    content: Raster
    shifted: Raster
    style: Raster

    @classmethod
    def of(cls, pair: Pair, assets: Path, size: int) -> "Subject":
        """Both with a long side of `size` pixels."""
        wide = opened(assets / pair.content, size + 1)
        width, height = wide.extent.width - 1, wide.extent.height - 1
        content, shifted = (wide.crop(Bounds(k, k, width + k, height + k)) for k in (0, 1))
        style = opened(assets / pair.style, size)
        return cls(pair, Raster(content.pixels), Raster(shifted.pixels), style)


@dataclass(frozen=True, eq=False, slots=True)
class Trial:
    """The renders of one pair by method and knob, and the curves by judge and method."""

    subject: Subject
    pictures: Mapping[tuple[str, float], Raster]
    curves: Mapping[tuple[str, str], Curve]

    def comparison(self, judge: str, ours: str, theirs: str, knob: float) -> Comparison:
        """Two methods at the content distance of the first with that knob."""
        return compared(self.curves[judge, ours], self.curves[judge, theirs], knob)

    def matching(self, judge: str, method: str, content: float) -> tuple[float, Raster]:
        """The knob and render of a method whose content distance is nearest to `content`."""
        points = self.curves[judge, method].points
        knob = min(points, key=lambda point: abs(point.verdict.content - content)).knob
        return knob, self.pictures[method, knob]


@dataclass(frozen=True, slots=True)
class Defects:
    """Figures of one render; see `defects` for what is good."""

    grain_lightness: float
    grain_chroma: float
    fringes: float
    saturation: float
    border: float

    @classmethod
    def of(cls, picture: Raster, subject: Subject) -> "Defects":
        """Grain and fringes as shares of the painting's own, on the photograph's calm half."""
        rgb, content, style = pixels(picture), pixels(subject.content), pixels(subject.style)
        calm = defects.calm_part(content)
        own = (*defects.grain(style), defects.fringes(style))
        fine = (*defects.grain(rgb, calm), defects.fringes(rgb, calm))
        lightness, chroma, fringes = (a / max(b, 1e-6) for a, b in zip(fine, own, strict=True))
        tone, edge = defects.saturation(rgb, style), defects.border(rgb, content)
        return cls(lightness, chroma, fringes, tone, edge)


def tried(subject: Subject, methods: Sequence[Method], judges: Sequence[Judge], told: Told) -> Trial:
    """Renders everything and has it judged; the first method is the one to compare with.

    A baseline is painted once more at our content distance (as the first judge sees it), guessed from its
    curve, since a straight line between two renders lies above a curve that bends as these do.
    """
    cases = [judge.case(subject.content, subject.style) for judge in judges]
    series = [_renders(subject, method, method.knobs, told) for method in methods]
    at = cases[0].verdict(series[0][DEFAULT.strength]).content
    for method, renders in zip(methods[1:], series[1:], strict=True):
        for _ in range(HOMING):
            renders |= _renders(subject, method, [_curve(cases[0], renders).knob_at(at)], told)
    named = [(method.name, renders) for method, renders in zip(methods, series, strict=True)]
    pictures = {(name, knob): picture for name, renders in named for knob, picture in renders.items()}
    curves = {(case.judge.name, name): _curve(case, renders) for case in cases for name, renders in named}
    return Trial(subject, pictures, curves)


def identity(subject: Subject, method: Method) -> float:
    """PSNR in dB of the painting painted in its own style, at the default; at least 30 is good."""
    return defects.psnr(
        pixels(method.paint(subject.style, subject.style, DEFAULT.strength)), pixels(subject.style)
    )


def restlessness(subject: Subject, method: Method, picture: Raster) -> float:
    """Mean ΔE between `picture` and the shifted photograph's render, shifted back; 0 is good."""
    shifted = method.paint(subject.shifted, subject.style, DEFAULT.strength)
    return defects.difference(pixels(picture)[1:, 1:], pixels(shifted)[:-1, :-1])


def pixels(picture: Raster) -> FloatArray:
    """(H, W, 3) sRGB 0…1."""
    rgb: FloatArray = np.ascontiguousarray(picture.to_float()[..., :3])
    return rgb


def _renders(subject: Subject, method: Method, knobs: Iterable[float], told: Told) -> dict[float, Raster]:
    renders = {}
    for knob in knobs:
        renders[knob] = method.paint(subject.content, subject.style, knob)
        told(f"{subject.pair.name}: {method.name} {knob:g}")
    return renders


def _curve(case: Case, renders: Mapping[float, Raster]) -> Curve:
    return Curve(tuple(Point(knob, case.verdict(picture)) for knob, picture in renders.items()))
