"""Trial: every method on one pair, before every judge; then our default looked at for defects.

Knows pairs, methods, judges and defects, and puts them together. Does not know how results are told.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
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
    saturation: float
    border: float
    seam: float | None

    @classmethod
    def of(cls, picture: Raster, subject: Subject, tile: int) -> "Defects":
        """Grain as shares of the painting's own, on the photograph's calm half."""
        rgb, content, style = pixels(picture), pixels(subject.content), pixels(subject.style)
        own = defects.grain(style)
        fine = defects.grain(rgb, defects.calm_part(content))
        lightness, chroma = (a / max(b, 1e-6) for a, b in zip(fine, own, strict=True))
        tone, edge = defects.saturation(rgb, style), defects.border(rgb, content)
        return cls(lightness, chroma, tone, edge, defects.seam(rgb, tile))


def tried(subject: Subject, methods: Sequence[Method], judges: Sequence[Judge], told: Told) -> Trial:
    """Renders everything and has it judged."""
    cases = {judge.name: judge.case(subject.content, subject.style) for judge in judges}
    pictures = dict(chain.from_iterable(_renders(subject, method, told) for method in methods))
    curves = {
        (name, method.name): _curve(case, method, pictures)
        for name, case in cases.items()
        for method in methods
    }
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


def _renders(subject: Subject, method: Method, told: Told) -> Iterator[tuple[tuple[str, float], Raster]]:
    for knob in method.knobs:
        yield (method.name, knob), method.paint(subject.content, subject.style, knob)
        told(f"{subject.pair.name}: {method.name} {knob:g}")


def _curve(case: Case, method: Method, pictures: Mapping[tuple[str, float], Raster]) -> Curve:
    point = partial(_point, case)
    return Curve(tuple(point(knob, pictures[method.name, knob]) for knob in method.knobs))


def _point(case: Case, knob: float, picture: Raster) -> Point:
    return Point(knob, case.verdict(picture))
