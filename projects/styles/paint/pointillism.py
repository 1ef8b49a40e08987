"""Pointillism: a river at evening, sails and poplars, in touches of divided colour.

Knows the masses and how a colour is divided into its neighbours and its complement. Brush and light come from
the shared modules.
"""

import numpy as np

from . import coat, field, palette, surface
from .brush import Bristles, Brush, Stroke
from .coat import Coat
from .field import Array, Frame

SIZE = (768, 600)

SKY = palette.inks("#1f3f94 #4a74c0 #a9bcd0 #fbe3a0 #fbb24a")
WATER = palette.inks("#f2b765 #d9c9a0 #6f97bd #2f5597 #1d3672")
TREES = palette.inks("#101a4a #182f5c #1f5a50 #6f9a3a #f0d048")
BANK = palette.inks("#1c2350 #4a3a6a #a8593a #e08a34 #f3c860")
TOUCH = Brush(taper=1.0, ragged=0.06, dryness=0.05, streak=0.1, pickup=0.0, bristles=6, ridge=0.7)
SHORE = 0.52


def paint(rng: np.random.Generator, frame: Frame) -> Array:
    """The lit picture at working resolution, (H, W, 3) float32."""
    guide = _underpainting(rng, frame)
    ground = surface.primed(frame, palette.mix(palette.ink("#e6d3a8"), guide, 0.9))
    ground.height[:] = 0.3 * surface.canvas_weave(rng, frame)
    bristles = Bristles(rng)
    angle = (0.5 * field.noise(rng, frame, 4)).astype(np.float32)
    calm = np.clip(1 + 0.22 * field.noise(rng, frame, 4), 0.65, 1.5)
    for size, spacing in ((26, 0.7), (19, 0.8), (15, 0.9)):
        touch = Coat(size, size * 1.12, spacing, wander=0.7, value=0.02, hue=0.0, spread=0.14, blur=0.25)
        off = np.ones(frame.shape) if size > 15 else coat.misfit(ground, guide, 8 * frame.unit, 0.03, 0.1)
        planned = coat.plan(rng, frame, touch, guide, angle, off, calm)
        colors = _divide(rng, planned)
        divided = [stroke._replace(color=c, second=c) for stroke, c in zip(planned, colors, strict=True)]
        coat.apply(ground, divided, TOUCH, bristles)
    return surface.light(ground, strength=1.5, gloss=0.12)


def _divide(rng: np.random.Generator, planned: list[Stroke]) -> Array:
    """Each touch's colour: mostly a neighbour in hue, sometimes a lighter warm or darker cool accent, seldom
    the complement.
    """
    lab = palette.to_oklab(np.stack([stroke.color for stroke in planned]))
    n = len(lab)
    hue, chroma = np.arctan2(lab[:, 2], lab[:, 1]), np.hypot(lab[:, 1], lab[:, 2])
    kind = rng.random(n)
    turn = np.where(
        kind < 0.8,
        rng.normal(0, 0.2, n),
        np.where(kind < 0.975, rng.choice([-0.6, 0.6], n), np.pi + rng.normal(0, 0.3, n)),
    )
    strong = np.clip(chroma * rng.uniform(1.0, 1.5, n) + 0.02, 0, 0.19)
    value = lab[:, 0] + np.where(kind < 0.8, rng.normal(0, 0.028, n), rng.normal(0.0, 0.05, n))
    return palette.from_oklab(
        np.stack([value, strong * np.cos(hue + turn), strong * np.sin(hue + turn)], -1).astype(np.float32)
    )


def _underpainting(rng: np.random.Generator, frame: Frame) -> Array:
    x, y = frame.xy
    soft = field.clouds(rng, frame, 5, 3)
    sun = field.disc(frame, 0.64, 0.40, 0.05)
    warm = np.exp(-((sun / 6) ** 2))
    sky = palette.ramp(SKY, np.clip(0.05 + 1.25 * y + 0.05 * soft + 0.25 * warm, 0, 1))
    sky = palette.mix(sky, palette.ink("#fff2c0"), field.step(sun, 1.15, 0.8))
    glitter = np.exp(-(((x - 0.64) / (0.05 + 0.12 * (y - SHORE))) ** 2)) * (
        0.6 + 0.5 * np.sin(90 * y + 2 * soft)
    )
    depth = np.clip((y - SHORE) / 0.48 + 0.06 * soft, 0, 1)
    water = palette.mix(palette.ramp(WATER, depth), palette.ink("#ffd98a"), np.clip(glitter, 0, 1) * 0.9)
    picture = np.where((y > SHORE)[..., None], water, sky)
    picture = _far_shore(rng, frame, picture)
    picture = _poplars(rng, frame, picture)
    return _bank_and_sails(rng, frame, picture)


def _over(picture: Array, color: Array, mask: Array) -> Array:
    return np.asarray(picture * (1 - mask[..., None]) + color * mask[..., None], np.float32)


def _far_shore(rng: np.random.Generator, frame: Frame, picture: Array) -> Array:
    x, y = frame.xy
    crown = 0.075 + 0.035 * field.curve(rng, frame, 5)[None, :] + 0.05 * np.sin(3.5 * x + 0.4)
    mask = field.step(np.abs(y - SHORE) - crown * np.where(y > SHORE, 0.7, 1), 0.006, -0.006)
    shade = palette.mix(
        palette.ink("#22307c"),
        palette.ink("#7a4a80"),
        np.clip(0.15 + 0.25 * field.noise(rng, frame, 6), 0, 1),
    )
    return _over(picture, shade, mask * np.where(y > SHORE, 0.7, 1))


def _poplars(rng: np.random.Generator, frame: Frame, picture: Array) -> Array:
    x, y = frame.xy
    leaf = 0.02 * field.noise(rng, frame, 9) + 0.018 * field.noise(rng, frame, 20)
    for cx, cy, rx, ry in ((0.05, 0.22, 0.17, 0.36), (0.20, 0.36, 0.10, 0.24), (0.965, 0.40, 0.075, 0.20)):
        inside = np.hypot((x - cx) / rx, (y - cy) / ry) - 1 + 5 * leaf
        crown = field.step(inside, 0.05, -0.05) * (y < SHORE + 0.03)
        toward = (0.64 - cx) * (x - cx) / rx**1.0 * 1.3 - 0.35 * (y - cy) / ry
        lit = np.clip(0.30 + 0.75 * toward + 0.28 * field.clouds(rng, frame, 8, 2) * 0.8, 0, 1)
        picture = _over(picture, palette.ramp(TREES, lit), crown)
        deep = (y - SHORE) * 1.25
        wavy = (x - cx + 0.006 * np.sin(120 * y) + 0.004 * field.noise(rng, frame, 12, 4.0)) / rx
        mirrored = field.step(np.hypot(wavy, (SHORE - deep - cy) / ry) - 1 + 3 * leaf, 0.1, -0.1) * (
            y > SHORE
        )
        picture = _over(picture, palette.ramp(TREES, lit * 0.3), mirrored * 0.9)
    return picture


def _bank_and_sails(rng: np.random.Generator, frame: Frame, picture: Array) -> Array:
    x, y = frame.xy
    for where, foot, tall, color in ((0.47, 0.66, 0.42, "#d8431f"), (0.79, 0.58, 0.20, "#fdf1d0")):
        s = (foot - y) / tall
        sail = (
            (s > 0.08)
            & (s < 1)
            & (x > where - 0.004)
            & (x < where + 0.42 * tall * np.maximum(1 - s, 0) ** 0.85)
        )
        picture = _over(picture, palette.ink(color), sail.astype(np.float32))
        deck = (y - foot + 0.03) / 0.045
        hull = (deck > 0) & (deck < 1) & (np.abs(x - where - 0.05) < (0.115 - 0.04 * deck) * tall / 0.42)
        picture = _over(picture, palette.ink("#1a1c44"), hull.astype(np.float32))
        below = (
            (y > foot + 0.016)
            & (y < foot + 0.7 * tall)
            & (np.abs(x - where - 0.02 + 0.008 * np.sin(140 * y)) < 0.03 * tall / 0.2)
        )
        picture = _over(picture, palette.ink(color), below * 0.6)
    edge = y - (
        1.02 - 0.30 * np.exp(-(((x - 0.02) / 0.42) ** 2)) + 0.02 * field.curve(rng, frame, 8)[None, :]
    )
    tone = np.clip(0.35 + 0.3 * field.clouds(rng, frame, 7, 2) + 0.5 * (0.35 - x), 0, 1)
    return _over(picture, palette.ramp(BANK, tone), field.step(edge, -0.006, 0.006))
