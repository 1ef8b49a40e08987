"""Orientation: EXIF says how a photograph lies; where EXIF is silent, XMP does. It is turned once."""

import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image, PngImagePlugin

from composer.pixels.glance import glance
from composer.pixels.photograph import read_photograph

WIDE = np.zeros((40, 80, 3), np.uint8)
WIDE[:, :40] = 250  # bright on the left

ATTRIBUTE = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description tiff:Orientation="{}"/></rdf:RDF>'
ELEMENT = "<rdf:Description>\n  <tiff:Orientation>{}</tiff:Orientation>\n</rdf:Description>"
FORMATS = ("jpg", "png", "packed.png", "webp", "tif")


def _saved(path: Path, xmp: str, exif: int | None = None) -> Path:
    packet = xmp.encode()
    tags = Image.Exif()
    if exif is not None:
        tags[0x0112] = exif
    image = Image.fromarray(WIDE)
    if path.suffix == ".png":
        texts = PngImagePlugin.PngInfo()
        texts.add_itxt("Comment", 'tiff:Orientation="3"')
        texts.add_itxt("XML:com.adobe.xmp", xmp, zip="packed" in path.name)
        image.save(path, pnginfo=texts, **({} if exif is None else {"exif": tags}))
    elif path.suffix == ".tif":
        said = [] if exif is None else [(274, 3, 1, exif, True)]
        tifffile.imwrite(
            path, WIDE, photometric="rgb", extratags=[*said, (700, 1, len(packet), packet, True)]
        )
    else:
        image.save(path, xmp=packet, quality=95, **({} if exif is None else {"exif": tags}))
    return path


def _bright_side(path: Path) -> str:
    pixels = read_photograph(path, path.name).pixels[..., 0].astype(float)
    if pixels.shape == (40, 80):
        return "left" if pixels[:, :30].mean() > pixels[:, 50:].mean() else "right"
    assert pixels.shape == (80, 40)
    return "top" if pixels[:30].mean() > pixels[50:].mean() else "bottom"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("form", [ATTRIBUTE, ELEMENT])
def test_an_orientation_that_only_xmp_gives_is_followed(tmp_path: Path, name: str, form: str) -> None:
    sides = {1: "left", 3: "right", 6: "top", 8: "bottom"}
    for orientation, side in sides.items():
        path = _saved(tmp_path / f"{orientation}.{name}", form.format(orientation))
        assert _bright_side(path) == side


@pytest.mark.parametrize("name", FORMATS)
def test_exif_wins_and_nothing_is_turned_twice(tmp_path: Path, name: str) -> None:
    """Photoshop and Lightroom write both."""
    assert _bright_side(_saved(tmp_path / f"a.{name}", ATTRIBUTE.format(6), exif=6)) == "top"
    assert _bright_side(_saved(tmp_path / f"b.{name}", ATTRIBUTE.format(6), exif=1)) == "left"
    assert _bright_side(_saved(tmp_path / f"c.{name}", ATTRIBUTE.format(6), exif=8)) == "bottom"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("said", ["0", "9", "six", "", "66"])
def test_what_is_no_orientation_turns_nothing(tmp_path: Path, name: str, said: str) -> None:
    assert _bright_side(_saved(tmp_path / f"a.{name}", ATTRIBUTE.format(said))) == "left"


@pytest.mark.parametrize("name", FORMATS)
def test_a_glance_sees_the_same_size(tmp_path: Path, name: str) -> None:
    path = _saved(tmp_path / f"a.{name}", ATTRIBUTE.format(6))
    seen = glance(path)
    assert seen is not None
    assert seen.extent == read_photograph(path, name).extent


@pytest.mark.parametrize(
    "packet", [b"\1\0\0\0no zlib", b"\1\0\0\0" + zlib.compress(bytes(200_000_000)), b"", b"\1"]
)
def test_garbled_xmp_is_as_good_as_none(tmp_path: Path, packet: bytes) -> None:
    _saved(tmp_path / "a.png", "")
    whole = (tmp_path / "a.png").read_bytes()
    content = b"XML:com.adobe.xmp\0" + packet
    check = zlib.crc32(b"iTXt" + content).to_bytes(4, "big")
    (tmp_path / "b.png").write_bytes(
        whole[:33] + len(content).to_bytes(4, "big") + b"iTXt" + content + check + whole[33:]
    )
    assert _bright_side(tmp_path / "b.png") == "left"
