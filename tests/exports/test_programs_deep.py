"""GIMP and Krita, where they are installed, open 16-bit files and show what we composited."""

import subprocess
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest

from composer.composite.flatten import flatten
from composer.pixels.stack import LayerStack, PaintLayer
from tests.exports.conftest import CANVAS, NORMAL
from tests.exports.test_programs import GIMP_SCRIPT, SECONDS, _krita, gimp, krita


@pytest.fixture
def deep(noise: Any, random_mask: Any) -> LayerStack:
    """An opaque layer and a faded, masked one above it."""
    below = noise(1, depth=16)
    below.pixels[..., 3] = 65535
    above = PaintLayer("above", noise(2, 20, 15, 5, 4, 16), NORMAL, random_mask(3, 16), opacity=0.6)
    return LayerStack(CANVAS, (PaintLayer("below", below, NORMAL), above), depth=16)


def _apart(shown: Path, document: LayerStack) -> float:
    """The largest difference from our composite, in levels of 8 bits."""
    assert shown.is_file(), "the program did not open the file"
    image = imagecodecs.png_decode(shown.read_bytes())
    top = np.iinfo(image.dtype).max
    ours = flatten(document, kernel="numpy").pixels[..., :3] / 65535
    return float(np.abs(image[..., :3] / top - ours).max() * 255)


@krita
@pytest.mark.parametrize(("format_", "levels"), [("psd", 0.5), ("tiff", 0.05), ("png", 0.05)])
def test_krita_shows_sixteen_bits(
    format_: str, levels: float, deep: LayerStack, export: Any, tmp_path: Path
) -> None:
    """Its masks have 8 bits."""
    _krita(export(deep, format_, {"depth": 16}, "deep"), tmp_path / "shown.png")
    assert imagecodecs.png_decode((tmp_path / "shown.png").read_bytes()).dtype == np.uint16
    assert _apart(tmp_path / "shown.png", deep) <= levels


@krita
def test_krita_shows_an_ora_of_sixteen_bits_in_eight(deep: LayerStack, export: Any, tmp_path: Path) -> None:
    _krita(export(deep, "ora", {"depth": 16}, "deep"), tmp_path / "shown.png")
    assert _apart(tmp_path / "shown.png", deep) <= 1.5


@gimp
@pytest.mark.parametrize("format_", ["psd", "tiff", "png"])
def test_gimp_shows_sixteen_bits(format_: str, deep: LayerStack, export: Any, tmp_path: Path) -> None:
    file, shown = export(deep, format_, {"depth": 16}, "deep"), tmp_path / "shown.png"
    script = GIMP_SCRIPT.format(file=file, out=shown)
    command = ["gimp", "-i", "-d", "-f", "-b", script, "-b", "(gimp-quit 0)"]
    subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    assert _apart(shown, deep) <= 1
