"""Wet paint on paper: a wash with its dark rim, its pools, granulation and blooms, glazed over what lies
below.

Knows pigment as an optical density over the paper. Does not know compositions. The rim, flow and granulation
effects are those described by Curtis et al., "Computer-generated watercolor" (1997), drawn directly instead
of simulated.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import field
from .field import Array, Frame


@dataclass(frozen=True, slots=True)
class Wash:
    """Strength of a wash: `density` of pigment, `rim` its dark edge, `pools` its unevenness, `grain` how it
    settles into the paper's pits.
    """

    density: float = 1.0
    rim: float = 0.6
    pools: float = 0.3
    grain: float = 0.15
    bleed: float = 3.0
    wet: float = 0.0


@dataclass(eq=False, slots=True)
class Sheet:
    """Paper with what is painted on it: its grain (H, W), its colour (H, W, 3), the hand's generator."""

    rng: np.random.Generator
    frame: Frame
    grain: Array
    color: Array

    def glaze(self, cover: Array, color: Array, wash: Wash) -> None:
        """A wash of `color`, (3,) or (H, W, 3), where `cover` (H, W), 0..1, says, over what is there."""
        rng, frame = self.rng, self.frame
        pools = field.clouds(rng, frame, 5, 5, 0.6)
        amount = 1 + wash.pools * np.tanh(0.8 * pools) + wash.rim * _rim(cover, wash.bleed * frame.unit) * 1.7
        settled = 0.6 + 0.4 * np.tanh(field.noise(rng, frame, 6))
        density = cover * np.clip(amount * (1 + wash.grain * self.grain * settled), 0.05, 3) * wash.density
        self.color = self.color * np.exp(np.log(np.clip(color, 0.02, 0.985)) * density[..., None])


def _rim(cover: Array, bleed: float) -> Array:
    """The dark edge where a wash dries last, and a fainter, wider one."""
    near, far = field.soften(cover, bleed), field.soften(cover, 4 * bleed)
    return np.asarray(np.clip(cover - near, 0, 1) + 0.6 * np.clip(cover - far, 0, 1))


def outline(rng: np.random.Generator, frame: Frame, inside: Array, wash: Wash) -> Array:
    """The wash's coverage, 0..1, from a field that is positive inside (in widths): an edge that creeps, soft
    where the paper was wet.
    """
    creep = 0.0035 * field.noise(rng, frame, 22) + 0.001 * field.noise(rng, frame, 60)
    softness = 0.0012 + wash.wet * np.clip(0.5 + 0.6 * field.noise(rng, frame, 4), 0, 2)
    return np.asarray(field.step((inside + creep) / softness, -1.0, 1.0), np.float32)


def marks(rng: np.random.Generator, frame: Frame, plate: NDArray[np.uint8]) -> Array:
    """Coverage of marks drawn on an 8-bit plate: their edges crept a little into the paper."""
    dx, dy = (1.1 * frame.unit * field.noise(rng, frame, 90) for _ in range(2))
    return field.soften(field.warp(plate.astype(np.float32) / 255, dx, dy), 0.5 * frame.unit)


def bloom(rng: np.random.Generator, frame: Frame, x: float, y: float, radius: float) -> Array:
    """A backrun at (x, y): factors on a wash, below 1 inside where water pushed the pigment out, above 1 on
    its feathered fringe.
    """
    reach = field.disc(frame, x, y, radius)
    fringe = (
        0.16 * field.noise(rng, frame, 14)
        + 0.12 * field.noise(rng, frame, 35)
        + 0.07 * field.noise(rng, frame, 80)
    )
    edge = reach + fringe
    inside = field.step(edge, 1.0, 0.45)
    rim = (
        field.step(edge, 0.75, 1.0)
        * field.step(edge, 1.06, 1.0)
        * np.clip(0.6 + 0.4 * field.noise(rng, frame, 7), 0, 1)
    )
    return np.asarray(1 - 0.6 * inside + 0.35 * rim, np.float32)


def dry(cover: Array, paper: Array, wetness: Array | float) -> Array:
    """Coverage of a dry brush: only the paper's peaks take paint; `wetness` 0 leaves specks, 1 covers
    everything.
    """
    threshold = 1.6 - 3.2 * np.asarray(wetness, np.float32)
    return np.asarray(cover * field.step(-paper - threshold, -0.35, 0.35), np.float32)
