"""Woodcut: a sun over a mountain lake, pines in front; four blocks (straw, vermilion, blue, black key).

Knows the composition and what each block prints. Lines come from `carve`, paper and wood grain from `field`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import carve, field, palette
from .carve import Spacing
from .field import Array, Frame

Plate = NDArray[np.uint8]

SIZE = (600, 768)

PAPER, STRAW, VERMILION, BLUE, BLACK = palette.inks("#f1e6cc #efc469 #d8471f #2f6690 #16130f")
SUN = (0.62, 0.24, 0.15)
LAKE = 0.60


@dataclass(frozen=True, eq=False, slots=True)
class Scene:
    """The masses, each (H, W): height fields are negative above their outline."""

    peak: Array
    lit: Array
    shore: Array
    bank: Array
    sun: Array


def paint(rng: np.random.Generator, frame: Frame) -> Array:
    """The printed sheet at working resolution, (H, W, 3) float32."""
    scene = _scene(rng, frame)
    grain = _wood(rng, frame)
    sheet = np.empty((*frame.shape, 3), np.float32)
    sheet[:] = PAPER * (1 + 0.012 * field.clouds(rng, frame, 60, 3)[..., None])
    for plate, color, cover in _blocks(rng, frame, scene):
        sheet = _print(rng, frame, sheet, plate, color, cover, grain)
    return sheet


def _scene(rng: np.random.Generator, frame: Frame) -> Scene:
    x, y = frame.xy
    rough = 0.012 * field.curve(rng, frame, 26, 3, 0.6)[None, :]
    outline = np.minimum(0.22 + 1.15 * np.abs(x - 0.30) ** 1.1, 0.36 + 0.9 * np.abs(x - 0.86) ** 1.15) + rough
    crest = 0.30 + 0.10 * np.sin(9 * y) + 0.03 * field.noise(rng, frame, 9)
    second = 0.86 + 0.05 * np.sin(16 * y + 1)
    lit = np.where(np.abs(x - 0.30) < np.abs(x - 0.86) + 0.1, x - crest, x - second)
    shore = y - LAKE - 0.004 * field.curve(rng, frame, 12)[None, :]
    bank = y - (0.90 - 0.10 * np.cos(3.2 * x) * (x < 0.6) + 0.015 * field.curve(rng, frame, 20)[None, :])
    return Scene(
        (y - outline).astype(np.float32),
        lit.astype(np.float32),
        shore,
        bank.astype(np.float32),
        field.disc(frame, *SUN),
    )


def _wood(rng: np.random.Generator, frame: Frame) -> Array:
    x, y = frame.xy
    bent = (
        y * 60 / frame.aspect + 3.0 * field.noise(rng, frame, 3, 2.0) + 0.5 * field.noise(rng, frame, 30, 6.0)
    )
    return np.asarray(0.5 + 0.5 * np.sin(bent * 2.6 + 2 * x), np.float32)


def _blocks(rng: np.random.Generator, frame: Frame, scene: Scene) -> list[tuple[Array, Array, float]]:
    straw = ((scene.peak < 0) | (scene.shore > 0)).astype(np.float32)
    straw[(scene.sun < 1.0)] = 1
    return [
        (straw, STRAW, 0.92),
        (_vermilion(rng, frame, scene), VERMILION, 0.96),
        (_blue(rng, frame, scene), BLUE, 0.94),
        (_key(rng, frame, scene), BLACK, 1.0),
    ]


def _plate(region: NDArray[np.bool_]) -> Plate:
    return np.ascontiguousarray(region.astype(np.uint8) * 255)


def _as_float(plate: Plate) -> Array:
    return plate.astype(np.float32) / 255


def _carved(
    rng: np.random.Generator,
    plate: Plate,
    angle: Array,
    region: NDArray[np.bool_],
    width: Array,
    spacing: Spacing,
    value: int = 0,
) -> None:
    """Cut tapered lines along the flow into a plate; width (H, W) in pixels."""
    for path in carve.streamlines(rng, angle, region, spacing):
        if rng.random() < 0.5:
            path = path[::-1]
        local = field.sample(width, path[:, 0], path[:, 1])
        carve.cut(plate, path, local * carve.taper(len(path)) * carve.swell(rng, len(path), 0.14), value)


def _rays(frame: Frame) -> Array:
    x, y = frame.xy
    return np.asarray(np.arctan2((y - SUN[1]) / frame.aspect, x - SUN[0]), np.float32)


def _vermilion(rng: np.random.Generator, frame: Frame, scene: Scene) -> Array:
    unit = frame.unit
    plate = _plate(scene.sun < 1.0)
    sky = (scene.peak < 0) & (scene.sun > 1.12) & (scene.sun < 4.2)
    fade = np.clip(1.5 - scene.sun / 3.0, 0.12, 1) * (9 * unit)
    _carved(rng, plate, _rays(frame), sky, fade, _spacing(frame, 15, 230, 40), 255)
    x, y = frame.xy
    path = (scene.shore > 0.01) & (np.abs(x - SUN[0] + 0.02 * np.sin(60 * y)) < 0.05 + 0.35 * (y - LAKE))
    wave = 0.12 * field.noise(rng, frame, 8, 3.0)
    _carved(
        rng,
        plate,
        wave,
        path,
        np.full(frame.shape, 10 * unit, np.float32),
        _spacing(frame, 15, 130, 20),
        255,
    )
    return _as_float(plate)


def _blue(rng: np.random.Generator, frame: Frame, scene: Scene) -> Array:
    unit = frame.unit
    x, y = frame.xy
    plate = _plate((scene.peak > 0) & (scene.shore < 0))
    snow = (scene.peak > 0) & (scene.lit < 0.0) & (scene.peak < 0.13 + 0.04 * np.sin(70 * scene.lit))
    plate[snow] = 0
    water = scene.shore > 0
    wave = 0.1 * field.noise(rng, frame, 7, 3.0)
    width = (6 + 9 * np.clip((y - LAKE) / 0.4, 0, 1)) * unit
    _carved(rng, plate, wave, water, width, _spacing(frame, 17, 260, 40), 255)
    floor = 0.10 + 0.035 * field.curve(rng, frame, 3.5)[None, :] - 0.05 * np.exp(-(((x - SUN[0]) / 0.2) ** 2))
    plate[(y < floor) & (scene.sun > 1.2)] = 255
    ragged = (np.abs(y - floor) < 0.035) & (scene.sun > 1.2)
    streaks = 0.12 * field.noise(rng, frame, 4, 2.0)
    thick = np.full(frame.shape, 8 * unit, np.float32)
    _carved(rng, plate, streaks, ragged & (y < floor), thick, _spacing(frame, 16, 150, 40))
    _carved(rng, plate, streaks, ragged & (y > floor), thick, _spacing(frame, 16, 150, 40), 255)
    return _as_float(plate)


def _key(rng: np.random.Generator, frame: Frame, scene: Scene) -> Array:
    mountain = (scene.peak > 0) & (scene.shore < 0)
    plate = _plate((mountain & (scene.lit > 0)) | (np.abs(scene.peak) < 0.004) | (scene.bank > 0))
    _faces(rng, frame, scene, plate, mountain)
    _calm_water(rng, frame, scene, plate)
    grass = -1.35 + 0.35 * field.noise(rng, frame, 9)
    blades = np.full(frame.shape, 6.5 * frame.unit, np.float32)
    _carved(rng, plate, grass, scene.bank > 0.012, blades, _spacing(frame, 15, 75, 15))
    for where, base, height in ((0.085, 0.92, 0.66), (0.235, 0.93, 0.36), (0.93, 0.97, 0.40)):
        _pine(rng, frame, plate, where, base, height)
    return _as_float(plate)


def _spacing(frame: Frame, gap: float, longest: float, shortest: float) -> Spacing:
    """A spacing given in units."""
    return Spacing(gap * frame.unit, longest * frame.unit, shortest * frame.unit)


def _faces(
    rng: np.random.Generator, frame: Frame, scene: Scene, plate: Plate, mountain: NDArray[np.bool_]
) -> None:
    """White cuts down the shaded faces, black ribs down the lit ones."""
    slope = np.where(scene.lit > 0, 0.95, 2.2) + 0.3 * field.noise(rng, frame, 7)
    thin = np.clip(0.25 + 1.6 * scene.lit, 0.15, 0.9) * 9 * frame.unit
    _carved(rng, plate, slope, mountain & (scene.lit > 0), thin, _spacing(frame, 14, 120, 25))
    ribs = np.clip(1 + 5 * scene.lit, 0.12, 1) * 7 * frame.unit
    _carved(rng, plate, slope, mountain & (scene.lit < -0.01), ribs, _spacing(frame, 17, 90, 20), 255)


def _calm_water(rng: np.random.Generator, frame: Frame, scene: Scene, plate: Plate) -> None:
    """Black ripples, thinning out towards the sun's path."""
    away = np.abs(frame.xy[0] - SUN[0])
    shaded = 0.9 * away**0.5 * (frame.xy[0] < 0.5)
    width = np.clip(0.55 - 1.1 * away + shaded, 0.12, 1) * 8 * frame.unit
    wave = 0.1 * field.noise(rng, frame, 7, 3.0)
    water = (scene.shore > 0.004) & (scene.bank < 0)
    _carved(rng, plate, wave, water, width, _spacing(frame, 19, 190, 30), 255)


def _pine(rng: np.random.Generator, frame: Frame, plate: Plate, x: float, base: float, height: float) -> None:
    w, h, unit = frame.width, frame.height, frame.unit
    lean = rng.normal(0, 0.015)
    s = np.linspace(0, 1, 24, dtype=np.float32)
    trunk = np.stack([(x + lean * s) * w, (base - height * s) * h], -1).astype(np.float32)
    carve.cut(plate, trunk, (1.06 - s) * 26 * unit * height / 0.5)
    tiers = int(15 * height / 0.5)
    for level in np.linspace(0.10, 0.97, tiers):
        for side in (-1, 1):
            for _ in range(3):
                at = level + rng.normal(0, 0.25 / tiers)
                reach = side * max(1.02 - at, 0.02) ** 0.85 * 0.19 * height / 0.55 * rng.uniform(0.45, 1.1)
                _bough(rng, frame, plate, (x + lean * at, base - height * at), reach)


def _bough(
    rng: np.random.Generator, frame: Frame, plate: Plate, root: tuple[float, float], reach: float
) -> None:
    s = np.linspace(0, 1, 14, dtype=np.float32)
    droop = abs(reach) * (0.75 * s - 0.4 * s**3) * rng.uniform(0.5, 1.0)
    path = np.stack(
        [(root[0] + reach * s) * frame.width, (root[1] + droop * frame.aspect) * frame.height], -1
    )
    width = (1 - s) ** 0.7 * (8 + 70 * abs(reach)) * frame.unit * carve.swell(rng, 14, 0.3)
    carve.cut(plate, path.astype(np.float32), width.astype(np.float32))
    for at in (4, 7, 10):
        needle = np.stack(
            [np.linspace(0, reach * 0.22, 6) * frame.width, np.linspace(0, 26, 6) * frame.unit], -1
        )
        carve.cut(
            plate,
            (path[at] + needle).astype(np.float32),
            np.linspace(7, 0.5, 6).astype(np.float32) * frame.unit,
        )


def _print(
    rng: np.random.Generator,
    frame: Frame,
    sheet: Array,
    plate: Array,
    color: Array,
    cover: float,
    grain: Array,
) -> Array:
    """One block pressed on the sheet: wobbling edges, wood grain and starved spots in the flats, ink squeezed
    to the rims.
    """
    off = rng.normal(0, 1.2, 2) * frame.unit
    wobble = 0.55 * frame.unit
    dx, dy = wobble * field.noise(rng, frame, 110) + off[0], wobble * field.noise(rng, frame, 110) + off[1]
    edge = field.warp(plate, dx.astype(np.float32), dy.astype(np.float32))
    rim = np.clip(edge - field.soften(edge, 5 * frame.unit), 0, 1)
    starved = (
        field.clouds(rng, frame, 230, 2)
        + 0.5 * field.noise(rng, frame, 6)
        + 1.2 * (grain - 0.5)
        - 2.5 * rim
        - 9 * (cover - 0.94)
    )
    ink = edge * np.clip(cover - 0.5 * field.step(starved, 2.3, 2.7) - 0.06 * grain + 0.1 * rim, 0, 1)
    return np.asarray(
        sheet * (1 - ink[..., None]) + color * ink[..., None] * (0.75 + 0.25 * sheet), np.float32
    )
