"""Palette knife: birches at the edge of an autumn wood, gouache facets laid flat and scraped.

Knows the composition and how big the knife is where. A knife stroke is `brush` with hardly a bristle and a
strong ridge.
"""

import numpy as np

from . import coat, field, palette, surface
from .brush import Bristles, Brush, Stroke
from .coat import Coat
from .field import Array, Frame

SIZE = (768, 600)

WOOD = palette.inks("#0d1a2c #14304a #1f4f5f #2f5f4a #7a4a24 #c2571c #ee8f26 #f8c548")
FLOOR = palette.inks("#1a2440 #33436e #7a4a3a #d0661f #f3a93a #fbe08a")
BARK = palette.inks("#2a3350 #7f8fb0 #d9dde0 #fdf6e6")
KNIFE = Brush(
    streak=0.10,
    dryness=0.20,
    relief=0.55,
    ridge=1.5,
    softness=1.0,
    ragged=0.10,
    pickup=0.12,
    taper=0.07,
    bristles=7,
)
TRUNKS = (
    (0.09, 0.050, 0.02),
    (0.30, 0.036, -0.02),
    (0.37, 0.060, 0.015),
    (0.64, 0.030, 0.0),
    (0.75, 0.072, -0.03),
    (0.93, 0.040, 0.01),
)


def paint(rng: np.random.Generator, frame: Frame) -> Array:
    """The lit picture at working resolution, (H, W, 3) float32."""
    guide = _underpainting(rng, frame)
    ground = surface.primed(frame, palette.ink("#5a3626"))
    ground.height[:] = 0.3 * surface.canvas_weave(rng, frame)
    bristles = Bristles(rng)
    _facets(rng, frame, ground, guide, bristles)
    for trunk in TRUNKS:
        _birch(rng, frame, ground, bristles, *trunk)
    _leaves(rng, frame, ground, bristles)
    return surface.light(ground, strength=5.0, gloss=0.18)


def _underpainting(rng: np.random.Generator, frame: Frame) -> Array:
    x, y = frame.xy
    mass = field.clouds(rng, frame, 4, 3, 0.55)
    glow = np.exp(-(((x - 0.53) / 0.14) ** 2) - ((y - 0.38) / 0.36) ** 2)
    wood = palette.ramp(
        WOOD, np.clip(0.20 + 0.15 * mass + 0.78 * glow + 0.16 * np.exp(-(((y - 0.62) / 0.1) ** 2)), 0, 1)
    )
    path = np.exp(-(((x - 0.53 + 0.25 * (y - 0.7)) / (0.05 + 0.5 * (np.maximum(y, 0.66) - 0.66))) ** 2))
    floor = palette.ramp(
        FLOOR, np.clip(0.22 + 0.20 * field.clouds(rng, frame, 5, 2, 0.5, 3.0) + 0.7 * path, 0, 1)
    )
    edge = y - 0.68 - 0.02 * field.curve(rng, frame, 6)[None, :]
    return palette.mix(wood, floor, field.step(edge, -0.008, 0.008))


def _facets(
    rng: np.random.Generator, frame: Frame, ground: surface.Surface, guide: Array, bristles: Bristles
) -> None:
    _, y = frame.xy
    turns = np.where(
        y < 0.68, np.where(field.noise(rng, frame, 5) > 0, 1.2, 2.2), 0.08 + 0.2 * field.noise(rng, frame, 4)
    ).astype(np.float32)
    everywhere = np.ones(frame.shape, np.float32)
    for size, spacing, chance in ((80, 0.5, everywhere), (50, 0.7, everywhere * 0.8), (30, 0.9, None)):
        if chance is None:
            chance = 0.06 + 0.75 * coat.misfit(ground, guide, 9 * frame.unit, 0.04, 0.14)
        layer = Coat(
            size,
            size * 1.35,
            spacing,
            spread=0.3,
            wander=0.22,
            value=0.03,
            hue=0.10,
            chroma=0.12,
            two_tone=0.035,
            blur=0.25,
        )
        planned = [
            s._replace(bend=0.0, twist=0.0) for s in coat.plan(rng, frame, layer, guide, turns, chance)
        ]
        coat.apply(ground, planned, KNIFE, bristles)


def _birch(
    rng: np.random.Generator,
    frame: Frame,
    ground: surface.Surface,
    bristles: Bristles,
    x: float,
    wide: float,
    lean: float,
) -> None:
    foot = 0.72 + 3.2 * wide * rng.uniform(0.6, 1.0)
    step = wide * 0.6 * frame.aspect
    for y in np.arange(foot, -0.06, -step):
        center = x + lean * (foot - y) * 3 + rng.normal(0, 0.03) * wide
        for side in rng.permutation([0.85, 0.45, 0.05, -0.35]):
            tone = float(np.clip(0.78 - 0.75 * side + rng.normal(0, 0.12), 0, 1))
            _dab(
                rng,
                frame,
                ground,
                bristles,
                (center + side * wide * 0.42, y),
                wide * 0.5,
                step * 2.0,
                palette.ramp(BARK, np.array([tone]))[0],
            )
        if rng.random() < 0.4:
            _scar(rng, frame, ground, bristles, center, y, wide)


def _dab(
    rng: np.random.Generator,
    frame: Frame,
    ground: surface.Surface,
    bristles: Bristles,
    at: tuple[float, float],
    wide: float,
    tall: float,
    color: Array,
) -> None:
    turn = float(np.pi / 2 + rng.normal(0, 0.09))
    first = palette.jitter(rng, color[None], 0.02, 0.15, 0.15)[0]
    stroke = Stroke(
        at[0] * frame.width,
        at[1] * frame.height,
        turn,
        tall * frame.height * rng.uniform(0.8, 1.4),
        wide * frame.width * rng.uniform(0.7, 1.2),
        0.0,
        0.0,
        first,
        color,
    )
    coat.apply(ground, [stroke], KNIFE, bristles)


def _scar(
    rng: np.random.Generator,
    frame: Frame,
    ground: surface.Surface,
    bristles: Bristles,
    x: float,
    y: float,
    wide: float,
) -> None:
    color = palette.ink("#141828")
    at = (x + rng.uniform(-0.35, 0.35) * wide) * frame.width
    stroke = Stroke(
        at,
        y * frame.height,
        float(rng.normal(0.1, 0.2)),
        wide * frame.width * rng.uniform(0.4, 0.9),
        wide * frame.width * rng.uniform(0.12, 0.3),
        0.01,
        0.0,
        color,
        color * 1.6,
    )
    coat.apply(ground, [stroke], KNIFE, bristles)


def _leaves(rng: np.random.Generator, frame: Frame, ground: surface.Surface, bristles: Bristles) -> None:
    colors = palette.inks("#f8b52e #ee7a1e #fbdc6a #d8481c")
    x, y = frame.xy
    bough = field.clouds(rng, frame, 4, 2) + 2.2 * (0.36 - y) - 0.1
    chance = 0.45 * field.step(bough, 0.6, 1.6) + 0.12 * field.step(y, 0.74, 0.84)
    layer = Coat(19, 26, 0.9, spread=0.35, wander=0.9, value=0.03, hue=0.12)
    guide = palette.ramp(colors, np.clip(0.5 + 0.35 * field.noise(rng, frame, 6), 0, 1))
    planned = coat.plan(rng, frame, layer, guide, np.full(frame.shape, 0.7, np.float32) + 0 * x, chance)
    coat.apply(ground, planned, KNIFE, bristles)
