"""What the exporters' tests share: noise, the exporters themselves, and scenes with everything in them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from composer.composite.flatten import flatten
from composer.pixels.geometry import Extent
from composer.pixels.raster import Mask, Raster
from composer.pixels.stack import LayerGroup, LayerStack, PaintLayer
from composer.registry import find, find_blend

CANVAS = Extent(37, 23)
NORMAL = find_blend("normal")
MULTIPLY = find_blend("multiply")

Noise = Callable[..., Raster]
Export = Callable[..., Path]


def _noise(
    seed: int, width: int = 37, height: int = 23, left: int = 0, top: int = 0, depth: int = 8
) -> Raster:
    """Random colour and alpha; a third of the pixels fully shown, a third fully transparent."""
    values = np.random.default_rng(seed).random((height, width, 4), np.float32)
    values[..., 3] = np.clip(values[..., 3] * 3 - 1, 0, 1)
    return Raster.from_float(values, depth, left, top)


def _mask(seed: int, depth: int = 8) -> Mask:
    values = np.random.default_rng(seed).random((CANVAS.height, CANVAS.width), np.float32)
    return Mask.from_float(np.clip(values * 2 - 0.5, 0, 1), depth)


@pytest.fixture(scope="session")
def noise() -> Noise:
    """Makes rasters of noise: `noise(seed, width, height, left, top, depth)`."""
    return _noise


@pytest.fixture(scope="session")
def random_mask() -> Callable[..., Mask]:
    """Makes masks of the canvas: `random_mask(seed, depth)`."""
    return _mask


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory) -> Export:
    """Writes a stack: `export(stack, "psd", {"compression": "zip"})` gives the path."""
    folder = tmp_path_factory.mktemp("exports")

    def write(
        stack: LayerStack, format_: str, settings: Mapping[str, object] | None = None, name: str = "picture"
    ) -> Path:
        found = find("export", format_)
        path = folder / f"{name}{found.suffix}"
        merged = flatten(stack, kernel="numpy")
        found.function(stack, merged, found.params(**(settings or {})), path)
        return path

    return write


def _scenes() -> dict[str, LayerStack]:
    """Stacks whose layers must look like the merged picture, whatever the file format lacks."""
    opaque = np.dstack([_noise(1).pixels[..., :3], np.full((23, 37), 255, np.uint8)])
    base = PaintLayer("base", Raster(opaque), NORMAL)
    dot = PaintLayer("dot", _noise(2, 20, 15, 9, -4), NORMAL)
    dark = PaintLayer("dark", _noise(3, 12, 9, 30, 10), MULTIPLY, _mask(4), opacity=0.6)
    over = PaintLayer("over", _noise(5), NORMAL, clip=True)
    shade = replace(over, name="shade", blend=MULTIPLY, mask=_mask(6), opacity=0.8)
    above = PaintLayer("above", _noise(7), find_blend("screen"), opacity=0.5)
    group = LayerGroup("group", (dot, above), NORMAL)
    through = replace(group, pass_through=True)
    return {
        "layers": _stack(base, dot, dark),
        "hidden": _stack(base, replace(dot, visible=False), dark),
        "transparent": _stack(dot, dark),
        "group": _stack(base, group, dark),
        "group with mask, mode and opacity": _stack(
            base, replace(group, mask=_mask(8), blend=MULTIPLY, opacity=0.4)
        ),
        "group with opacity": _stack(base, replace(group, opacity=0.4)),
        "pass-through": _stack(base, through, dark),
        "pass-through of normal layers with mask": _stack(
            base, replace(through, children=(dot, replace(dark, blend=NORMAL)), mask=_mask(9), opacity=0.5)
        ),
        "pass-through of one layer with mask": _stack(
            base, replace(through, children=(above,), mask=_mask(9), opacity=0.5)
        ),
        "pass-through of a clipping run with mask": _stack(
            base, replace(through, children=(above, over, shade), mask=_mask(9), opacity=0.5)
        ),
        "clipped normally": _stack(base, dot, over, above),
        "clipped with a mode": _stack(base, dot, over, shade, above),
        "clipped to a masked layer with a mode": _stack(base, dark, over, shade),
        "clipped to a hidden layer": _stack(base, replace(dot, visible=False), over),
        "clipped normally to a group": _stack(base, group, over),
        "clipped normally to a pass-through group": _stack(base, through, over),
        "clipped with a mode to a group": _stack(base, replace(group, mask=_mask(8)), over, shade),
        "clipped with a mode to a group that multiplies": _stack(base, replace(group, blend=MULTIPLY), shade),
        "clipped with a mode to a layer that multiplies": _stack(base, dark, shade),
        "group clipped to a layer": _stack(base, dot, replace(group, clip=True, opacity=0.5)),
        "clipped to nothing": _stack(over, replace(above, clip=True), dot),
        "nested": _stack(base, replace(group, children=(through, replace(group, mask=_mask(3)), over))),
    }


def _stack(*layers: PaintLayer | LayerGroup) -> LayerStack:
    return LayerStack(CANVAS, layers)


SCENES = _scenes()


@pytest.fixture(params=SCENES, ids=str)
def scene(request: pytest.FixtureRequest) -> LayerStack:
    """Each scene in turn."""
    return SCENES[request.param]
