"""Composites: figures that were cut out, put before other pictures, with the truth of where they are.

Knows folders of cut-outs (pictures with transparency, each kind in a folder of its own), of grounds (any
pictures) and of whole pictures with truths (`NAME.png`, `NAME.mask.png`). What gives a paste away – its edge,
its light, its colours, its grain – is varied, so that it cannot be learnt. Does not know the network.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image

from benchmarks.cutouts import paired
from composer.masks._objectness import MAP_SIDE, SIDE
from composer.pixels.gaussian import float32, gaussian
from composer.pixels.raster import Array, FloatArray

Placing = Literal["inside", "bottom", "side", "filling"]

_FORMATS = ((192, 256), (256, 192), (256, 256), (171, 256), (256, 171), (144, 256), (205, 256))
_PLACINGS: tuple[Placing, ...] = ("inside", "bottom", "side", "filling")
_PLACING_SHARES = (0.5, 0.24, 0.1, 0.16)
_AREAS = {"inside": (0.012, 0.5), "bottom": (0.08, 0.7), "side": (0.08, 0.7), "filling": (0.35, 0.85)}
_LIKELY_AREA = (0.004, 0.9)  # of a truth that is learnt from
_LONGEST = {"cutouts": 400, "grounds": 900, "whole": 400}  # pixels
_WHOLE_SHARE = 0.12
_KIND_SHARES = {"people": 0.2, "photographs": 0.65, "rendered": 0.15}  # of cut-outs, by their folder
_OTHER_KIND = 0.3
_DARK_SHARE = 0.12
_DARKNESS = (0.25, 0.7)  # what is left of the light
_CUT_OFF = 0.4  # of its lowest row, that a figure which the picture's border cut off covers


@dataclass(frozen=True, eq=False, slots=True)
class Stock:
    """(H, W, 4) uint8 cut-outs by kind, (H, W, 3) uint8 grounds, whole pictures with (H, W) bool truths."""

    cutouts: Mapping[str, Sequence[Array]]
    grounds: Sequence[Array]
    whole: Sequence[tuple[Array, Array]]

    @classmethod
    def read(cls, cutouts: Path, grounds: Path, whole: Path | None) -> "Stock":
        """Every picture of the folders. Raises FileNotFoundError for a folder that holds none."""
        pairs = list(paired(whole)) if whole is not None else []
        return cls(
            {kind.name: _pictures(kind, "RGBA", _LONGEST["cutouts"]) for kind in _kinds(cutouts)},
            _pictures(grounds, "RGB", _LONGEST["grounds"]),
            [(np.ascontiguousarray(pair.photo.pixels[..., :3]), pair.truth) for pair in pairs],
        )

    def cutout(self, rng: Generator) -> Array:
        """Any cut-out of a kind that is drawn by its share."""
        shares = np.array([_KIND_SHARES.get(kind, _OTHER_KIND) for kind in self.cutouts])
        kind = list(self.cutouts.values())[rng.choice(len(shares), p=shares / shares.sum())]
        return kind[int(rng.integers(len(kind)))]


def _kinds(folder: Path) -> list[Path]:
    """Its folders; itself where it has none."""
    return sorted(each for each in folder.iterdir() if each.is_dir()) or [folder]


def _pictures(folder: Path, mode: str, longest: int) -> list[Array]:
    found = []
    for path in sorted(folder.iterdir()):
        with Image.open(path) as picture:
            converted = picture.convert(mode)
        converted.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        found.append(np.asarray(converted).copy())
    if not found:
        raise FileNotFoundError(f"no pictures in {folder}")
    return found


def sample(stock: Stock, seed: int) -> tuple[Array, FloatArray]:
    """(192, 192, 3) uint8 and its truth, (48, 48) 0…1; the same for the same seed."""
    rng = np.random.default_rng(seed)
    picture, truth = _one(stock, rng)
    while not _LIKELY_AREA[0] < truth.mean() < _LIKELY_AREA[1]:
        picture, truth = _one(stock, rng)
    rough = _roughened(rng, picture)
    square = cv2.resize(rough, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(truth.astype(np.float32), (MAP_SIDE, MAP_SIDE), interpolation=cv2.INTER_AREA)
    return square, float32(coarse)


def _one(stock: Stock, rng: Generator) -> tuple[FloatArray, Array]:
    if stock.whole and rng.random() < _WHOLE_SHARE:
        return _whole(rng, *stock.whole[int(rng.integers(len(stock.whole)))])
    return _composite(rng, stock)


def _composite(rng: Generator, stock: Stock) -> tuple[FloatArray, Array]:
    height, width = _FORMATS[rng.integers(len(_FORMATS))]
    picture = _ground(rng, stock, height, width)
    if rng.random() < 0.15:  # something small and out of focus, that is not meant
        picture = _stuck(rng, picture, *_distant(rng, stock, height, width), harmony=rng.uniform(0.3, 0.9))
    cutout = stock.cutout(rng)
    placing = _PLACINGS[rng.choice(len(_PLACINGS), p=_PLACING_SHARES)]
    if (cutout[-1, :, 3] > 127).mean() > _CUT_OFF:
        placing = "bottom"
    area = float(np.exp(rng.uniform(*np.log(_AREAS[placing]))))
    harmony = rng.uniform(0, 0.5) if rng.random() < 0.6 else rng.uniform(0.5, 0.95)
    dark = rng.random() < _DARK_SHARE
    count = 1 if rng.random() < 0.88 or placing == "filling" else int(rng.integers(2, 4))
    truth = np.zeros((height, width), np.float32)
    for _ in range(count):
        colors, alpha = _placed(rng, cutout, (height, width), area / count, placing)
        picture = _stuck(rng, picture, colors, alpha, max(harmony, 0.7) if dark else harmony)
        truth = np.maximum(truth, alpha)
    if dark:
        picture = picture * np.float32(np.exp(rng.uniform(*np.log(_DARKNESS))))
    return picture, truth > 0.5


def _ground(rng: Generator, stock: Stock, height: int, width: int) -> FloatArray:
    if rng.random() < 0.14:
        return _varied(rng, _plain(rng, height, width))
    picture = _varied(rng, _crop(rng, stock, height, width))
    if rng.random() < 0.1:  # another ground from some height down
        horizon = int(height * rng.uniform(0.35, 0.85))
        picture[horizon:] = _varied(rng, _crop(rng, stock, height, width))[horizon:]
    return gaussian(picture, float(np.exp(rng.uniform(*np.log((0.5, 6)))))) if rng.random() < 0.6 else picture


def _crop(rng: Generator, stock: Stock, height: int, width: int) -> FloatArray:
    whole = stock.grounds[int(rng.integers(len(stock.grounds)))]
    least = max(height / whole.shape[0], width / whole.shape[1])
    scale = least * float(np.exp(rng.uniform(0, np.log(3))))
    rows, columns = min(whole.shape[0], int(height / scale) + 1), min(whole.shape[1], int(width / scale) + 1)
    top, left = rng.integers(whole.shape[0] - rows + 1), rng.integers(whole.shape[1] - columns + 1)
    part = whole[top : top + rows, left : left + columns]
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    crop = float32(cv2.resize(part, (width, height), interpolation=how))
    return crop[:, ::-1].copy() if rng.random() < 0.5 else crop


def _plain(rng: Generator, height: int, width: int) -> FloatArray:
    first, second = rng.uniform(0, 255, (2, 3))
    if rng.random() < 0.5:
        first, second = np.repeat(rng.uniform(0, 255, (2, 1)), 3, axis=1)
    share = _slope(rng, height, width)
    share = (share - share.min()) / (np.ptp(share) + 1e-6)
    grain = gaussian(rng.normal(0, 1, (height, width, 3)), rng.uniform(0.6, 3)) * rng.uniform(0, 12)
    return float32(first + (second - first) * rng.uniform(0, 0.6) * share[..., None] + grain)


def _varied(rng: Generator, picture: FloatArray) -> FloatArray:
    """Another gamma, white and saturation."""
    bent = (
        (np.clip(picture, 0, 255) / 255) ** np.exp(rng.normal(0, 0.25)) * 255 * np.exp(rng.normal(0, 0.08, 3))
    )
    grey = bent.mean(axis=2, keepdims=True)
    saturation = rng.uniform(0.3, 1.2) if rng.random() < 0.5 else 1.0
    return float32(np.clip(grey + (bent - grey) * saturation, 0, 255))


def _slope(rng: Generator, height: int, width: int) -> FloatArray:
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    angle = rng.uniform(0, 2 * np.pi)
    return float32(np.cos(angle) * x + np.sin(angle) * y)


def _light(rng: Generator, height: int, width: int) -> FloatArray:
    slope = _slope(rng, height, width)
    return float32(np.exp(rng.normal(0, 0.4) * (slope - 0.4)))[..., None]


def _distant(rng: Generator, stock: Stock, height: int, width: int) -> tuple[FloatArray, FloatArray]:
    cutout = stock.cutout(rng)
    placed = _placed(rng, cutout, (height, width), rng.uniform(0.004, 0.02), "inside")
    blur = rng.uniform(0.8, 3)
    return gaussian(placed[0], blur), gaussian(placed[1], blur)


def _placed(
    rng: Generator, cutout: Array, size: tuple[int, int], area: float, placing: Placing
) -> tuple[FloatArray, FloatArray]:
    """Premultiplied (H, W, 3) 0…255 and (H, W) alpha 0…1 of a cut-out that takes up about that area."""
    height, width = size
    alpha = cutout[..., 3:] / np.float32(255)
    image = np.dstack((cutout[..., :3] * alpha, alpha))
    if rng.random() < 0.5:
        image = image[:, ::-1]
    scale = float(np.sqrt(area * height * width / max(float(alpha.sum()), 1.0)))
    turn, extent = _turned(rng, image.shape[1], image.shape[0], scale)
    if placing != "filling":
        wide = 1.4 if placing == "side" else 0.97
        high = 0.97 if placing == "inside" else 1.25
        fit = min(1.0, wide * width / extent[0], high * height / extent[1])
        turn, extent = turn * fit, extent * fit
    middle = _middle(rng, np.array([width, height]), extent, placing)
    shift = middle - turn @ np.array([image.shape[1] / 2, image.shape[0] / 2])
    factor = float(np.linalg.norm(turn[:, 0]))
    source = gaussian(image, 0.45 / factor) if factor < 0.6 else np.ascontiguousarray(image)
    found = cv2.warpAffine(source, np.column_stack((turn, shift)).astype(np.float32), (width, height))
    return float32(found[..., :3]), np.clip(float32(found[..., 3]), 0, 1)


def _turned(rng: Generator, width: int, height: int, scale: float) -> tuple[FloatArray, FloatArray]:
    """The 2 × 2 matrix of a turn and scaling, and the width and height of what it makes of a cut-out."""
    angle = np.deg2rad(rng.normal(0, 10) if rng.random() < 0.8 else rng.uniform(-180, 180))
    stretch = float(np.exp(rng.normal(0, 0.12)))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turn = turn @ np.diag([scale * stretch, scale / stretch])
    return turn, np.abs(turn) @ np.array([width, height])


def _middle(rng: Generator, size: Array, extent: FloatArray, placing: Placing) -> FloatArray:
    spare = np.maximum(0, (size - extent) / 2)
    middle = float32(size / 2 + np.clip(rng.normal((0, 0.15), 0.45), -1, 1) * spare)
    if placing == "bottom":
        middle[1] = size[1] - extent[1] / 2 + extent[1] * rng.uniform(0, 0.45)
    elif placing == "side":
        middle[0] = extent[0] / 2 - extent[0] * rng.uniform(0, 0.4)
        middle[0] = size[0] - middle[0] if rng.random() < 0.5 else middle[0]
    elif placing == "filling":
        middle = float32(size * (0.5 + rng.normal((0, 0.05), 0.12)))
    return middle


def _stuck(
    rng: Generator, picture: FloatArray, colors: FloatArray, alpha: FloatArray, harmony: float
) -> FloatArray:
    """The figure before the picture: its colours drawn to those about it, its edge soft, some shadows."""
    height, width = alpha.shape
    blur = rng.uniform(0, 2) if rng.random() < 0.3 else rng.uniform(0, 0.9)
    straight = _harmonised(
        float32(colors / np.maximum(alpha[..., None], 1e-3)), picture, alpha > 0.5, harmony
    )
    if rng.random() < 0.4:
        straight = straight * _light(rng, height, width)
    if rng.random() < 0.35:
        lower, aside = int(rng.normal(4, 6)), int(rng.normal(0, 8))
        shadow = gaussian(np.roll(alpha, (lower, aside), (0, 1)), rng.uniform(2, 10))
        picture = picture * (1 - rng.uniform(0.1, 0.6) * shadow[..., None])
    soft = gaussian(np.dstack((np.clip(straight, 0, 255) * alpha[..., None], alpha)), blur)
    return float32(picture * (1 - soft[..., 3:]) + soft[..., :3])


def _harmonised(straight: FloatArray, picture: FloatArray, figure: Array, harmony: float) -> FloatArray:
    """Mean and spread of the figure's colours moved towards those of the ground near it."""
    near = cv2.dilate(figure.astype(np.uint8), np.ones((25, 25), np.uint8)) > 0
    about = near & ~figure
    if min(figure.sum(), about.sum()) <= 20:
        return straight
    own, other = straight[figure], picture[about]
    spread = np.clip((other.std(axis=0) + 3) / (own.std(axis=0) + 3), 0.4, 2) ** (harmony * 0.6)
    mean = own.mean(axis=0)
    return float32((straight - mean) * spread + mean + (other.mean(axis=0) - mean) * harmony)


def _whole(rng: Generator, picture: Array, truth: Array) -> tuple[FloatArray, Array]:
    """A picture as it is, or cut closer to its figure."""
    height, width = truth.shape
    if rng.random() < 0.6:
        rows, columns = (np.flatnonzero(truth.any(axis=axis)) for axis in (1, 0))
        top, left = int(rng.uniform(0, 0.5) * rows[0]), int(rng.uniform(0, 0.9) * columns[0])
        bottom = int(height - rng.uniform(0, 0.9) * (height - 1 - rows[-1]))
        right = int(width - rng.uniform(0, 0.9) * (width - 1 - columns[-1]))
        picture, truth = picture[top:bottom, left:right], truth[top:bottom, left:right]
    if rng.random() < 0.5:
        picture, truth = picture[:, ::-1], truth[:, ::-1]
    return _varied(rng, float32(picture)), np.ascontiguousarray(truth)


def _roughened(rng: Generator, picture: FloatArray) -> Array:
    """Light from one side, grain and compression, each for some; a few without colour."""
    if rng.random() < 0.3:
        picture = picture * _light(rng, *picture.shape[:2])
    if rng.random() < 0.08:
        picture = np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2)
    noisy = picture + rng.normal(0, rng.uniform(0, 6), picture.shape)
    rough = np.clip(noisy, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        quality = int(rng.uniform(45, 95))
        _, packed = cv2.imencode(".jpg", rough[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        rough = np.ascontiguousarray(np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR))[..., ::-1])
    return rough
