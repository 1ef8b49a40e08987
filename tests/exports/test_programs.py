"""GIMP and Krita, where they are installed, show the layers as we do and name them as we did."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring
from zipfile import ZipFile

import cv2
import numpy as np
import pytest

from composer.composite.flatten import flatten
from composer.pixels.geometry import Extent
from composer.pixels.raster import Mask, Raster
from composer.pixels.stack import LayerGroup, LayerStack, PaintLayer
from composer.registry import find_blend

SECONDS = 120
krita = pytest.mark.skipif(
    not (shutil.which("krita") and shutil.which("xvfb-run")), reason="needs krita and xvfb-run"
)
gimp = pytest.mark.skipif(not shutil.which("gimp"), reason="needs gimp")
GIMP_SCRIPT = (
    '(let* ((image (car (gimp-file-load RUN-NONINTERACTIVE "{file}" "{file}")))'
    ' (shown (car (gimp-layer-new-from-visible image image "shown"))))'
    " (gimp-image-insert-layer image shown 0 0)"
    ' (file-png-save RUN-NONINTERACTIVE image shown "{out}" "{out}" 0 1 0 0 0 0 0))'
)


@pytest.fixture
def document(noise: Any, random_mask: Any) -> LayerStack:
    """Groups, masks of three kinds, modes and a name in three scripts."""
    opaque = noise(1)
    opaque.pixels[..., 3] = 255
    normal = find_blend("normal")
    leaf = PaintLayer("leaf 葉 ورقة", noise(2, 20, 15, 9, -4), find_blend("multiply"), random_mask(3))
    unseen = PaintLayer("unseen", noise(4), normal, Mask(np.zeros((23, 37), np.uint8)))
    group = LayerGroup(
        "group", (leaf, PaintLayer("top", noise(5), normal)), normal, random_mask(6), opacity=0.7
    )
    empty = PaintLayer("empty", Raster(np.zeros((0, 0, 4), np.uint8)), normal)
    through = LayerGroup("through", (leaf, empty), normal, pass_through=True)
    return LayerStack(Extent(37, 23), (PaintLayer("base", opaque, normal), group, unseen, through))


@krita
@pytest.mark.parametrize("format_", ["psd", "ora"])
def test_krita_shows_and_names_the_layers(
    format_: str, document: LayerStack, export: Any, tmp_path: Path
) -> None:
    file = export(document, format_, name="krita")
    _krita(file, tmp_path / "shown.png")
    _assert_shown(tmp_path / "shown.png", document)
    _krita(file, tmp_path / "saved.kra")
    with ZipFile(tmp_path / "saved.kra") as archive:
        root = fromstring(archive.read("maindoc.xml"))
    found = [layer.get("name") for layer in root.findall(".//{*}layer")]
    assert {item.name for item in document.walk()} <= set(found)
    masks = [mask for mask in root.findall(".//{*}mask") if mask.get("nodetype") == "transparencymask"]
    assert len(masks) + sum(f"{name}".endswith(" mask") for name in found) == 4


@gimp
def test_gimp_shows_the_layers(document: LayerStack, export: Any, tmp_path: Path) -> None:
    file, shown = export(document, "psd", name="gimp"), tmp_path / "shown.png"
    script = GIMP_SCRIPT.format(file=file, out=shown)
    command = ["gimp", "-i", "-d", "-f", "-b", script, "-b", "(gimp-quit 0)"]
    subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    _assert_shown(shown, document)


def _krita(file: Path, out: Path) -> None:
    command = ["xvfb-run", "-a", "krita", "--export", "--export-filename", str(out), str(file)]
    # With a TMPDIR of its own Krita does not hand the file to an instance that runs already.
    own = os.environ | {"TMPDIR": str(out.parent)}
    subprocess.run(command, capture_output=True, timeout=SECONDS, check=False, env=own)


def _assert_shown(png: Path, document: LayerStack) -> None:
    """Within 3 levels: these programs round after every layer."""
    assert png.is_file(), "the program did not open the file"
    image: Any = cv2.imread(str(png), cv2.IMREAD_COLOR)
    ours = flatten(document, kernel="numpy").pixels[..., 2::-1]
    apart = np.abs(image.astype(int) - ours)
    assert apart.max() <= 3, np.bincount(apart.ravel())
