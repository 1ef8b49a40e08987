"""Watercolour: a lake at dusk in glazed washes, orange sky against indigo hills, reeds and a bare tree in
front.

Knows the order of the washes from pale to dark. How a wash dries is `wash`'s business.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from . import carve, field, palette, surface, wash
from .field import Array, Frame
from .wash import Sheet, Wash

SIZE = (768, 576)

PAPER, MOONLIGHT = palette.inks("#faf4e6 #fff2c8")
ORANGE, ROSE, YELLOW = palette.inks("#f08a3c #e8a59a #fbd878")
INDIGO, BLUE, TEAL, SEPIA = palette.inks("#2a3f78 #7fa3cf #5f93a0 #2b2233")
WATERLINE = 0.60


def paint(rng: np.random.Generator, frame: Frame) -> Array:
    """The dried sheet at working resolution, (H, W, 3) float32."""
    grain = surface.paper_grain(rng, frame)
    sheet = Sheet(rng, frame, grain, np.broadcast_to(PAPER, (*frame.shape, 3)))
    for layer in (_sky, _hills, _lake, _foreground):
        layer(sheet)
    _spatter(sheet)
    return surface.light(surface.Surface(sheet.color, 0.5 * grain), strength=0.5, blur=1.2 * frame.unit)


def _sky(sheet: Sheet) -> None:
    rng, frame = sheet.rng, sheet.frame
    x, y = frame.xy
    drift = 0.05 * field.clouds(rng, frame, 3, 4)
    sun = field.disc(frame, 0.62, 0.29, 0.055)
    keep = field.step(sun + 0.06 * field.noise(rng, frame, 30), 0.93, 1.07)
    everywhere = np.ones(frame.shape, np.float32)
    glow = np.exp(-((sun / 5.5) ** 2)) + 0.5 * np.exp(-(((y - 0.52) / 0.12) ** 2))
    sheet.glaze(everywhere * keep * np.clip(0.9 * glow + drift * 2, 0, 1), YELLOW, Wash(0.9, 0.3))
    sheet.color = sheet.color * (1 - (1 - keep)[..., None] * (1 - MOONLIGHT))
    band = field.step(y + drift, 0.24, 0.42) * field.step(y + drift, 0.60, 0.44)
    sheet.glaze(band * keep, ORANGE, Wash(0.85, 0.4, 0.35))
    high = field.step(y + 2 * drift + 0.08 * np.sin(4 * x), 0.34, 0.06) * wash.bloom(
        rng, frame, 0.36, 0.13, 0.10
    )
    sheet.glaze(high * keep, BLUE, Wash(1.1, 0.5, 0.45, 0.2))
    for cx, cy, wide in ((0.42, 0.27, 0.20), (0.93, 0.22, 0.22)):
        shape = wide - np.hypot(x - cx, 5.0 * (y - cy) / frame.aspect) + 0.05 * field.clouds(rng, frame, 7, 4)
        cover = wash.outline(rng, frame, shape.astype(np.float32), Wash(wet=0.012)) * field.step(
            y, cy + 0.12, cy - 0.05
        )
        sheet.glaze(cover, palette.ink("#9aa6cc"), Wash(0.6, 0.8, 0.5, 0.25))


def _hills(sheet: Sheet) -> None:
    rng, frame = sheet.rng, sheet.frame
    x, y = frame.xy
    rows = ((0.44, 0.035, "#b3bde0", 0.8), (0.50, 0.05, "#7f94cc", 0.95), (0.545, 0.045, "#3f5798", 1.1))
    for i, (level, rise, color, density) in enumerate(rows):
        ridge = (
            level
            - rise * field.curve(rng, frame, 4 + 2 * i, 4)[None, :]
            + 0.10 * (x - 0.65) ** 2 * (-1) ** i
            - 0.05 * np.exp(-(((x - 0.2 - 0.1 * i) / 0.16) ** 2))
        )
        inside = (y - ridge) / frame.aspect
        cover = wash.outline(rng, frame, inside.astype(np.float32), Wash()) * field.step(
            y, WATERLINE + 0.006, WATERLINE - 0.004
        )
        fade = np.clip(1.15 - 3.2 * (y - ridge), 0.45, 1.2)
        sheet.glaze(cover * fade.astype(np.float32), palette.ink(color), Wash(density, 0.8, 0.4, 0.22))


def _lake(sheet: Sheet) -> None:
    rng, frame = sheet.rng, sheet.frame
    x, y = frame.xy
    depth = (y - WATERLINE) / (1 - WATERLINE)
    water = field.step(y, WATERLINE - 0.002, WATERLINE + 0.003)
    glitter = np.exp(-(((x - 0.62) / (0.05 + 0.09 * depth)) ** 2)) * water
    sheet.glaze(glitter * 0.9, palette.ink("#f9b25a"), Wash(0.8, 0.2))
    open_water = water * (1 - 0.8 * glitter) * wash.bloom(rng, frame, 0.88, 0.78, 0.08)
    sheet.glaze(open_water * (0.35 + 0.75 * depth).clip(0, 1), BLUE, Wash(1.2, 0.4, 0.45, 0.25))
    for level, density in ((0.03, 0.9), (0.16, 0.75), (0.36, 0.9), (0.62, 1.1)):
        rip = np.abs(depth - level - 0.012 * field.curve(rng, frame, 5)[None, :]) - (0.012 + 0.06 * level) * (
            0.5 + 0.6 * field.noise(rng, frame, 3, 2.5)
        )
        rip = rip + 0.03 * (0.4 + level) * field.noise(rng, frame, 15, 7.0)
        cover = (
            wash.outline(rng, frame, (-0.45 * rip).astype(np.float32), Wash(wet=0.002))
            * water
            * (1 - 0.85 * glitter)
        )
        sheet.glaze(cover.astype(np.float32), INDIGO, Wash(0.55 * density, 0.7, 0.4, 0.25))


def _foreground(sheet: Sheet) -> None:
    rng, frame, grain = sheet.rng, sheet.frame, sheet.grain
    x, y = frame.xy
    bank = (
        0.93
        - 0.20 * np.exp(-(((x - 0.05) / 0.30) ** 2))
        - 0.015 * field.curve(rng, frame, 12)[None, :]
        + 0.06 * x
    )
    inside = ((y - bank) / frame.aspect).astype(np.float32)
    color = palette.mix(
        palette.ink("#2a2a50"),
        palette.ink("#8a3f22"),
        np.clip(0.35 + 0.4 * field.clouds(rng, frame, 5, 3), 0, 1),
    )
    ground = wash.outline(rng, frame, inside, Wash())
    sheet.glaze(ground, color, Wash(1.3, 0.6, 0.4, 0.2))
    plate = np.zeros(frame.shape, np.uint8)
    _branch(rng, frame, plate, (0.14, 0.84), -1.42, 0.27, 24.0)
    for _ in range(70):
        _reed(rng, frame, plate)
    twigs = plate.astype(np.float32) / 255
    wetness = np.clip(0.95 + 0.2 * field.noise(rng, frame, 5), 0.6, 1.3)
    sheet.glaze(wash.dry(twigs, grain, wetness), SEPIA, Wash(1.0, 0.3, 0.3, 0.1))
    _leaves(sheet)


def _branch(
    rng: np.random.Generator,
    frame: Frame,
    plate: NDArray[np.uint8],
    root: tuple[float, float],
    turn: float,
    reach: float,
    width: float,
) -> None:
    if width < 1.1:
        return
    s = np.linspace(0, 1, 12, dtype=np.float32)
    bent = turn + rng.normal(0, 0.25) * s + 0.06 * np.cumsum(rng.normal(0, 0.5, 12))
    px = root[0] + np.cumsum(np.cos(bent)) * reach / 12
    py = root[1] + np.cumsum(np.sin(bent)) * reach / 12 * frame.aspect
    path = np.stack([px * frame.width, py * frame.height], -1).astype(np.float32)
    carve.cut(
        plate, path, (width * (1 - 0.5 * s) * frame.unit * carve.swell(rng, 12, 0.15)).astype(np.float32)
    )
    for at in sorted(rng.choice(np.arange(4, 12), 3, replace=False)):
        side = rng.choice([-1, 1]) * rng.uniform(0.35, 0.85)
        _branch(
            rng,
            frame,
            plate,
            (float(px[at]), float(py[at])),
            float(bent[at] + side),
            reach * rng.uniform(0.55, 0.75),
            width * 0.46,
        )


def _reed(rng: np.random.Generator, frame: Frame, plate: NDArray[np.uint8]) -> None:
    foot = np.array([rng.beta(1.2, 1.6) * 1.05, rng.uniform(0.93, 1.05)])
    s = np.linspace(0, 1, 12)
    tall, lean = rng.uniform(0.08, 0.26), rng.normal(0.02, 0.04)
    path = np.stack(
        [(foot[0] + lean * s**1.8) * frame.width, (foot[1] - tall * s) * frame.height], -1
    ).astype(np.float32)
    carve.cut(plate, path, ((1 - s) ** 0.7 * rng.uniform(3, 7.5) * frame.unit).astype(np.float32))


def _leaves(sheet: Sheet) -> None:
    rng, frame = sheet.rng, sheet.frame
    for color, n in (("#e0642a", 70), ("#f2a838", 50), ("#8a3020", 35)):
        plate = np.zeros(frame.shape, np.uint8)
        for _ in range(n):
            center = (0.17 + rng.normal(0, 0.085), 0.36 + rng.normal(0, 0.10))
            size = (int(rng.uniform(4, 14) * frame.unit), int(rng.uniform(3, 8) * frame.unit))
            cv2.ellipse(
                plate,
                (int(center[0] * frame.width), int(center[1] * frame.height)),
                size,
                rng.uniform(0, 180),
                0,
                360,
                (255,),
                -1,
                cv2.LINE_AA,
            )
        sheet.glaze(wash.marks(rng, frame, plate), palette.ink(color), Wash(1.0, 0.9, 0.5, 0.2))


def _spatter(sheet: Sheet) -> None:
    rng, frame = sheet.rng, sheet.frame
    plate = np.zeros(frame.shape, np.uint8)
    for _ in range(45):
        center = (int(rng.normal(0.3, 0.25) * frame.width), int(rng.normal(0.6, 0.25) * frame.height))
        cv2.circle(plate, center, max(int(rng.exponential(2.2) * frame.unit), 1), (255,), -1, cv2.LINE_AA)
    sheet.glaze(plate.astype(np.float32) / 255, INDIGO, Wash(0.6, 0.8))
