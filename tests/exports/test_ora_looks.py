"""The layers of an ORA, composited as the OpenRaster specification says, look like the merged picture."""

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element, fromstring
from zipfile import ZipFile

import cv2
import numpy as np

from composer.composite.flatten import flatten
from composer.pixels.raster import FloatArray
from composer.pixels.stack import LayerStack
from composer.registry import find_blend, names

MODES: dict[str, Callable[..., Any]] = {
    find_blend(name).ora: find_blend(name).function for name in names("blend") if find_blend(name).separable
}


def test_layers_look_like_the_picture(scene: LayerStack, export: Any) -> None:
    ours = flatten(scene, kernel="numpy").to_float()
    ours[..., :3] *= ours[..., 3:]
    with ZipFile(export(scene, "ora")) as archive:
        root = fromstring(archive.read("stack.xml"))
        read = np.zeros_like(ours)
        _compose(root[0], read, archive)
    assert np.abs(read - ours).max() <= 1.01 / 255


def _compose(stack: Element, surface: FloatArray, archive: ZipFile) -> None:
    """Composite the children, listed top first, onto the premultiplied surface, in place."""
    for element in reversed(stack):
        operation, opacity = element.attrib["composite-op"], float(element.attrib["opacity"])
        if element.attrib["visibility"] == "hidden":
            continue
        if element.tag == "stack" and element.attrib["isolation"] == "auto":
            assert (operation, opacity) == ("svg:src-over", 1.0), "such a stack would be isolated"
            _compose(element, surface, archive)
            continue
        source = np.zeros_like(surface)
        if element.tag == "stack":
            _compose(element, source, archive)
        else:
            _place(element, source, archive)
        _blend(surface, source, operation, opacity)


def _place(layer: Element, surface: FloatArray, archive: ZipFile) -> None:
    encoded = np.frombuffer(archive.read(layer.attrib["src"]), np.uint8)
    pixels = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)
    rgba = cv2.cvtColor(pixels, cv2.COLOR_BGRA2RGBA).astype(np.float32) / np.iinfo(pixels.dtype).max
    rgba[..., :3] *= rgba[..., 3:]
    for (row, column), _ in np.ndenumerate(rgba[..., 0]):
        y, x = row + int(layer.attrib["y"]), column + int(layer.attrib["x"])
        if 0 <= y < surface.shape[0] and 0 <= x < surface.shape[1]:
            surface[y, x] = rgba[row, column]


def _blend(surface: FloatArray, source: FloatArray, operation: str, opacity: float) -> None:
    backdrop, below = surface[..., :3].copy(), surface[..., 3:].copy()
    above = source[..., 3:] * np.float32(opacity)
    colour = source[..., :3] / np.maximum(source[..., 3:], 1e-9)
    if operation == "svg:dst-in":
        surface *= above
    elif operation == "svg:src-atop":
        surface[..., :3] = (1 - above) * backdrop + below * above * colour
    else:
        mixed = MODES[operation](backdrop / np.maximum(below, 1e-9), colour)
        surface[..., :3] = (1 - above) * backdrop + above * ((1 - below) * colour + below * mixed)
        surface[..., 3:] = below + above - below * above
