"""Documents: layer stacks to measure exporters and other programs with.

Knows how to make them up from noise and gradients. Does not know files.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from composer.pixels.geometry import Extent
from composer.pixels.raster import FloatArray, Mask, Raster
from composer.pixels.stack import LayerGroup, LayerStack, PaintLayer, StackItem
from composer.registry import find_blend

CANVAS = Extent(301, 203)


def picture(seed: int, extent: Extent = CANVAS, depth: int = 8, left: int = 0, top: int = 0) -> Raster:
    """Soft blobs of colour with grain, opaque."""
    noise = np.random.default_rng(seed)
    coarse = noise.random((6, 8, 3), np.float32)
    rgb = cv2.resize(coarse, (extent.width, extent.height), interpolation=cv2.INTER_CUBIC)
    rgb = rgb + np.float32(0.01) * noise.standard_normal(rgb.shape, np.float32)
    return Raster.from_float(np.dstack([rgb, np.ones_like(rgb[..., 0])]), depth, left, top)


def disc(seed: int, radius: int, x: int, y: int, depth: int = 8, soft: float = 12.0) -> Raster:
    """A round cut-out of a picture around (x, y) with an edge `soft` pixels wide."""
    side = 2 * radius
    raster = picture(seed, Extent(side, side), depth, x - radius, y - radius).to_float()
    rows, columns = np.ogrid[:side, :side]
    distance = np.hypot(rows - radius + 0.5, columns - radius + 0.5)
    raster[..., 3] = np.clip((radius - distance) / soft, 0, 1)
    return Raster.from_float(raster, depth, x - radius, y - radius)


def ramp(extent: Extent = CANVAS, depth: int = 8) -> Mask:
    """Hidden on the left, shown on the right."""
    row = np.clip(np.linspace(-0.3, 1.3, extent.width, dtype=np.float32), 0, 1)
    return Mask.from_float(np.repeat(row[None], extent.height, axis=0), depth)


def spot(extent: Extent = CANVAS, depth: int = 8) -> Mask:
    """Shown in a soft ellipse in the middle."""
    y: FloatArray = np.linspace(-1.6, 1.6, extent.height, dtype=np.float32)[:, None]
    x: FloatArray = np.linspace(-1.6, 1.6, extent.width, dtype=np.float32)[None]
    return Mask.from_float(np.clip(3 - 3 * np.hypot(x, y), 0, 1), depth)


def layer(name: str, raster: Raster, blend: str = "normal", mask: Mask | None = None) -> PaintLayer:
    """A paint layer at full opacity."""
    return PaintLayer(name, raster, find_blend(blend), mask)


def stack(items: Sequence[StackItem], extent: Extent = CANVAS, depth: int = 8) -> LayerStack:
    """The items on a canvas at 300 dpi."""
    return LayerStack(extent, tuple(items), "document", 300, depth)


def showcase(depth: int = 8) -> LayerStack:
    """A small document with most of what a layered file can hold."""
    soft = layer("柔らかい光", picture(4, depth=depth), "soft_light", spot(depth=depth))
    cut = layer("вырезка <&\"'> 🎨", disc(5, 60, 90, 80, depth))
    tint = PaintLayer("tinte", picture(6, depth=depth), find_blend("normal"), opacity=0.6, clip=True)
    figures = LayerGroup(
        "مجموعة", (cut, tint), find_blend("normal"), ramp(depth=depth), opacity=0.7, pass_through=False
    )
    mist = LayerGroup(
        "霧" * 150,
        (layer("haze", disc(7, 70, 220, 120, depth), "screen"), layer("edge", disc(8, 30, 300, 20, depth))),
        find_blend("normal"),
        pass_through=True,
    )
    hidden = PaintLayer("hidden", picture(9, depth=depth), find_blend("difference"), visible=False)
    base = layer("base", picture(3, depth=depth))
    return stack([base, soft, figures, mist, hidden], depth=depth)


def poster(extent: Extent | None = None, depth: int = 8) -> LayerStack:
    """Ten opaque layers with masks in two groups and five blend modes; 3000×2000 unless told otherwise."""
    extent = extent or Extent(3000, 2000)
    modes = ("normal", "multiply", "screen", "overlay", "soft_light")
    layers = [
        PaintLayer(
            f"絵 {number}",
            picture(number, extent, depth),
            find_blend(modes[number % 5]),
            (spot if number % 2 else ramp)(extent, depth),
            opacity=1 - number / 20,
        )
        for number in range(10)
    ]
    normal = find_blend("normal")
    middle = LayerGroup("middle", tuple(layers[3:6]), normal, spot(extent, depth))
    front = LayerGroup("front", tuple(layers[6:]), normal, pass_through=True)
    return stack([*layers[:3], middle, front], extent, depth)
