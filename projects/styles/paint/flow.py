"""Direction fields that strokes follow, and how a stroke bends when it follows one.

Knows angles in radians, (H, W) float32, x to the right, y down. Does not know colours or brushes.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from . import field
from .field import Array, Frame


@dataclass(frozen=True, slots=True)
class Swirl:
    """A vortex: centre and radius as shares (x of the width, y of the height, radius of the width), inward
    pull 0..1, sense of turning.
    """

    x: float
    y: float
    radius: float
    pull: float = 0.15
    sense: float = 1.0


def swirls(frame: Frame, base: Array, vortices: tuple[Swirl, ...]) -> Array:
    """The field `base` (angles) stirred by vortices, each fading with its radius."""
    u, v = np.cos(base), np.sin(base)
    xs, ys = frame.xy
    for vortex in vortices:
        dx, dy = xs - vortex.x, (ys - vortex.y) / frame.aspect
        r = np.hypot(dx, dy) + 1e-6
        weight = 3 * np.exp(-((r / vortex.radius) ** 2))
        u = u + weight * (-dy * vortex.sense - dx * vortex.pull) / r
        v = v + weight * (dx * vortex.sense - dy * vortex.pull) / r
    return np.asarray(np.arctan2(v, u), np.float32)


def along_edges(value: Array, sigma: float) -> tuple[Array, Array]:
    """Angle along the contours of `value` and how clear it is (0..1): the smoothed structure tensor, sigma in
    pixels.
    """
    smooth = field.soften(value, sigma / 3)
    gx, gy = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    xx, yy, xy = field.soften(gx * gx, sigma), field.soften(gy * gy, sigma), field.soften(gx * gy, sigma)
    gap = np.sqrt((xx - yy) ** 2 + 4 * xy * xy)
    angle = 0.5 * np.arctan2(2 * xy, xx - yy) + np.pi / 2
    return np.asarray(angle, np.float32), np.asarray(gap / (xx + yy + 1e-7), np.float32)


def blend(one: Array, other: Array, share: Array | float) -> Array:
    """Two fields mixed as undirected lines (mod pi): `one` where share is 0, `other` where it is 1."""
    u = np.cos(2 * one) * (1 - share) + np.cos(2 * other) * share
    v = np.sin(2 * one) * (1 - share) + np.sin(2 * other) * share
    return np.asarray(0.5 * np.arctan2(v, u), np.float32)


def smear(value: Array, angle: Array, reach: float, steps: int = 12) -> Array:
    """`value` averaged along the flow over about 2 * reach pixels: line integral convolution (Cabral and
    Leedom 1993) by halving steps.
    """
    result = value
    u, v = np.cos(angle), np.sin(angle)
    stride = reach / 2
    for _ in range(steps):
        ahead, behind = (
            field.warp(result, u * stride, v * stride),
            field.warp(result, -u * stride, -v * stride),
        )
        result = (result * 2 + ahead + behind) / 4
        stride *= 0.78
    return result


def bends(angle: Array, x: Array, y: Array, length: Array) -> tuple[Array, Array]:
    """Curvature and its change along the flow through each point, fitted over `length` pixels: t(l) = bend
    l^2/2 + twist l^3/6.
    """
    here = field.sample(angle, x, y)
    ahead, behind = _turn(angle, x, y, here, length / 2), _turn(angle, x, y, here, -length / 2)
    bend = (ahead - behind) / length
    twist = 4 * (ahead + behind) / length**2
    limit = 1.3 / length
    return np.clip(bend, -limit, limit), np.clip(twist, -3 * limit / length, 3 * limit / length)


def _turn(angle: Array, x: Array, y: Array, here: Array, reach: Array) -> Array:
    heading, px, py = here.copy(), x.copy(), y.copy()
    for _ in range(4):
        px, py = px + np.cos(heading) * reach / 4, py + np.sin(heading) * reach / 4
        heading = heading + _undirected(field.sample(angle, px, py) - heading)
    return np.asarray(heading - here, np.float32)


def _undirected(turn: Array) -> Array:
    return (turn + np.pi / 2) % np.pi - np.pi / 2
