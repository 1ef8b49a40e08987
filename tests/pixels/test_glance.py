"""A glance at a file's header: its size as it is seen, and whether it is surely opaque; never a complaint."""

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from composer.pixels.geometry import Extent
from composer.pixels.glance import glance
from composer.pixels.photograph import read_photograph

MODES = {
    "a.jpg": ("RGB", True),
    "grey.jpg": ("L", True),
    "a.png": ("RGB", True),
    "cut.png": ("RGBA", False),
    "grey.png": ("LA", False),
    "bits.png": ("1", True),
    "a.webp": ("RGB", True),
    "cut.webp": ("RGBA", False),
    "a.avif": ("RGB", True),
    "a.tif": ("RGB", True),
    "cut.tif": ("RGBA", False),
    "a.bmp": ("RGB", True),
}


@pytest.mark.parametrize("name", MODES)
def test_size_and_opacity_are_those_of_the_picture_that_is_read(tmp_path: Path, name: str) -> None:
    mode, is_opaque = MODES[name]
    Image.new(mode, (31, 12)).save(tmp_path / name)
    seen = glance(tmp_path / name)
    assert seen is not None
    assert seen.extent == read_photograph(tmp_path / name, name).extent == Extent(31, 12)
    assert seen.is_opaque == is_opaque


def test_a_photograph_that_lies_on_its_side_is_seen_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (31, 12)).save(tmp_path / "a.jpg", exif=exif)
    seen = glance(tmp_path / "a.jpg")
    assert seen is not None
    assert seen.extent == read_photograph(tmp_path / "a.jpg", "a").extent == Extent(12, 31)


def test_a_colour_that_stands_for_nothing_is_transparency(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png", transparency=(0, 0, 0))
    Image.new("P", (4, 4)).save(tmp_path / "b.png")
    assert [seen.is_opaque for name in "ab" if (seen := glance(tmp_path / f"{name}.png"))] == [False, False]


def test_sixteen_bits_are_seen_too(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((12, 31, 3), np.uint16), photometric="rgb")
    seen = glance(tmp_path / "a.tif")
    assert seen is not None
    assert seen.extent == Extent(31, 12)
    assert seen.is_opaque


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"II*\0"])
def test_what_is_no_picture_tells_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    assert glance(tmp_path / "a") is None
    assert glance(tmp_path / "gone") is None
    assert glance(tmp_path) is None


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.bmp", "a.gif", "a.tif"])
def test_pixels_are_not_decoded(tmp_path: Path, name: str) -> None:
    """Of a file that ends in its pixels the size is known all the same."""
    noise = np.random.default_rng(0).integers(0, 256, (200, 300, 3)).astype(np.uint8)
    Image.fromarray(noise).save(tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    seen = glance(tmp_path / name)
    assert seen is not None
    assert seen.extent == Extent(300, 200)
