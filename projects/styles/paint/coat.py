"""A coat of strokes: where they go, how long, which colour, following a guide picture and a flow (Haeberli
1990, Hertzmann 1998).

Knows how one layer of strokes is planned from an underpainting. Does not know what a stroke looks like
(`brush`).
"""

from dataclasses import dataclass

import numpy as np

from . import field, flow, palette
from .brush import Bristles, Brush, Stroke, lay
from .field import Array, Frame
from .surface import Surface


@dataclass(frozen=True, slots=True)
class Coat:
    """One layer: stroke width and length in units (thousandths of the long side), spacing as a share of the
    width, and the freedom of the hand.
    """

    width: float
    length: float
    spacing: float = 0.6
    spread: float = 0.25
    wander: float = 0.12
    value: float = 0.03
    hue: float = 0.12
    chroma: float = 0.12
    two_tone: float = 0.05
    blur: float = 0.4


def points(rng: np.random.Generator, frame: Frame, pitch: float) -> tuple[Array, Array]:
    """A jittered grid of points in random order, pitch in pixels: x and y, (N,), a little beyond the border
    too.
    """
    xs, ys = np.arange(-pitch, frame.width + pitch, pitch), np.arange(-pitch, frame.height + pitch, pitch)
    x, y = (part.ravel() for part in np.meshgrid(xs, ys))
    x, y = x + rng.uniform(-0.6, 0.6, x.size) * pitch, y + rng.uniform(-0.6, 0.6, y.size) * pitch
    order = rng.permutation(x.size)
    return x[order].astype(np.float32), y[order].astype(np.float32)


def plan(
    rng: np.random.Generator,
    frame: Frame,
    coat: Coat,
    guide: Array,
    angle: Array,
    density: Array | None = None,
    size: Array | None = None,
) -> list[Stroke]:
    """The strokes of a coat in painting order. `density` (H, W), 0..1, is the chance that a stroke is made;
    `size` scales it locally.
    """
    x, y = points(rng, frame, coat.width * coat.spacing * frame.unit)
    if density is not None:
        keep = rng.random(x.size) < field.sample(density, x, y)
        x, y = x[keep], y[keep]
    grow = np.exp(rng.normal(0, coat.spread, x.size)) * (1 if size is None else field.sample(size, x, y))
    width = (coat.width * frame.unit * grow).astype(np.float32)
    length = (coat.length * frame.unit * grow * np.exp(rng.normal(0, coat.spread, x.size))).astype(np.float32)
    color = field.sample(field.soften(guide, coat.blur * coat.width * frame.unit), x, y)
    return strokes(rng, coat, x, y, width, length, color, angle)


def strokes(
    rng: np.random.Generator,
    coat: Coat,
    x: Array,
    y: Array,
    width: Array,
    length: Array,
    color: Array,
    angle: Array,
) -> list[Stroke]:
    """Strokes through points (N,) along the flow, their colours (N, 3) varied by hand."""
    heading = field.sample(angle, x, y) + rng.normal(0, coat.wander, x.size)
    bend, twist = flow.bends(angle, x, y, length)
    first = palette.jitter(rng, color, coat.value, coat.hue, coat.chroma)
    second = palette.jitter(rng, first, coat.two_tone, 2 * coat.hue * (coat.two_tone > 0), coat.chroma)
    rows = zip(x, y, heading, length, width, bend, twist, first, second, strict=True)
    return [Stroke(*row) for row in rows]


def apply(surface: Surface, planned: list[Stroke], brush: Brush, bristles: Bristles) -> None:
    """Paint the strokes in their order."""
    for stroke in planned:
        lay(surface, stroke, brush, bristles)


def misfit(surface: Surface, guide: Array, sigma: float, low: float, high: float) -> Array:
    """Where the painting differs from the guide, 0..1: the OKLab distance after a blur of sigma pixels,
    through a step from low to high.
    """
    gap = palette.to_oklab(field.soften(surface.color, sigma)) - palette.to_oklab(
        field.soften(guide, sigma / 2)
    )
    return field.step(np.sqrt((gap * gap).sum(-1)), low, high)
