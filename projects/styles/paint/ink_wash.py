"""Ink wash: a mountain in mist, a bent pine on a rock, a red seal, on toned paper with wet ink and dry brush.

Knows the composition and the order of wet and dry. How ink settles is `wash`'s and `brush`'s business.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from . import brush, carve, field, palette, surface, wash
from .brush import Bristles, Brush, Stroke
from .field import Array, Frame
from .wash import Sheet, Wash

SIZE = (576, 768)

PAPER, INK, SEAL, UMBER = palette.inks("#e4d2ab #1a1817 #b5301f #a8763c")


def paint(rng: np.random.Generator, frame: Frame) -> Array:
    """The dried sheet at working resolution, (H, W, 3) float32."""
    grain = surface.paper_grain(rng, frame)
    sheet = Sheet(rng, frame, grain, PAPER * (1 + 0.02 * field.clouds(rng, frame, 4, 4)[..., None]))
    _mountains(sheet)
    _rock(sheet)
    ground = surface.primed(frame, np.clip(sheet.color, 0, 1))
    _strokes(rng, frame, ground)
    sheet.color = ground.color
    _needles(sheet)
    _seal(sheet)
    return surface.light(surface.Surface(sheet.color, 0.4 * grain), strength=0.8, blur=frame.unit)


def _mountains(sheet: Sheet) -> None:
    rng, frame = sheet.rng, sheet.frame
    x, y = frame.xy
    sun = wash.outline(
        rng, frame, (0.11 - np.hypot(x - 0.30, (y - 0.20) / frame.aspect)).astype(np.float32), Wash()
    )
    sheet.glaze(sun, palette.ink("#d8542a"), Wash(1.0, 0.7, 0.3, 0.2))
    for peak, top, slope, density, base in (
        (0.12, 0.40, 0.9, 0.35, 0.60),
        (0.70, 0.19, 1.25, 0.75, 0.62),
        (0.40, 0.44, 1.0, 0.6, 0.70),
    ):
        spine = (
            top
            + slope * np.abs(x - peak) ** 1.15 / frame.aspect * 0.55
            - 0.018 * field.curve(rng, frame, 9, 4, 0.65)[None, :]
        )
        cover = wash.outline(rng, frame, ((y - spine) / frame.aspect).astype(np.float32), Wash())
        mist = field.step(y + 0.05 * field.clouds(rng, frame, 4, 3), base, spine.mean() * 0.35 + 0.08)
        folds = field.clouds(rng, frame, 9, 4, 0.6) + 1.3 * np.sin(
            26 * (x - peak) / (0.25 + y) + 2 * field.noise(rng, frame, 5)
        )
        tone = cover * mist * np.clip(0.75 + 0.28 * folds, 0.12, 1.6)
        sheet.glaze(tone.astype(np.float32), palette.ink("#4b4f5c"), Wash(density * 1.3, 0.9, 0.4, 0.3))
        sheet.glaze(
            (tone * field.step(folds, 0.5, 1.6)).astype(np.float32), INK, Wash(density * 0.6, 0.6, 0.5, 0.3)
        )


def _rock(sheet: Sheet) -> None:
    rng, frame = sheet.rng, sheet.frame
    x, y = frame.xy
    rim = (
        0.80
        - 0.10 * np.exp(-(((x - 0.20) / 0.18) ** 2))
        + 0.22 * field.step(x, 0.35, 0.75)
        - 0.016 * field.curve(rng, frame, 14, 4, 0.65)[None, :]
    )
    cover = wash.outline(rng, frame, ((y - rim) / frame.aspect).astype(np.float32), Wash())
    light = np.clip((x - 0.16) / 0.3, 0, 1) - 2.2 * (y - rim)
    facets = 0.45 * field.clouds(rng, frame, 5, 4, 0.55) + 0.75 - 0.7 * light
    sheet.glaze(cover, UMBER, Wash(0.45, 0.5, 0.4, 0.3))
    for low, density in ((0.0, 0.5), (0.35, 0.8), (0.7, 1.2)):
        tone = cover * field.step(facets + 0.1 * field.noise(rng, frame, 30), low, low + 0.25)
        sheet.glaze(tone.astype(np.float32), INK, Wash(density, 0.7, 0.4, 0.3))


TRUNK = np.array(
    [(0.16, 0.78), (0.20, 0.68), (0.32, 0.60), (0.36, 0.50), (0.50, 0.43), (0.58, 0.33), (0.74, 0.30)],
    np.float32,
)
BOUGHS = (
    ((0.32, 0.60), 2.75, 0.20),
    ((0.36, 0.50), -2.6, 0.17),
    ((0.50, 0.43), 0.25, 0.30),
    ((0.58, 0.33), -1.9, 0.13),
    ((0.52, 0.42), 0.75, 0.19),
)


def _strokes(rng: np.random.Generator, frame: Frame, ground: surface.Surface) -> None:
    bristles = Bristles(rng)
    _texture(rng, frame, ground, bristles)
    wide = Brush(
        relief=0, dryness=0.56, streak=0.35, pickup=0.0, bristles=26, ragged=0.4, taper=0.35, opacity=0.95
    )
    size = np.array([frame.width, frame.height], np.float32)
    for i, (start, stop) in enumerate(pairwise(TRUNK)):
        for _ in range(5):
            a, b = (
                start * size + rng.normal(0, 5, 2) * frame.unit,
                stop * size + rng.normal(0, 5, 2) * frame.unit,
            )
            _limb(rng, ground, a, b, (84 - 11 * i) * rng.uniform(0.35, 0.9) * frame.unit, wide, bristles)
    for root, turn, reach in BOUGHS:
        start = np.array(root) * size
        for _ in range(3):
            turned = turn + rng.normal(0, 0.08)
            stop = start + np.array([np.cos(turned), np.sin(turned)]) * reach * frame.width
            _limb(rng, ground, start, stop, rng.uniform(8, 17) * frame.unit, wide, bristles)


def _texture(rng: np.random.Generator, frame: Frame, ground: surface.Surface, bristles: Bristles) -> None:
    """Axe-cut strokes down the rock's faces, dry, darker to the left and below."""
    dry = Brush(
        relief=0, dryness=0.62, streak=0.4, pickup=0.0, bristles=22, ragged=0.4, taper=0.5, opacity=0.9
    )
    for _ in range(80):
        x = rng.beta(1.0, 1.7) * 0.62
        top = 0.80 - 0.10 * np.exp(-(((x - 0.20) / 0.18) ** 2)) + 0.22 * np.clip((x - 0.35) / 0.4, 0, 1)
        y = rng.uniform(top + 0.03, 1.0)
        start = np.array([x * frame.width, y * frame.height])
        turn = 1.25 - 1.1 * (x - 0.15) + rng.normal(0, 0.15)
        stop = start + np.array([np.cos(turn), np.sin(turn)]) * rng.uniform(20, 120) * frame.unit
        _limb(rng, ground, start, stop, rng.uniform(5, 26) * frame.unit, dry, bristles)


def _limb(
    rng: np.random.Generator,
    ground: surface.Surface,
    a: Array,
    b: Array,
    width: float,
    tool: Brush,
    bristles: Bristles,
) -> None:
    mid, gap = (a + b) / 2, b - a
    length = float(np.hypot(*gap)) * 1.25
    tone = INK * rng.uniform(0.5, 1.2)
    bend = float(rng.normal(0, 0.5)) / length
    brush.lay(
        ground,
        Stroke(mid[0], mid[1], float(np.arctan2(gap[1], gap[0])), length, width, bend, 0.0, tone, tone * 1.3),
        tool,
        bristles,
    )


def _needles(sheet: Sheet) -> None:
    rng, frame = sheet.rng, sheet.frame
    for tone, count, spread in ((0.5, 26, 1.5), (1.15, 30, 1.15)):
        plate = np.zeros(frame.shape, np.uint8)
        for root, turn, reach in (*BOUGHS, ((0.64, 0.315), 0.0, 0.14)):
            for _ in range(int(count * reach / 0.2)):
                along = rng.uniform(0.25, 1.1) * reach
                x = root[0] + np.cos(turn) * along + rng.normal(0, 0.018)
                y = root[1] + np.sin(turn) * along * frame.aspect - abs(rng.normal(0, 0.016))
                _fan(rng, frame, plate, x, y, spread)
        sheet.glaze(wash.marks(rng, frame, plate), INK, Wash(tone * 0.7, 0.5, 0.4, 0.2))


def _fan(
    rng: np.random.Generator, frame: Frame, plate: NDArray[np.uint8], x: float, y: float, spread: float
) -> None:
    s = np.linspace(0, 1, 6)
    for turn in np.linspace(-2.9, -0.25, 11) + rng.normal(0, 0.08, 11):
        reach = rng.uniform(16, 30) * frame.unit * spread
        path = (
            np.array([x * frame.width, y * frame.height])
            + np.stack([np.cos(turn) * s, np.sin(turn) * s + 0.15 * s * s], -1) * reach
        )
        carve.cut(plate, path.astype(np.float32), (np.linspace(3.6, 0.8, 6) * frame.unit).astype(np.float32))


def _seal(sheet: Sheet) -> None:
    rng, frame, grain = sheet.rng, sheet.frame, sheet.grain
    x, y = frame.xy
    u, v = (x - 0.86) / 0.035, (y - 0.80) / 0.035 / frame.aspect
    block = np.maximum(np.abs(u), np.abs(v)) + 0.05 * field.noise(rng, frame, 60)
    bars = (
        (np.abs(np.abs(u) - 0.45) < 0.13) & (np.abs(v) < 0.7)
        | (np.abs(v - 0.1) < 0.13) & (np.abs(u) < 0.7)
        | (np.abs(u) < 0.12) & (v < 0)
    )
    cover = field.step(block, 1.04, 0.97) * (1 - bars)
    sheet.glaze(wash.dry(cover.astype(np.float32), grain, 0.85), SEAL, Wash(1.1, 0.3))
