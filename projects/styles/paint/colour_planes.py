"""Colour blocks: a still table of circles and slanting planes, each a flat brushed colour inside a dark
contour.

Knows the cuts through the picture and the order of colours. A point's plane is the set of cuts it lies
beyond; each cut steps the colour on by its own stride, so that neighbours never match.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import coat, field, flow, palette, surface
from .brush import Bristles, Brush, Stroke
from .coat import Coat
from .field import Array, Frame

SIZE = (640, 768)

COLORS = palette.inks(
    "#f2e3c0 #c8321f #14213f #e9a820 #2f6f9f #efd9a8 #151414 #d8481c #8fb0ad #1c3f7a #f4ead4"
)
CONTOUR = palette.ink("#14100f")


@dataclass(frozen=True, slots=True)
class Line:
    """A straight cut through (x, y) at an angle; `stride` steps the colour."""

    x: float
    y: float
    turn: float
    stride: int

    def field(self, frame: Frame) -> Array:
        """Signed distance in widths."""
        xs, ys = frame.xy
        return np.asarray(
            (xs - self.x) * np.sin(self.turn) - (ys - self.y) / frame.aspect * np.cos(self.turn), np.float32
        )


@dataclass(frozen=True, slots=True)
class Disc:
    """A round cut; radius in widths."""

    x: float
    y: float
    radius: float
    stride: int

    def field(self, frame: Frame) -> Array:
        """Signed distance in widths, negative inside."""
        return (field.disc(frame, self.x, self.y, self.radius) - 1) * np.float32(self.radius)


COATS = (
    (
        Coat(64, 190, 0.5, hue=0.04, value=0.018, two_tone=0.015, wander=0.12),
        Brush(relief=0.6, dryness=0.08, streak=0.16, bristles=15),
    ),
    (
        Coat(40, 140, 1.15, hue=0.05, value=0.025, two_tone=0.02, wander=0.2),
        Brush(relief=0.8, dryness=0.25, streak=0.16, bristles=11),
    ),
)
CUTS: tuple[Line | Disc, ...] = (
    Line(0.50, 0.64, 0.08, 4),
    Line(0.27, 0.40, 1.32, 3),
    Line(0.70, 0.50, 1.80, 5),
    Line(0.50, 0.24, -0.50, 9),
    Disc(0.42, 0.47, 0.30, 6),
    Disc(0.72, 0.70, 0.19, 7),
    Disc(0.74, 0.19, 0.14, 1),
    Disc(0.42, 0.47, 0.15, 4),
    Line(0.20, 0.84, -0.70, 2),
)


def paint(rng: np.random.Generator, frame: Frame) -> Array:
    """The lit picture at working resolution, (H, W, 3) float32."""
    labels, color = _planes(rng, frame)
    ground = surface.primed(frame, palette.ink("#8a7152"))
    ground.height[:] = 0.35 * surface.canvas_weave(rng, frame)
    bristles = Bristles(rng)
    for label in np.unique(labels):
        _fill(rng, frame, ground, labels == label, color[label], bristles)
    _contours(rng, frame, ground, labels, bristles)
    return surface.light(ground, strength=4.5, gloss=0.1)


def _planes(rng: np.random.Generator, frame: Frame) -> tuple[NDArray[np.int32], dict[int, int]]:
    label = np.zeros(frame.shape, np.int32)
    step = np.zeros(frame.shape, np.int32)
    for bit, cut in enumerate(CUTS):
        wobble = 0.003 * field.noise(rng, frame, 5) + 0.0012 * field.noise(rng, frame, 25)
        beyond = (cut.field(frame) + wobble > 0).astype(np.int32)
        label += beyond << bit
        step += beyond * cut.stride
    names, first = np.unique(label, return_index=True)
    return label, {int(n): int(step.ravel()[i]) % len(COLORS) for n, i in zip(names, first, strict=True)}


def _fill(
    rng: np.random.Generator,
    frame: Frame,
    ground: surface.Surface,
    plane: NDArray[np.bool_],
    color: int,
    bristles: Bristles,
) -> None:
    """Paint one plane: strokes on a copy of its surroundings, of which only the plane itself is kept."""
    window = _around(plane, round(30 * frame.unit))
    cut = plane[window].astype(np.float32)
    grown, inside = field.soften(cut, 8 * frame.unit) > 0.1, field.soften(cut, 0.8 * frame.unit)
    wet = surface.Surface(ground.color[window].copy(), ground.height[window].copy())
    turn = rng.uniform(0, np.pi)
    for layer, brush in COATS:
        coat.apply(wet, _strokes(rng, frame, layer, grown, color, turn), brush, bristles)
    ground.color[window] += inside[..., None] * (wet.color - ground.color[window])
    ground.height[window] += inside * (wet.height - ground.height[window])


def _around(plane: NDArray[np.bool_], pad: int) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(plane.any(1)), np.flatnonzero(plane.any(0))
    return slice(max(rows[0] - pad, 0), rows[-1] + pad), slice(max(columns[0] - pad, 0), columns[-1] + pad)


def _strokes(
    rng: np.random.Generator, frame: Frame, layer: Coat, grown: NDArray[np.bool_], color: int, turn: float
) -> list[Stroke]:
    """Strokes across the plane's fall, the colour drifting along it towards a neighbour on the palette."""
    patch = Frame(grown.shape[1], grown.shape[0])
    x, y = coat.points(rng, patch, layer.width * layer.spacing * frame.unit)
    keep = field.sample(grown.astype(np.float32), x, y) > 0
    x, y = x[keep], y[keep]
    middle = grown.shape[1] / 2, grown.shape[0] / 2
    fall = ((x - middle[0]) * np.cos(turn) + (y - middle[1]) * np.sin(turn)) / frame.width
    drift = np.clip(0.12 + 0.5 * fall + rng.normal(0, 0.04, x.size), 0, 0.36)
    colors = palette.mix(COLORS[color], COLORS[(color + 3) % len(COLORS)], drift * 0.8)
    grow = np.exp(rng.normal(0, layer.spread, (2, x.size))).astype(np.float32) * frame.unit
    angle = np.full(grown.shape, turn + np.pi / 2, np.float32)
    return coat.strokes(rng, layer, x, y, layer.width * grow[0], layer.length * grow[1], colors, angle)


def _contours(
    rng: np.random.Generator,
    frame: Frame,
    ground: surface.Surface,
    labels: NDArray[np.int32],
    bristles: Bristles,
) -> None:
    edge = np.zeros(frame.shape, np.float32)
    edge[:, 1:] += labels[:, 1:] != labels[:, :-1]
    edge[1:] += labels[1:] != labels[:-1]
    angle, _ = flow.along_edges(field.soften(np.clip(edge, 0, 1), 2 * frame.unit), 8 * frame.unit)
    ys, xs = np.nonzero(edge)
    chosen = rng.permutation(xs.size)[: int(xs.size / (5 * frame.unit))]
    x, y = xs[chosen].astype(np.float32), ys[chosen].astype(np.float32)
    weight = 1 + 0.35 * field.sample(field.noise(rng, frame, 5), x, y)
    width = (np.clip(weight, 0.4, 2) * 12 * frame.unit).astype(np.float32)
    length = (rng.uniform(30, 62, x.size) * frame.unit).astype(np.float32)
    loose = Coat(10, 60, wander=0.03, value=0.03, hue=0.3)
    lines = coat.strokes(rng, loose, x, y, width, length, np.tile(CONTOUR, (x.size, 1)), angle)
    coat.apply(
        ground,
        lines,
        Brush(relief=0.9, dryness=0.05, pickup=0.05, bristles=7, taper=0.8, ragged=0.15),
        bristles,
    )
