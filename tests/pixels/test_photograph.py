"""Photographs: orientation once, profiles honoured, depth kept, and clear words for what is no picture."""

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from composer.errors import InputError
from composer.pixels.photograph import read_photograph


def _array(width: int = 9, height: int = 5) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3)).astype(np.uint8)


def test_a_png_comes_bit_for_bit(tmp_path: Path) -> None:
    Image.fromarray(_array()).save(tmp_path / "a.png")
    raster = read_photograph(tmp_path / "a.png", "a.png")
    assert np.array_equal(raster.pixels[..., :3], _array())
    assert (raster.pixels[..., 3] == 255).all()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("deep", [False, True])
def test_the_exif_orientation_is_applied_once(tmp_path: Path, orientation: int, deep: bool) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = _array()
    upright = {
        1: stored,
        2: stored[:, ::-1],
        3: stored[::-1, ::-1],
        4: stored[::-1],
        5: stored.transpose(1, 0, 2),
        6: np.rot90(stored, -1),
        7: stored[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(stored, 1),
    }[orientation]
    path = tmp_path / "a.png"
    Image.fromarray(stored).save(path, exif=exif)
    if deep:
        path.write_bytes(
            _with_exif_of(path, cv2.imencode(".png", stored[..., ::-1].astype(np.uint16) * 257)[1].tobytes())
        )
    pixels = read_photograph(path, "a.png").pixels
    assert np.array_equal(pixels[..., :3] // (257 if deep else 1), upright)


def _with_exif_of(donor: Path, png: bytes) -> bytes:
    """A PNG with the eXIf chunk of another put after its header."""
    chunk = donor.read_bytes()
    start = chunk.index(b"eXIf") - 4
    length = int.from_bytes(chunk[start : start + 4], "big") + 12
    return png[:33] + chunk[start : start + length] + png[33:]


def test_sixteen_bits_stay_sixteen(tmp_path: Path) -> None:
    deep = np.random.default_rng(2).integers(0, 65536, (6, 7, 3)).astype(np.uint16)
    cv2.imwrite(str(tmp_path / "deep.png"), deep[..., ::-1])
    cv2.imwrite(str(tmp_path / "deep.tif"), deep[..., ::-1])
    for name in ("deep.png", "deep.tif"):
        raster = read_photograph(tmp_path / name, name)
        assert raster.depth == 16
        assert np.array_equal(raster.pixels[..., :3], deep)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "RGBA"])
def test_other_modes_become_rgba(tmp_path: Path, mode: str) -> None:
    Image.fromarray(_array()).convert(mode).save(tmp_path / "a.png")
    expected = np.array(Image.open(tmp_path / "a.png").convert("RGBA"))
    assert np.array_equal(read_photograph(tmp_path / "a.png", "a").pixels, expected)


def test_an_embedded_profile_is_honoured(tmp_path: Path) -> None:
    """A picture tagged with LAB's D50 white XYZ-like profile must not come out as if it were sRGB."""
    linear = ImageCms.ImageCmsProfile(io.BytesIO(_linear_profile()))
    Image.fromarray(np.full((4, 4, 3), 128, np.uint8)).save(tmp_path / "a.png", icc_profile=linear.tobytes())
    grey = read_photograph(tmp_path / "a.png", "a.png").pixels[0, 0, :3]
    assert np.abs(grey.astype(int) - 188).max() <= 1, "linear 0.5 is 188 in sRGB"


def _linear_profile() -> bytes:
    """sRGB's primaries with a curve of gamma 1: the tone curves of the built-in profile replaced."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(profile[128:132], "big")
    for entry in range(count):
        start = 132 + 12 * entry
        if bytes(profile[start : start + 4]) in (b"rTRC", b"gTRC", b"bTRC"):
            offset = int.from_bytes(profile[start + 4 : start + 8], "big")
            profile[offset : offset + 12] = b"curv" + bytes(8)
            profile[start + 8 : start + 12] = (12).to_bytes(4, "big")
    return bytes(profile)


def test_cmyk_without_a_profile_is_refused(tmp_path: Path) -> None:
    Image.new("CMYK", (4, 4)).save(tmp_path / "a.tif")
    with pytest.raises(InputError, match=r"print\.tif is CMYK without a profile"):
        read_photograph(tmp_path / "a.tif", "print.tif")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"not a picture", "is a text file"),
        (b"", "is empty"),
        (bytes(99), "is not an image that can be read"),
    ],
)
def test_what_is_no_picture_is_said_to_be_none(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read_photograph(tmp_path / "a.jpg", "photos/a.jpg")
    assert caught.value.message.startswith("photos/a.jpg")


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "TIFF"])
def test_a_truncated_picture_is_damaged(tmp_path: Path, format_: str) -> None:
    Image.fromarray(_array(200, 200)).save(tmp_path / "a", format=format_)
    whole = (tmp_path / "a").read_bytes()
    (tmp_path / "a").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"is damaged|not an image"):
        read_photograph(tmp_path / "a", "a")


def test_an_animation_is_refused(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (4, 4), color) for color in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    with pytest.raises(InputError, match="is an animation"):
        read_photograph(tmp_path / "a.gif", "a.gif")


def _sixteen_bit_tiff(path: Path, pixels: np.ndarray, **options: str) -> Path:
    tifffile.imwrite(path, pixels, **options)
    return path


def test_a_tiff_with_its_channels_apart_is_read_like_any_other(tmp_path: Path) -> None:
    stored = _array().astype(np.uint16) * 257
    apart = np.moveaxis(stored, -1, 0)
    path = _sixteen_bit_tiff(tmp_path / "a.tif", apart, photometric="rgb", planarconfig="separate")
    assert np.array_equal(read_photograph(path, "a.tif").pixels[..., :3], stored)


def test_a_tiff_whose_zero_is_white_comes_the_right_way_round(tmp_path: Path) -> None:
    stored = _array()[..., 0].astype(np.uint16) * 257
    path = _sixteen_bit_tiff(tmp_path / "a.tif", 65535 - stored, photometric="miniswhite")
    assert np.array_equal(read_photograph(path, "a.tif").pixels[..., 0], stored)


@pytest.mark.parametrize("kind", [np.float32, np.uint32])
def test_thirty_two_bits_are_refused_not_clipped(tmp_path: Path, kind: type[np.generic]) -> None:
    path = _sixteen_bit_tiff(tmp_path / "a.tif", _array()[..., 0].astype(kind), photometric="minisblack")
    with pytest.raises(InputError, match="32 bits a channel"):
        read_photograph(path, "a.tif")


@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
def test_a_broken_profile_is_named_as_what_is_wrong(tmp_path: Path, name: str) -> None:
    Image.fromarray(_array()).save(tmp_path / name, icc_profile=b"no profile" * 20)
    with pytest.raises(InputError, match="colour profile that cannot be used"):
        read_photograph(tmp_path / name, name)
