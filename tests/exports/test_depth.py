"""16 bits in layered files: every program that reads them finds the values that were composited."""

import io
from dataclasses import replace
from typing import Any
from zipfile import ZipFile

import cv2
import numpy as np
import pytest
from psd_tools import PSDImage

from composer.pixels.stack import LayerStack, PaintLayer
from tests.exports.conftest import CANVAS, NORMAL


def _stack(noise: Any, random_mask: Any, depth: int) -> LayerStack:
    below = PaintLayer("below", noise(1, depth=depth), NORMAL)
    above = PaintLayer("above", noise(2, 20, 15, 5, 4, depth), NORMAL, random_mask(3, depth), opacity=0.5)
    return LayerStack(CANVAS, (below, above), depth=depth)


@pytest.mark.parametrize("wanted", [8, 16])
@pytest.mark.parametrize("given", [8, 16])
def test_a_psd_has_the_depth_it_is_asked_for(
    noise: Any, random_mask: Any, export: Any, given: int, wanted: int
) -> None:
    stack = _stack(noise, random_mask, given)
    psd = PSDImage.open(export(stack, "psd", {"depth": wanted}, f"{given}{wanted}"))
    assert psd.depth == wanted
    stored = psd[0].numpy(channel="color")
    assert isinstance(stack.layers[0], PaintLayer)
    expected = stack.layers[0].raster.to_float()
    shown = expected[..., 3] > 0
    box = psd[0].bbox
    part = expected[box[1] : box[3], box[0] : box[2], :3]
    error = np.abs(stored - part)[shown[box[1] : box[3], box[0] : box[2]]].max()
    assert error <= (0.6 / 65535 if given == wanted == 16 else 0.51 / 255 if wanted == 8 else 1e-6)


def test_an_ora_of_sixteen_bits_has_pictures_of_sixteen(noise: Any, random_mask: Any, export: Any) -> None:
    stack = _stack(noise, random_mask, 16)
    with ZipFile(export(stack, "ora", None, "deep")) as file:
        merged, layer = (_png(file.read(name)) for name in ("mergedimage.png", "data/layer000.png"))
    assert merged.dtype == layer.dtype == np.uint16
    with ZipFile(export(replace(stack), "ora", {"depth": 8}, "shallow")) as file:
        assert _png(file.read("mergedimage.png")).dtype == np.uint8


def _png(content: bytes) -> Any:
    return cv2.imdecode(np.frombuffer(io.BytesIO(content).read(), np.uint8), cv2.IMREAD_UNCHANGED)
