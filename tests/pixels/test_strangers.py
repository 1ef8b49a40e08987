"""Files that are no photograph, or not one photograph: each is called what it is, with what to do."""

from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from composer.pixels.photograph import read_photograph
from tests.pixels.telling import DEEP, NOISE, tiff, told

STRANGERS = {
    "a.pdf": (b"%PDF-1.7\n", "is a PDF document"),
    "a.psd": (b"8BPS\0\1" + bytes(40), "is a Photoshop document"),
    "a.xcf": (b"gimp xcf v011", "is a GIMP document"),
    "a.ora": (b"PK\3\4" + bytes(26) + b"mimetypeimage/openraster", "is a ZIP archive or a layered document"),
    "a.svg": (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "is a drawing in vectors"),
    "a.html": (b"\n<!DOCTYPE html><html><body>404", "is a web page"),
    "a.jpg": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "only its Git LFS pointer is"),
    "a.txt": (b"a list of photographs\n", "is a text file"),
    "a.png": (b"", "is empty"),
    "a.gif": (b"GIF89a", "is damaged"),
    "a.webp": (b"RIFF    WEBPVP8 ", "is damaged"),
    "a.cr2": (b"II*\0\x10\0\0\0CR\2\0" + bytes(40), "is a raw photograph"),
    "a.cr3": (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", "is a raw photograph"),
    "a.raf": (b"FUJIFILMCCD-RAW 0201", "is a raw photograph"),
    "a.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "is a HEIC photograph"),
    "b.heic": (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "is a HEIC photograph"),
    "a.mp4": (b"\0\0\0\x18ftypisom\0\0\2\0isomiso2", "is a video"),
    "a.jp2": (b"\0\0\0\x0cjP  \r\n\x87\n", "is a JPEG 2000 picture"),
    "a.jxl": (b"\xff\x0a" + bytes(30), "is a JPEG XL picture"),
    "a.exr": (b"\x76\x2f\x31\x01" + bytes(30), "is an OpenEXR picture"),
    "a.hdr": (b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n", "is a Radiance HDR picture"),
    "a.bin": (bytes(range(200, 256)) * 20, "is not an image that can be read"),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_what_is_no_photograph_is_called_what_it_is(tmp_path: Path, name: str) -> None:
    content, what = STRANGERS[name]
    assert what in told(tmp_path / name, content).message


def test_a_raw_photograph_is_not_taken_for_the_thumbnail_in_it(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "renamed.tif") as file:
        file.write(NOISE[:6, :8], photometric="rgb", subifds=1, subfiletype=1)
        file.write(NOISE, photometric="rgb")
    assert "raw photograph" in told(tmp_path / "renamed.tif").message
    (tmp_path / "photo.nef").write_bytes(tiff(NOISE[:6, :8], photometric="rgb"))
    assert "export a 16-bit TIFF" in told(tmp_path / "photo.nef").hint
    dng = tiff(NOISE, photometric="rgb", extratags=[(50706, 1, 4, (1, 4, 0, 0), True)])
    assert "raw photograph" in told(tmp_path / "photo.tif", dng).message


@pytest.mark.parametrize("format_", ["GIF", "WEBP", "PNG", "AVIF"])
def test_an_animation_is_never_one_of_its_frames(tmp_path: Path, format_: str) -> None:
    frames = [Image.fromarray(NOISE), Image.fromarray(255 - NOISE)]
    frames[0].save(tmp_path / "a", format_, save_all=True, append_images=frames[1:])
    assert "is an animation" in told(tmp_path / "a").message


def test_a_photo_with_a_second_view_in_it_is_a_photo(tmp_path: Path) -> None:
    """Phones and stereo cameras put a depth map, a gain map or the other eye behind the photograph."""
    frames = [Image.new("RGB", (30, 24), color) for color in ("red", "blue")]
    frames[0].save(tmp_path / "a.jpg", "MPO", save_all=True, append_images=frames[1:], quality=95)
    pixels = read_photograph(tmp_path / "a.jpg", "a").pixels
    assert np.abs(pixels[0, 0, :3].astype(int) - (255, 0, 0)).max() < 5


def test_pages_are_told_and_smaller_versions_are_not_pages(tmp_path: Path) -> None:
    with tifffile.TiffWriter(tmp_path / "scan.tif") as file:
        file.write(NOISE, photometric="rgb")
        file.write(NOISE, photometric="rgb")
    assert "has several pages" in told(tmp_path / "scan.tif").message
    with tifffile.TiffWriter(tmp_path / "pyramid.tif") as file:
        file.write(NOISE, photometric="rgb")
        file.write(NOISE[::2, ::2], photometric="rgb", subfiletype=1)
    assert np.array_equal(read_photograph(tmp_path / "pyramid.tif", "a").pixels[..., :3], NOISE)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.uint32, np.int16])
def test_numbers_that_are_no_colours_are_told(tmp_path: Path, kind: type[np.generic]) -> None:
    pixels = NOISE.astype(kind)
    if np.issubdtype(kind, np.floating):
        pixels[0, 0], pixels[1, 1] = np.nan, np.inf
    error = told(tmp_path / "a.tif", tiff(pixels, photometric="rgb"))
    assert "bits a channel" in error.message
    assert "16 bits a channel, whole numbers" in error.hint


def test_a_jpeg_that_no_browser_shows_is_called_by_its_kind(tmp_path: Path) -> None:
    """Scanners and medical programs write them; the first sounds like damage to every decoder."""
    deep = bytes(imagecodecs.jpeg8_encode(DEEP[..., 0] >> 4, bitspersample=12))
    assert "is a JPEG of 12 bits a channel" in told(tmp_path / "a.jpg", deep).message
    assert "convert it to 16 bits" in told(tmp_path / "a.jpg").hint
    other = bytes(imagecodecs.jpegls_encode(NOISE))
    assert "is a JPEG-LS picture" in told(tmp_path / "b.jpg", other).message
