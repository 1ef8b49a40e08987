"""Eye light: eyes drawn sharper, their irises lit, and a catch-light in each.

Eyes are the parts of a mask, in each of which the iris is looked for (`_iris`), or are placed by hand. The
catch-light strengthens the one that the photograph has; without any it is set towards the light. The iris
is lit where the light leaves it, opposite the catch-light, as painters do. Without an eye nothing changes.
"""

import math
from collections.abc import Iterator
from typing import Self

import cv2
import numpy as np
from pydantic import Field, model_validator

from ..operation import CanvasPoint, CanvasPx, MaskExpression, Params, References
from ..pixels.color import luma, srgb_to_oklab
from ..pixels.continued import continued_colors
from ..pixels.gaussian import float32, gaussian
from ..pixels.geometry import Bounds
from ..pixels.raster import Array, FloatArray, Mask, Raster, in_eight_bits, quantize
from ..registry import extension
from ._iris import Iris, found_iris
from ._looked_at import under

_SMALLEST = 6  # pixels: a part of the mask narrower than this is no eye
_AROUND = 3.0  # of the iris: how far from its middle anything changes
_OPENING = (2.0, 1.2)  # of the iris: half axes of what is sharpened
_FINE = 0.14  # of the iris: size of what is sharpened
_HALO = np.float32(0.12)  # at most so much (of black to white) does sharpening add
_TOWARDS, _SPOT = 0.4, 0.18  # of the iris: where the catch-light stands, and its radius
_GLINT = 0.08  # luma by which a catch-light of the photograph stands out
_LIGHT = np.array([1.0, 0.975, 0.94], np.float32)
_IRIS_GAIN = np.float32(0.7)

_STEPS = np.linspace(-1, 1, 41, dtype=np.float32)
_GRID = np.meshgrid(_STEPS, _STEPS)  # of irises, from the middle of one: where a catch-light is looked for

Offset = tuple[float, float]
"""From the middle of an iris, in its radii."""


class EyeLightParams(Params):
    """Where the eyes are, and what is done to them."""

    eyes: MaskExpression | None = Field(None, description="Mask of the eyes, each a part of its own")
    at: tuple[CanvasPoint, ...] = Field((), description="[x, y] of pupils placed by hand")
    radius: CanvasPx = Field(12.0, gt=0, le=2000, description="Radius of an iris placed by hand")
    catch_light: float = Field(0.8, ge=0, le=1, description="Strength of the highlight")
    light: float = Field(
        -30.0, ge=-360, le=360, description="Where light comes from, degrees clockwise from straight above"
    )
    sharpen: float = Field(0.8, ge=0, le=3, description="How much sharper the eyes become")
    brighten: float = Field(0.4, ge=0, le=1, description="How much lighter the irises become")

    @model_validator(mode="after")
    def _placed(self) -> Self:
        if self.eyes is None and not self.at:
            raise ValueError("where are the eyes? Give eyes = a mask, or at = [[x, y], …]")
        return self


@extension("filter", version=2)
def eye_light(image: Raster, params: EyeLightParams, given: References) -> Raster:
    """Sharpens eyes and gives them a catch-light."""
    irises = tuple(_irises(image, params, given.mask("eyes")))
    if not irises and not image.is_empty:
        given.tell("no iris was found in the eyes: nothing is lit; say where they are with at = [[x, y], …]")
    glint = _glint(image, irises, params.light)
    pixels = image.pixels.copy()
    for iris in irises:
        box = _box(iris, image)
        if not box.is_empty:
            local = Iris(iris.x - box.left, iris.y - box.top, iris.radius)
            _light(pixels[box.slices], local, glint, params)
    return image.with_pixels(pixels)


def _irises(image: Raster, params: EyeLightParams, mask: Mask | None) -> Iterator[Iris]:
    """In pixels of the raster."""
    for x, y in params.at:
        yield Iris(x - image.left - 0.5, y - image.top - 0.5, params.radius)
    if mask is None or image.is_empty:
        return
    eyes = under(mask, image)
    _, _, parts, _ = cv2.connectedComponentsWithStats((eyes > 0.5).astype(np.uint8))
    for left, top, width, height, _ in parts[1:].tolist():
        box = Bounds(left, top, left + width, top + height)
        if min(width, height) >= _SMALLEST:
            rgb = _seen(image, box)
            iris = found_iris(srgb_to_oklab(rgb)[..., 0], eyes[box.slices])
            if iris is not None:
                yield Iris(iris.x + left, iris.y + top, iris.radius)


def _seen(image: Raster, box: Bounds) -> FloatArray:
    """Colours to look for something in: the same in either depth."""
    return continued_colors(Raster(in_eight_bits(image.pixels[box.slices])))


def _box(iris: Iris, image: Raster) -> Bounds:
    reach = int(np.ceil(_AROUND * iris.radius)) + 2
    x, y = round(iris.x), round(iris.y)
    return Bounds(x, y, x + 1, y + 1).pad(reach).intersect(Bounds.of(image.extent))


def _glint(image: Raster, irises: tuple[Iris, ...], light: float) -> Offset:
    """Where catch-lights stand: as in the photograph, the same in all eyes; or towards the light."""
    stands_out = sum((_stands_out(image, iris) for iris in irises), np.zeros_like(_GRID[0]))
    best = int(stands_out.argmax())
    if stands_out.flat[best] > _GLINT:
        return float(_GRID[0].flat[best]), float(_GRID[1].flat[best])
    turn = math.radians(light)
    return _TOWARDS * math.sin(turn), -_TOWARDS * math.cos(turn)


def _stands_out(image: Raster, iris: Iris) -> FloatArray:
    """By how much a spot at each place of the grid is lighter than what surrounds it."""
    box = _box(iris, image)
    if box.is_empty:
        return np.zeros_like(_GRID[0])
    grey = luma(_seen(image, box))
    spots = gaussian(grey, 0.12 * iris.radius) - gaussian(grey, 0.5 * iris.radius)
    x = _GRID[0] * np.float32(iris.radius) + np.float32(iris.x - box.left)
    y = _GRID[1] * np.float32(iris.radius) + np.float32(iris.y - box.top)
    seen = float32(cv2.remap(spots, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
    return np.maximum(seen, 0) * np.clip(3 - 3.2 * np.hypot(*_GRID), 0, 1)


def _light(pixels: Array, iris: Iris, glint: Offset, params: EyeLightParams) -> None:
    """Changes the colours of one eye in place."""
    depth = 8 * pixels.dtype.itemsize
    rgb = _sharpened(continued_colors(Raster(pixels)), iris, params.sharpen)
    rgb = _brightened(rgb, iris, glint, params.brighten)
    spot = _spot(rgb, iris, glint)[..., None] * np.float32(params.catch_light)
    pixels[..., :3] = quantize(rgb + np.maximum(_LIGHT - rgb, 0) * spot, depth)


def _sharpened(rgb: FloatArray, iris: Iris, amount: float) -> FloatArray:
    across, down = _OPENING
    y, x = np.mgrid[: rgb.shape[0], : rgb.shape[1]].astype(np.float32)
    off = np.hypot((x - iris.x) / (across * iris.radius), (y - iris.y) / (down * iris.radius))
    inside = np.clip(3 - 2.5 * off, 0, 1)[..., None]
    difference = np.float32(amount) * (rgb - gaussian(rgb, max(_FINE * iris.radius, 0.6)))
    sharper: FloatArray = rgb + inside * _HALO * np.tanh(difference / _HALO)
    return sharper


def _brightened(rgb: FloatArray, iris: Iris, glint: Offset, amount: float) -> FloatArray:
    """The iris dodged: most opposite the catch-light, hardly where it is black or white."""
    y, x = np.mgrid[: rgb.shape[0], : rgb.shape[1]].astype(np.float32)
    far = max(math.hypot(*glint), 1e-3) * iris.radius
    away = ((x - iris.x) * -glint[0] + (y - iris.y) * -glint[1]) / np.float32(far)
    inside = np.clip(3 - 3 * _distance(rgb, iris), 0, 1) * np.clip(0.45 + 0.8 * away, 0, 1)
    lighter: FloatArray = rgb + (np.float32(amount) * _IRIS_GAIN * inside)[..., None] * rgb * (1 - rgb)
    return lighter


def _spot(rgb: FloatArray, iris: Iris, glint: Offset) -> FloatArray:
    """(h, w) 0…1: a small disc with a soft edge."""
    x, y = iris.x + glint[0] * iris.radius, iris.y + glint[1] * iris.radius
    distance = _distance(rgb, Iris(x, y, 1.0))
    radius = _SPOT * iris.radius
    spot = np.clip((radius - distance) / max(0.8 * radius, 0.6) + 0.5, 0, 1)
    smooth: FloatArray = spot * spot * (3 - 2 * spot)
    return smooth


def _distance(like: Array, iris: Iris) -> FloatArray:
    """(h, w): from the iris's middle, in its radii."""
    y, x = np.mgrid[: like.shape[0], : like.shape[1]].astype(np.float32)
    distance: FloatArray = np.hypot(x - np.float32(iris.x), y - np.float32(iris.y)) / np.float32(iris.radius)
    return distance
