"""Stained glass: a sun with rays over hills and a river, pieces of streaky glass in dark leads.

Knows the cartoon (which piece belongs to which mass) and how glass and lead look with the light behind them.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from . import field, flow, palette, surface
from .field import Array, Frame

Labels = NDArray[np.signedinteger[Any]]
SIZE = (600, 768)

SUN = (0.40, 0.30)
SUN_RADIUS = 0.13
LEAD = palette.ink("#15161a")
MASSES: dict[str, str] = {
    "sun": "#ffd84a #ffb52e #fff0a8",
    "corona": "#f2761c #e2471c #f79a2a #c92f1c",
    "sky": "#0f347f #1c5cb8 #0b2460 #2f7cc8 #9fd4e4 #16429a #0d2a6a",
    "far": "#3a2a78 #23246e #6a3a86 #1f2f70",
    "near": "#0f5a3c #2a7a3a #0b3f3a #6a9a2e #14503a",
    "river": "#8fd6dc #c8ecdc #4fb0cc #e6f4dc",
    "field": "#d9571c #f0a028 #b82a1c #f4d060 #e07a20 #7a1c1c",
}


@dataclass(frozen=True, eq=False, slots=True)
class Cartoon:
    """Which piece of glass covers a pixel, and each piece's mass (index into MASSES) and middle."""

    piece: Labels
    mass: Labels
    size: NDArray[np.float64]


def paint(rng: np.random.Generator, frame: Frame) -> Array:
    """The window with the light behind it, (H, W, 3) float32."""
    cartoon = _cartoon(rng, frame)
    reach = _to_lead(cartoon.piece)
    glass = _glass(rng, frame, cartoon, reach)
    window = _leaded(rng, frame, glass, reach, cartoon)
    glow = field.soften(np.maximum(window - 0.25, 0), 18 * frame.unit)
    return np.asarray(np.clip(1 - (1 - window) * (1 - 0.28 * glow), 0, 1), np.float32)


def _mass(frame: Frame) -> Labels:
    x, y = frame.xy
    sun = field.disc(frame, *SUN, SUN_RADIUS)
    horizon = y - (0.52 + 0.05 * np.sin(5.5 * x + 0.5))
    near = y - (0.63 + 0.07 * np.sin(4.2 * x + 3.4))
    bend = 0.55 + 0.22 * np.sin(5.5 * (y - 0.5)) + 0.1 * y
    river = np.abs(x - bend) - (0.02 + 0.22 * np.clip(y - 0.58, 0, 1))
    fields = y - (0.80 + 0.06 * np.cos(6.5 * x))
    mass = np.full(frame.shape, 2, np.int32)
    mass[sun < 1.75] = 1
    mass[sun < 1.0] = 0
    mass[horizon > 0] = 3
    mass[near > 0] = 4
    mass[fields > 0] = 6
    mass[(river < 0) & (y > 0.575)] = 5
    return mass


def _cartoon(rng: np.random.Generator, frame: Frame) -> Cartoon:
    mass = _mass(frame)
    key = mass * 4096 + _cells(rng, frame, mass)
    dx, dy = (
        3.0 * frame.unit * field.noise(rng, frame, 9) + 0.4 * frame.unit * field.noise(rng, frame, 60)
        for _ in range(2)
    )
    names, piece = np.unique(_shifted(key, dx, dy), return_inverse=True)
    piece = piece.reshape(frame.shape).astype(np.int32)
    return Cartoon(piece, names // 4096, np.bincount(piece.ravel()) / piece.size)


def _cells(rng: np.random.Generator, frame: Frame, mass: Labels) -> Labels:
    """Cells within each mass, drawn with the shape that suits it: rays around the sun, bands on the hills,
    tall lights in the river.
    """
    x, y = frame.xy
    dx, dy = x - SUN[0], (y - SUN[1]) / frame.aspect
    r, turn = np.hypot(dx, dy), np.arctan2(dy, dx)
    turned = [(turn + start) % (2 * np.pi) for start in (0.4, 1.3, 2.2)]
    wave = 0.02 * np.sin(6 * x + 1)
    grids = (
        np.stack([turned[0] * 0.085, r * 0.3], -1),
        np.stack([turned[1] * 0.14, r * 0.15], -1),
        np.stack([turned[2] * 0.27, r * 0.42], -1),
        np.stack([x * 0.8, (y + wave) * 1.3], -1),
        np.stack([x * 0.75 + 0.3 * y, (y + 2 * wave) * 1.5], -1),
        np.stack([x * 1.1, y * 0.9], -1),
        np.stack([x * 0.8 - 0.35 * y, (y - wave) * 1.2], -1),
    )
    cells = np.zeros(frame.shape, np.int32)
    for number, grid in enumerate(grids):
        inside = mass == number
        cells[inside] = _nearest(rng, grid[inside], 0.085)
    return cells


def _shifted(labels: Labels, dx: Array, dy: Array) -> Labels:
    """Labels read at each pixel shifted by (dx, dy) pixels: a hand-cut outline."""
    rows, columns = np.indices(labels.shape)
    return field.sample(labels.astype(np.float32), columns + dx, rows + dy).astype(np.int32)


def _nearest(rng: np.random.Generator, places: Array, pitch: float) -> Labels:
    """Number of the nearest seed, of seeds on a jittered grid over the places (N, 2); a Voronoi partition of
    a warped plane.
    """
    low, high = places.min(0), places.max(0)
    columns, rows = (int(n) + 1 for n in (high - low) / pitch)
    best = np.full(len(places), np.inf)
    chosen = np.zeros(len(places), np.int32)
    for number in range(columns * rows):
        seed = low + (np.array([number % columns, number // columns]) + rng.uniform(0.15, 0.85, 2)) * (
            high - low
        ) / (columns, rows)
        away = ((places - seed) ** 2).sum(-1)
        nearer = away < best
        best[nearer], chosen[nearer] = away[nearer], number
    return chosen


def _edges(labels: Labels) -> NDArray[np.bool_]:
    edge = np.zeros(labels.shape, bool)
    edge[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    edge[1:] |= labels[1:] != labels[:-1]
    return edge


def _to_lead(labels: Labels) -> Array:
    return np.asarray(ndimage.distance_transform_edt(~_edges(labels)), np.float32)


def _glass(rng: np.random.Generator, frame: Frame, cartoon: Cartoon, reach: Array) -> Array:
    """Each piece's own pane: two colours of its mass streaked into each other, and the light on it."""
    pieces, piece = len(cartoon.mass), cartoon.piece
    first = palette.jitter(rng, _panes(rng, cartoon), 0.035, 0.1, 0.1)
    second = _panes(rng, cartoon)
    lean, turn = rng.uniform(0.1, 0.6, pieces), rng.uniform(0, 2 * np.pi, pieces)
    streak = _streaks(rng, frame, turn[piece]) * rng.uniform(0.3, 1.6, pieces)[piece]
    light = _light(rng, frame, reach) + _slope(frame, cartoon, lean, turn) + 0.15 * streak
    light = np.clip(light + _ripples(rng, frame, cartoon), 0.12, 1.7)
    share = (field.step(streak * (rng.random(pieces) < 0.5)[piece], 0.0, 1.6) * 0.5)[..., None]
    lab = palette.to_oklab(first)[piece] * (1 - share) + palette.to_oklab(second)[piece] * share
    lab[..., 0] *= 0.45 + 0.55 * light
    lab[..., 1:] *= (1.08 - 0.36 * np.clip(light - 1, 0, 1))[..., None]
    return palette.from_oklab(lab) * (1 + 0.10 * _seeds(rng, frame)[..., None])


def _panes(rng: np.random.Generator, cartoon: Cartoon) -> Array:
    """One of its mass's colours for each piece, (N, 3)."""
    rows = [palette.inks(codes) for codes in MASSES.values()]
    return np.stack([row[rng.integers(len(row))] for row in (rows[m] for m in cartoon.mass)])


def _streaks(rng: np.random.Generator, frame: Frame, turn: Array) -> Array:
    wandering = turn + 0.5 * field.noise(rng, frame, 5)
    streak = flow.smear(field.clouds(rng, frame, 30, 3), wandering, 90 * frame.unit, 9)
    return np.asarray(streak / streak.std())


def _light(rng: np.random.Generator, frame: Frame, reach: Array) -> Array:
    """The sky behind the window, less the grime that gathers along the leads."""
    backlight = 0.95 + 0.17 * field.clouds(rng, frame, 3, 2)
    patchy = np.clip(0.4 + 0.45 * field.noise(rng, frame, 10), 0, 1)
    return np.asarray(backlight - 0.8 * patchy * np.exp(-reach / (6 * frame.unit)))


def _slope(frame: Frame, cartoon: Cartoon, lean: Array, turn: Array) -> Array:
    """Light growing across each piece from its own side."""
    numbers, piece = np.arange(len(lean)), cartoon.piece
    x, y = (axis - ndimage.mean(axis, piece, numbers)[piece] for axis in frame.xy)
    return np.asarray((x * np.cos(turn[piece]) + y * np.sin(turn[piece])) * 5 * lean[piece])


def _ripples(rng: np.random.Generator, frame: Frame, cartoon: Cartoon) -> Array:
    """Hammered glass in nearly half of the pieces."""
    hammered = rng.random(len(cartoon.mass)) < 0.45
    return np.asarray(0.05 * field.clouds(rng, frame, 55, 2, 0.7) * hammered[cartoon.piece])


def _seeds(rng: np.random.Generator, frame: Frame) -> Array:
    """Little bubbles in the glass: a bright side and a dark side."""
    plate = np.zeros(frame.shape, np.float32)
    for _ in range(150):
        x, y = int(rng.uniform(0, frame.width)), int(rng.uniform(0, frame.height))
        cv2.ellipse(
            plate,
            (x, y),
            (max(int(rng.uniform(1, 4) * frame.unit), 1), max(int(2 * frame.unit), 1)),
            rng.uniform(0, 180),
            0,
            360,
            1.0,
            -1,
        )
    soft = field.soften(plate, 0.8 * frame.unit)
    return np.asarray((soft - np.roll(soft, 2, (0, 1))) * 4, np.float32)


def _leaded(rng: np.random.Generator, frame: Frame, glass: Array, reach: Array, cartoon: Cartoon) -> Array:
    unit = frame.unit
    outer = _to_lead(cartoon.mass[cartoon.piece].astype(np.int32))
    uneven = 1 + 0.15 * field.noise(rng, frame, 12)
    half = np.where(outer < reach + 0.5, 7.0, 4.6) * unit * uneven
    depth = np.clip(1 - reach / half, 0, 1)
    came = np.sqrt(np.clip(1 - (1 - depth) ** 2, 0, 1)).astype(np.float32)
    solder = field.soften(_edges(cartoon.piece).astype(np.float32), 5 * unit)
    body = surface.Surface(
        np.broadcast_to(LEAD * 2.2, (*frame.shape, 3)).astype(np.float32)
        * (1 + 0.12 * field.noise(rng, frame, 60)[..., None]),
        came * 2.2 + 5 * np.clip(solder - 0.16, 0, 1) + 0.16 * field.clouds(rng, frame, 60, 2),
    )
    metal = surface.light(body, strength=3.0, gloss=0.35)
    cover = np.clip((half - reach) / 1.2 + 0.5, 0, 1)[..., None]
    return np.asarray(glass * (1 - cover) + metal * cover, np.float32)
