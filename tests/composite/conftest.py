"""Stacks of noise, and a reference compositor in float64 that knows the formulas and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from composer.pixels.geometry import Extent
from composer.pixels.raster import Mask, Raster
from composer.pixels.stack import LayerGroup, LayerStack, PaintLayer, StackItem
from composer.registry import find_blend

WIDTH, HEIGHT = 61, 43
CANVAS = Extent(WIDTH, HEIGHT)
DTYPES = {8: np.uint8, 16: np.uint16}


def noise(seed: int, channels: int, depth: int = 8) -> np.ndarray:
    """Random integers; about a third of them are 0 or the largest, where the corner cases are."""
    random = np.random.default_rng(seed)
    top = (1 << depth) - 1
    values = random.integers(0, top + 1, (HEIGHT, WIDTH, channels))
    choice = random.random(values.shape)
    values[choice < 0.15] = 0
    values[choice > 0.85] = top
    return values.astype(DTYPES[depth])


def layer(seed: int, mode: str = "normal", *, depth: int = 8, opaque: bool = False) -> PaintLayer:
    pixels = noise(seed, 4, depth)
    if opaque:
        pixels[..., 3] = (1 << depth) - 1
    return PaintLayer(f"{mode} {seed}", Raster(pixels), find_blend(mode))


def mask(seed: int, depth: int = 8) -> Mask:
    return Mask(noise(seed, 1, depth)[..., 0])


def group(*children: StackItem, mode: str = "normal") -> LayerGroup:
    return LayerGroup("group", children, find_blend(mode))


def through(*children: StackItem) -> LayerGroup:
    return replace(group(*children), pass_through=True)


def clipped(item: PaintLayer | LayerGroup) -> PaintLayer | LayerGroup:
    return replace(item, clip=True)


def stack(*layers: StackItem, depth: int = 8) -> LayerStack:
    return LayerStack(CANVAS, layers, depth=depth)


def over(
    below: tuple[np.ndarray, np.ndarray],
    colors: np.ndarray,
    alpha: np.ndarray,
    blend: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """W3C Compositing §10 in float64, straight in and out: (colours, alpha) of source over backdrop."""
    cb, ab = below
    mixed = colors if blend is None else blend(cb, colors)
    result_alpha = alpha + ab * (1 - alpha)
    a, b = alpha[..., None], ab[..., None]
    premultiplied = colors * a * (1 - b) + b * a * mixed + (1 - a) * b * cb
    safe = np.where(result_alpha > 0, result_alpha, 1)[..., None]
    return np.where(result_alpha[..., None] > 0, premultiplied / safe, 0), result_alpha


def nothing() -> tuple[np.ndarray, np.ndarray]:
    return np.zeros((HEIGHT, WIDTH, 3)), np.zeros((HEIGHT, WIDTH))


def parts(raster: Raster) -> tuple[np.ndarray, np.ndarray]:
    """Straight colours and alpha of a raster, float64 0…1."""
    values = raster.pixels / float((1 << raster.depth) - 1)
    return values[..., :3], values[..., 3]


def shown(values: Mask) -> np.ndarray:
    return values.values / float((1 << values.depth) - 1)


def assert_close(found: Raster, wanted: tuple[np.ndarray, np.ndarray], levels: float = 1.0) -> None:
    """Within so many levels of the premultiplied reference: what is invisible may differ."""
    colors, alpha = wanted
    top = float((1 << found.depth) - 1)
    found_colors, found_alpha = parts(found)
    errors = np.abs(found_alpha - alpha) * top
    assert errors.max() <= levels, f"alpha is off by up to {errors.max():.2f} levels"
    errors = np.abs(found_colors - colors) * top * (found_alpha[..., None] > 0)
    assert errors.max() <= levels, f"colour is off by up to {errors.max():.2f} levels"


@pytest.fixture(params=["numba", "numpy"])
def kernel(request: pytest.FixtureRequest) -> str:
    """Both kernels; numba's tests say so where it is absent."""
    if request.param == "numba":
        pytest.importorskip("numba")
    return str(request.param)
