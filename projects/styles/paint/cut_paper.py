"""Cut paper: fronds and a sun scissored from painted sheets and pinned on colour fields.

Knows the shapes and where they are pasted. A sheet is gouache brushed on one way; a cut edge is straight
snips with a thin shadow.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from . import coat, field, palette, surface
from .brush import Bristles, Brush, Stroke
from .coat import Coat
from .field import Array, Frame

SIZE = (768, 640)

GOUACHE = Brush(
    streak=0.10, dryness=0.10, relief=0.25, ridge=0.25, softness=2.0, pickup=0.2, taper=0.2, bristles=16
)
FIELDS = (
    (0.00, 0.00, 0.36, 0.56, "#1f3f9c"),
    (0.36, 0.00, 0.30, 0.42, "#f4ecd8"),
    (0.66, 0.00, 0.34, 0.60, "#e8561c"),
    (0.00, 0.56, 0.36, 0.44, "#f2b21e"),
    (0.36, 0.42, 0.30, 0.58, "#15182a"),
    (0.66, 0.60, 0.34, 0.40, "#2f86b8"),
)


@dataclass(frozen=True, slots=True)
class Frond:
    """A leaf cut in one go: foot, direction and length (shares of the width), pairs of lobes, their reach and
    colour.
    """

    x: float
    y: float
    turn: float
    length: float
    lobes: int
    reach: float
    color: str


FRONDS = (
    Frond(0.19, 0.53, -1.50, 0.40, 5, 0.13, "#f4ecd8"),
    Frond(0.80, 0.56, -1.75, 0.42, 4, 0.15, "#15182a"),
    Frond(0.12, 0.97, -0.95, 0.36, 4, 0.11, "#c42a1e"),
    Frond(0.50, 0.97, -1.62, 0.44, 6, 0.12, "#f2b21e"),
    Frond(0.95, 0.95, -2.45, 0.38, 4, 0.11, "#f4ecd8"),
    Frond(0.56, 0.41, -1.25, 0.22, 3, 0.10, "#1f3f9c"),
)


def paint(rng: np.random.Generator, frame: Frame) -> Array:
    """The pasted sheet at working resolution, (H, W, 3) float32."""
    ground = surface.primed(frame, palette.ink("#e8dfc8"))
    bristles = Bristles(rng)
    for x, y, wide, tall, color in FIELDS:
        corners = np.array([(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall)]) + rng.normal(
            0, 0.006, (4, 2)
        )
        _paste(rng, frame, ground, _inside(frame, corners), palette.ink(color), bristles)
    for frond in FRONDS:
        _paste(
            rng,
            frame,
            ground,
            _inside(frame, _outline(rng, frame, frond)),
            palette.ink(frond.color),
            bristles,
        )
    _paste(
        rng,
        frame,
        ground,
        _inside(frame, _disc(rng, frame, 0.44, 0.11, 0.062)),
        palette.ink("#e8561c"),
        bristles,
    )
    return surface.light(ground, strength=3.2)


def _inside(frame: Frame, corners: Array) -> Array:
    """Coverage of a polygon, corners (N, 2) as shares of the width and height."""
    plate = np.zeros(frame.shape, np.uint8)
    cv2.fillPoly(
        plate, [np.round(corners * (frame.width, frame.height) * 16).astype(np.int32)], (255,), cv2.LINE_AA, 4
    )
    return plate.astype(np.float32) / 255


def _disc(rng: np.random.Generator, frame: Frame, x: float, y: float, radius: float) -> Array:
    turn = np.linspace(0, 2 * np.pi, 23)[:-1] + rng.normal(0, 0.05, 22)
    away = radius * (1 + rng.normal(0, 0.03, 22))
    return np.stack([x + np.cos(turn) * away, y + np.sin(turn) * away * frame.aspect], -1)


def _outline(rng: np.random.Generator, frame: Frame, frond: Frond) -> Array:
    """Up one side and down the other, lobe by lobe, in frame shares."""
    sides = [_side(rng, frond, 1.0), _side(rng, frond, -1.0)[::-1]]
    along, across = np.concatenate(sides).T
    bowed = across + 0.18 * frond.length * np.sin(np.pi * along / frond.length) * np.sign(np.cos(7 * frond.x))
    c, s = np.cos(frond.turn), np.sin(frond.turn)
    return np.stack([frond.x + c * along - s * bowed, frond.y + (s * along + c * bowed) * frame.aspect], -1)


def _side(rng: np.random.Generator, frond: Frond, side: float) -> Array:
    """Points (along, across) of one side: each lobe swells to a tip and comes back nearly to the stem."""
    pitch = frond.length / (frond.lobes + 0.6)
    points = [(0.0, side * 0.012)]
    for lobe in range(frond.lobes):
        start = (lobe + 0.35) * pitch
        size = (
            frond.reach
            * (0.75 + 0.5 * np.sin(np.pi * (lobe + 0.8) / (frond.lobes + 0.6)))
            * rng.uniform(0.8, 1.1)
        )
        for s in np.linspace(0.06, 0.97, 13):
            belly = np.sin(np.pi * s) ** 0.75
            forward = start + pitch * (0.9 * s + 0.75 * belly)
            points.append((forward, side * (0.016 + size * belly * (1 + rng.normal(0, 0.025)))))
    points.append((frond.length * 1.18, side * 0.004))
    return np.array(points)


def _paste(
    rng: np.random.Generator,
    frame: Frame,
    ground: surface.Surface,
    cover: Array,
    color: Array,
    bristles: Bristles,
) -> None:
    """Shadow of the paper's edge, then the painted paper itself, a little higher than what it lies on."""
    rows, columns = np.flatnonzero(cover.any(1)), np.flatnonzero(cover.any(0))
    pad = round(12 * frame.unit)
    window = slice(max(rows[0] - pad, 0), rows[-1] + pad), slice(max(columns[0] - pad, 0), columns[-1] + pad)
    cut = cover[window]
    drop = round(2.5 * frame.unit)
    shadow = _shifted(field.soften(cut, 3.0 * frame.unit), drop) * 0.45
    sheet = _sheet(rng, frame, Frame(cut.shape[1], cut.shape[0]), color, bristles)
    ground.color[window] *= 1 - shadow[..., None]
    ground.color[window] += cut[..., None] * (sheet.color - ground.color[window])
    ground.height[window] += cut * (0.5 * ground.height[window] + sheet.height + 0.35 - ground.height[window])


def _shifted(cover: Array, by: int) -> Array:
    """The coverage moved down and right by `by` pixels, nothing coming in from the other side."""
    return np.pad(cover, ((by, 0), (by, 0)))[: cover.shape[0], : cover.shape[1]]


def _sheet(
    rng: np.random.Generator, frame: Frame, patch: Frame, color: Array, bristles: Bristles
) -> surface.Surface:
    """Paper brushed all over with one gouache, thinner here and there, mostly one way."""
    sheet = surface.primed(patch, palette.mix(color, palette.ink("#fbf6ea"), 0.12))
    turn = rng.choice([0.1, 1.5, -0.7]) + rng.normal(0, 0.15)
    for layer in (Coat(70, 260, 0.5, wander=0.08), Coat(44, 190, 0.8, wander=0.22)):
        coat.apply(sheet, _brushed(rng, frame, patch, layer, color, turn), GOUACHE, bristles)
    return sheet


def _brushed(
    rng: np.random.Generator, frame: Frame, patch: Frame, layer: Coat, color: Array, turn: float
) -> list[Stroke]:
    x, y = coat.points(rng, patch, layer.width * layer.spacing * frame.unit)
    grow = np.exp(rng.normal(0, layer.spread, (2, x.size))).astype(np.float32) * frame.unit
    hand = Coat(
        layer.width, layer.length, wander=layer.wander, value=0.018, hue=0.035, chroma=0.06, two_tone=0.012
    )
    angle = np.full(patch.shape, turn, np.float32)
    return coat.strokes(
        rng, hand, x, y, layer.width * grow[0], layer.length * grow[1], np.tile(color, (x.size, 1)), angle
    )
