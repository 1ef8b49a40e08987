"""Pastel: three pears on a blue cloth, broad sticks dragged over dark toned paper.

Knows the still life and its light. A stick is a `brush` that only reaches the paper's higher grain.
"""

from dataclasses import dataclass, replace

import numpy as np

from . import coat, field, flow, palette, surface
from .brush import Bristles, Brush
from .coat import Coat
from .field import Array, Frame

SIZE = (768, 600)

STICK = Brush(
    relief=0,
    dryness=0.12,
    streak=0.12,
    pickup=0.12,
    bristles=11,
    softness=2.5,
    ragged=0.3,
    taper=0.2,
    opacity=0.92,
)
CORNER = Brush(
    relief=0, dryness=0.1, streak=0.1, pickup=0, bristles=5, softness=2, ragged=0.2, taper=0.4, tooth=-0.4
)
TONED = palette.ink("#262a36")
WALL = palette.inks("#0f1424 #1b2a4c #3a5a8c #b0684a #e09a5a")
CLOTH = palette.inks("#1a2560 #2f55ac #86aee0 #e6ecf2")
GOLD = palette.inks("#3a1a34 #8a2f2a #d8661c #f6a526 #ffd95a #fff6c8")
GREEN = palette.inks("#14263a #2a4f3a #6f8a2a #c2c23a #f2e684 #fffbe0")
RED = palette.inks("#2a1030 #6a1626 #b42a22 #e4582a #f8a05a #ffe6c0")


@dataclass(frozen=True, eq=False, slots=True)
class Pear:
    """A pear: middle of its belly and radius (shares of the width), lean of its neck, its colours from shadow
    to light.
    """

    x: float
    y: float
    radius: float
    lean: float
    colors: Array


PEARS = (
    Pear(0.66, 0.56, 0.175, 0.22, GOLD),
    Pear(0.24, 0.60, 0.160, -0.20, GREEN),
    Pear(0.455, 0.765, 0.135, -1.15, RED),
)


def paint(rng: np.random.Generator, frame: Frame) -> Array:
    """The drawing at working resolution, (H, W, 3) float32."""
    guide, angle, focus = _still_life(rng, frame)
    sheet = surface.primed(frame, TONED * (1 + 0.05 * field.clouds(rng, frame, 40, 3)[..., None]))
    sheet.height[:] = np.tanh(0.8 * field.clouds(rng, frame, 190, 2, 0.8) + 0.3 * field.noise(rng, frame, 50))
    bristles = Bristles(rng)
    diagonal = np.full(frame.shape, -0.9, np.float32) + 0.15 * field.noise(rng, frame, 3)
    hatch = flow.blend(angle, diagonal, 0.45)
    for layer, tooth, chance, turned in (
        (_sticks(52, 150, 0.55), -0.85, np.full(frame.shape, 0.95, np.float32), hatch),
        (_sticks(30, 110, 0.75), -0.55, 0.45 + 0.5 * focus, angle),
        (_sticks(17, 70, 0.80), -0.40, 0.05 + 0.7 * focus, angle),
    ):
        planned = coat.plan(rng, frame, layer, guide, turned, chance)
        coat.apply(sheet, planned, replace(STICK, tooth=tooth), bristles)
    gap = coat.misfit(sheet, guide, 5 * frame.unit, 0.06, 0.16)
    edges = coat.plan(rng, frame, _sticks(15, 52, 0.6), guide, angle, gap)
    coat.apply(sheet, edges, replace(STICK, tooth=-0.7), bristles)
    _accents(rng, frame, sheet, bristles)
    dust = sheet.color * (1 + 0.035 * np.tanh(sheet.height))[..., None]
    return np.asarray(np.clip(dust, 0, 1), np.float32)


def _sticks(width: float, length: float, spacing: float) -> Coat:
    return Coat(width, length, spacing, wander=0.16, value=0.03, two_tone=0.025, blur=0.3)


def _still_life(rng: np.random.Generator, frame: Frame) -> tuple[Array, Array, Array]:
    """The underpainting, the direction of the sticks and where the drawing is worked out (0..1)."""
    x, y = frame.xy
    soft = field.clouds(rng, frame, 4, 3)
    wall = palette.ramp(WALL, np.clip(0.28 + 0.12 * soft + 0.9 * (x - 0.55) - 0.3 * (y - 0.4), 0, 1))
    folds = np.sin(9 * x - 7 * y + 1.5 * field.noise(rng, frame, 3))
    cloth = palette.ramp(CLOTH, np.clip(0.58 + 0.30 * folds + 0.1 * soft - 0.35 * (x - 0.4), 0, 1))
    edge = y - 0.52 - 0.03 * np.sin(4 * x)
    picture = palette.mix(wall, cloth, field.step(edge, -0.01, 0.01))
    angle = np.where(edge > 0, 0.45 + 0.25 * folds, -0.9 + 0.2 * soft).astype(np.float32)
    focus = 0.15 * field.step(edge, -0.02, 0.02)
    for pear in PEARS:
        picture, angle, focus = _add(rng, frame, pear, picture, angle, focus)
    return picture, angle, focus


def _add(
    rng: np.random.Generator, frame: Frame, pear: Pear, picture: Array, angle: Array, focus: Array
) -> tuple[Array, Array, Array]:
    x, y = frame.xy
    dx, dy = (x - pear.x) / pear.radius, (y - pear.y) / frame.aspect / pear.radius
    ground = np.hypot((dx - 0.75) / 1.55, (dy - 0.86) / 0.36)
    picture = palette.mix(
        picture,
        palette.ink("#10153a"),
        field.step(ground + 0.08 * field.noise(rng, frame, 6), 1.05, 0.75) * 0.9,
    )
    height, nx, ny = _form(pear, dx, dy)
    inside = field.step(height, -0.01, 0.03)
    light = 0.44 - 0.50 * nx - 0.34 * ny + 0.05 * field.noise(rng, frame, 7)
    bounce = 0.22 * np.clip(nx * 0.5 + ny, 0, 1) ** 2
    color = palette.ramp(pear.colors, np.clip(light + bounce, 0.02, 0.97))
    glint = np.exp(-(((dx + 0.42) / 0.16) ** 2) - ((dy + 0.38) / 0.24) ** 2)
    color = palette.mix(color, palette.ink("#fffdf0"), np.clip(glint, 0, 1) * 0.85)
    rings = (np.arctan2(ny, nx + 1e-6) + np.pi / 2).astype(np.float32)
    across = np.full(frame.shape, 1.15 + 0.5 * pear.lean, np.float32)
    around = flow.blend(rings, across, 0.75 - 0.5 * np.hypot(nx, ny))
    return (
        palette.mix(picture, color, inside),
        np.where(inside > 0.5, around, angle).astype(np.float32),
        np.maximum(focus, inside),
    )


def _form(pear: Pear, dx: Array, dy: Array) -> tuple[Array, Array, Array]:
    """Distance inside the outline (in radii, positive inside) and the normal's lean to the right and down,
    each -1..1.
    """
    cx, cy = np.sin(pear.lean) * 1.12, -np.cos(pear.lean) * 1.12
    belly, neck = np.hypot(dx, dy) - 1.0, np.hypot(dx - cx, dy - cy) - 0.46
    join = np.clip(0.5 + 0.5 * (neck - belly) / 0.75, 0, 1)
    outside = neck * (1 - join) + belly * join - 0.75 * join * (1 - join)
    gy, gx = np.gradient(outside)
    steep = np.hypot(gx, gy) + 1e-6
    rise = 1 - np.clip(-outside / 0.95, 0, 1)
    return (
        (-outside).astype(np.float32),
        (rise * gx / steep).astype(np.float32),
        (rise * gy / steep).astype(np.float32),
    )


def _accents(rng: np.random.Generator, frame: Frame, sheet: surface.Surface, bristles: Bristles) -> None:
    """Stems with the corner of the stick, dark and then a thinner brown beside it."""
    hand = Coat(8, 40, wander=0.05, hue=0.1)
    for pear in PEARS:
        x = (pear.x + np.sin(pear.lean) * 1.72 * pear.radius) * frame.width
        y = (pear.y - np.cos(pear.lean) * 1.72 * pear.radius * frame.aspect) * frame.height
        reach = 0.55 * pear.radius * frame.width
        angle = np.full(frame.shape, pear.lean - np.pi / 2 + 0.3, np.float32)
        for color, shift in (("#1a1018", 0.0), ("#7a4a2a", -2.5)):
            wide = (9 + 1.8 * shift) * frame.unit
            at = np.array([[x + shift * frame.unit], [y], [wide], [reach]], np.float32)
            stems = coat.strokes(rng, hand, at[0], at[1], at[2], at[3], palette.ink(color)[None], angle)
            coat.apply(sheet, [stem._replace(bend=0.6 / reach) for stem in stems], CORNER, bristles)
