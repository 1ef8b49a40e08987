"""Impasto: a harvest sun under a stirred night sky, thick strokes along the flow, blue against orange.

Knows the composition (masses, vortices, palette) and the order of its coats. Brush and light come from the
shared modules.
"""

import numpy as np

from . import coat, field, flow, palette, surface
from .brush import Bristles, Brush
from .coat import Coat
from .field import Array, Frame
from .flow import Swirl

SIZE = (768, 600)

SKY = palette.inks("#0e1a4a #16307a #2257a4 #4f8cc4 #a9cfdc #f2ecc8")
FIELD = palette.inks("#5c2410 #a2491a #d97a1e #f0a932 #f8d877")
HILLS = palette.inks("#0b1430 #14264f #1f4a63 #3f7a72")
SUN = palette.inks("#fff3b8 #ffd25a #f79a26 #d9601c")
VORTICES = (
    Swirl(0.31, 0.27, 0.17, 0.12),
    Swirl(0.73, 0.30, 0.15, 0.05, -1),
    Swirl(0.53, 0.45, 0.10, 0.1, 1),
    Swirl(0.04, 0.10, 0.10),
)


def paint(rng: np.random.Generator, frame: Frame) -> Array:
    """The lit picture at working resolution, (H, W, 3) float32."""
    horizon = _horizon(rng, frame)
    angle = _flow(rng, frame, horizon)
    guide = _underpainting(rng, frame, horizon, angle)
    ground = surface.primed(frame, palette.ink("#3a2a20"))
    ground.height[:] = 0.25 * surface.canvas_weave(rng, frame)
    _coats(rng, frame, ground, guide, angle)
    return surface.light(ground, strength=7.0, gloss=0.25)


def _horizon(rng: np.random.Generator, frame: Frame) -> Array:
    x, y = frame.xy
    ridge = 0.60 + 0.035 * field.curve(rng, frame, 2.5)[None, :] - 0.05 * np.cos(3 * x)
    return np.asarray(y - ridge, np.float32)


def _flow(rng: np.random.Generator, frame: Frame, below: Array) -> Array:
    x, _ = frame.xy
    drift = 0.35 * np.sin(5 * x + 1) + 0.3 * field.noise(rng, frame, 3)
    sky = flow.swirls(frame, drift.astype(np.float32), VORTICES)
    furrows = -0.5 + 1.1 * x + 0.25 * field.noise(rng, frame, 3)
    return np.where(below < 0, sky, np.where(below < 0.1, 0.25 * drift, furrows)).astype(np.float32)


def _underpainting(rng: np.random.Generator, frame: Frame, below: Array, angle: Array) -> Array:
    reach = 90 * frame.unit
    bands = flow.smear(field.clouds(rng, frame, 22, 2), angle, reach)
    bands = bands / bands.std()
    _, y = frame.xy
    glow = np.zeros(frame.shape, np.float32)
    for vortex in VORTICES[:3]:
        glow += np.exp(-((field.disc(frame, vortex.x, vortex.y, vortex.radius * 0.8)) ** 2))
    sky = palette.ramp(SKY, np.clip(0.16 + 0.13 * bands + 0.5 * glow * (1 + 0.25 * bands) + 0.25 * y, 0, 1))
    sun = field.disc(frame, 0.73, 0.30, 0.085)
    halo = palette.ramp(SUN, np.clip((sun - 0.3) / 1.6 + 0.08 * bands, 0, 1))
    sky = palette.mix(sky, halo, field.step(sun + 0.15 * bands, 2.0, 1.3))
    land = palette.ramp(FIELD, np.clip(0.55 + 0.2 * bands + 0.6 * (below - 0.2), 0, 1))
    hill = palette.ramp(HILLS, np.clip(0.3 + 0.18 * bands, 0, 1))
    picture = np.where(
        (below > 0)[..., None], np.where((below < 0.1 + 0.01 * bands)[..., None], hill, land), sky
    )
    return np.asarray(picture, np.float32)


def _coats(
    rng: np.random.Generator, frame: Frame, ground: surface.Surface, guide: Array, angle: Array
) -> None:
    bristles = Bristles(rng)
    broad = coat.plan(rng, frame, Coat(60, 190, 0.5, value=0.035, hue=0.06), guide, angle)
    coat.apply(ground, broad, Brush(relief=0.8, dryness=0.05, bristles=24), bristles)
    middle = Coat(30, 130, 0.62, value=0.04, hue=0.08, two_tone=0.045)
    coat.apply(
        ground,
        coat.plan(rng, frame, middle, guide, angle),
        Brush(relief=1.4, dryness=0.10, bristles=13),
        bristles,
    )
    gap = coat.misfit(ground, guide, 6 * frame.unit, 0.02, 0.1)
    small = Coat(17, 78, 0.7, value=0.045, hue=0.09, two_tone=0.045)
    coat.apply(
        ground,
        coat.plan(rng, frame, small, guide, angle, 0.1 + 0.8 * gap),
        Brush(relief=1.5, pickup=0.05, bristles=8),
        bristles,
    )
