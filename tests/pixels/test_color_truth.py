"""Colours of photographs come out as their profiles say, within a level of a reference in doubles."""

import io
import struct
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from composer.errors import InputError
from composer.pixels.photograph import read_photograph
from tests.pixels import icc
from tests.pixels.levels import LEVEL, inks, levels

STEPS = np.linspace(0, 255, 9).round().astype(np.uint8)
COLORS = np.stack(np.meshgrid(STEPS, STEPS, STEPS, indexing="ij"), axis=-1).reshape(27, 27, 3)
DEEP_COLORS = COLORS.astype(np.uint16) * 256 + 77


@pytest.mark.parametrize("space", icc.RGB_SPACES.values(), ids=icc.RGB_SPACES.keys())
@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_a_photo_in_a_wide_space_comes_out_right(tmp_path: Path, space: icc.RgbSpace, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(COLORS).save(path, icc_profile=space.profile())
    expected = space.in_srgb(COLORS / 255)
    assert np.abs(levels(path)[..., :3] - expected).max() <= LEVEL


@pytest.mark.parametrize("space", icc.RGB_SPACES.values(), ids=icc.RGB_SPACES.keys())
def test_sixteen_bits_are_converted_in_sixteen_bits(tmp_path: Path, space: icc.RgbSpace) -> None:
    expected = space.in_srgb(DEEP_COLORS / 65535)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, DEEP_COLORS, photometric="rgb", iccprofile=space.profile())
    assert np.abs(levels(path)[..., :3] - expected).max() <= LEVEL / 4
    path = tmp_path / "a.png"
    path.write_bytes(_with_chunk(imagecodecs.png_encode(DEEP_COLORS), _iccp(space.profile())))
    assert read_photograph(path, "a").depth == 16
    assert np.abs(levels(path)[..., :3] - expected).max() <= LEVEL / 4


@pytest.mark.parametrize("suffix", ["jpg", "webp", "avif"])
def test_lossy_formats_carry_profiles_too(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    Image.new("RGB", (32, 32), (90, 160, 60)).save(path, quality=100, icc_profile=icc.ADOBE_RGB.profile())
    expected = icc.ADOBE_RGB.in_srgb(np.array([90, 160, 60]) / 255)
    assert np.abs(levels(path)[16, 16, :3] - expected).max() <= 3 * LEVEL


def test_what_srgb_cannot_show_is_clipped_at_its_edge(tmp_path: Path) -> None:
    """Relative colorimetric: what is inside keeps its place, what is outside goes to the edge."""
    green = np.full((4, 4, 3), (0, 255, 0), np.uint8)
    Image.fromarray(green).save(tmp_path / "a.png", icc_profile=icc.DISPLAY_P3.profile())
    assert (read_photograph(tmp_path / "a.png", "a").pixels[0, 0] == (0, 255, 0, 255)).all()


def test_srgb_by_another_hand_changes_no_pixel(tmp_path: Path) -> None:
    Image.fromarray(COLORS).save(tmp_path / "a.png", icc_profile=icc.SRGB_BY_TABLE.profile())
    assert np.array_equal(read_photograph(tmp_path / "a.png", "a").pixels[..., :3], COLORS)


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif"])
def test_grey_through_its_own_profile(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    Image.new("L", (16, 16), 100).save(path, quality=100, icc_profile=icc.grey_profile(icc.gamma(1.0)))
    expected = icc.srgb_encoded(np.array(100 / 255))
    assert np.abs(levels(path)[8, 8, :3] - expected).max() <= LEVEL


def test_every_level_of_linear_grey(tmp_path: Path) -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint8), (4, 1))
    Image.fromarray(ramp).save(tmp_path / "a.png", icc_profile=icc.grey_profile(icc.LINEAR))
    assert np.abs(levels(tmp_path / "a.png")[..., 0] - icc.srgb_encoded(ramp / 255)).max() <= LEVEL


def test_every_level_of_black_ink(tmp_path: Path) -> None:
    ramp = np.zeros((4, 256, 4), np.uint8)
    ramp[..., 3] = np.arange(256)
    Image.fromarray(ramp, "CMYK").save(tmp_path / "a.tif", icc_profile=icc.ink_profile(inks))
    expected = icc.lab_in_srgb(inks(ramp[0] / 255))
    assert np.abs(levels(tmp_path / "a.tif")[0, :, :3] - expected).max() <= LEVEL


def test_deep_grey_with_alpha_through_its_own_profile(tmp_path: Path) -> None:
    deep = np.stack([np.full((8, 8), 20000), np.arange(64).reshape(8, 8) * 1000], axis=2).astype(np.uint16)
    grey = icc.grey_profile(icc.gamma(1.0))
    (tmp_path / "a.png").write_bytes(_with_chunk(imagecodecs.png_encode(deep), _iccp(grey)))
    raster = read_photograph(tmp_path / "a.png", "a")
    assert np.array_equal(raster.pixels[..., 3], deep[..., 1])
    assert np.abs(raster.pixels[0, 0, :3] / 65535 - icc.srgb_encoded(np.array(20000 / 65535))).max() < 2e-3


def test_grey_that_kept_the_profile_of_its_colour_photo(tmp_path: Path) -> None:
    Image.new("L", (8, 8), 100).save(tmp_path / "a.png", icc_profile=icc.LINEAR_SRGB.profile())
    expected = icc.srgb_encoded(np.array(100 / 255))
    assert np.abs(levels(tmp_path / "a.png")[0, 0, :3] - expected).max() <= LEVEL


def test_a_palette_with_transparency_and_a_profile(tmp_path: Path) -> None:
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 0, 0, 90, 160, 60, 255, 0, 0])
    image.putpixel((0, 0), 2)
    image.save(tmp_path / "a.png", transparency=bytes([255, 128, 0]), icc_profile=icc.ADOBE_RGB.profile())
    pixels = levels(tmp_path / "a.png")
    expected = icc.ADOBE_RGB.in_srgb(np.array([90, 160, 60]) / 255)
    assert np.abs(pixels[4, 4, :3] - expected).max() <= LEVEL
    assert pixels[4, 4, 3] == pytest.approx(128 / 255)
    assert pixels[0, 0, 3] == 0


@pytest.mark.parametrize("grey", [True, False])
def test_one_transparent_colour_in_sixteen_bits(tmp_path: Path, grey: bool) -> None:
    deep = np.full((6, 6) if grey else (6, 6, 3), 40000, np.uint16)
    deep[2, 3] = 777
    chunk = (b"tRNS", struct.pack(">H", 777) * (1 if grey else 3))
    (tmp_path / "a.png").write_bytes(_with_chunk(imagecodecs.png_encode(deep), chunk))
    alpha = read_photograph(tmp_path / "a.png", "a").pixels[..., 3]
    assert alpha[2, 3] == 0
    assert np.count_nonzero(alpha == 65535) == 35


@pytest.mark.parametrize(
    ("profile", "why"),
    [
        (b"no profile" * 20, "it is no ICC profile"),
        (icc.grey_profile(icc.LINEAR), "it is for grey, and the picture is RGB"),
        (icc.ink_profile(inks), "it is for CMYK, and the picture is RGB"),
        (icc.ADOBE_RGB.profile()[:300].ljust(700, b"\0"), ""),
    ],
)
def test_a_profile_that_cannot_be_used_is_never_passed_over(tmp_path: Path, profile: bytes, why: str) -> None:
    for name in ("a.png", "a.jpg", "a.tif", "a.webp"):
        Image.fromarray(COLORS).save(tmp_path / name, icc_profile=profile)
        with pytest.raises(
            InputError, match=f"{name} has a colour profile that cannot be used: {why}"
        ) as caught:
            read_photograph(tmp_path / name, name)
        assert "assign it another profile" in caught.value.hint


def test_a_profile_that_cannot_be_unpacked_is_not_passed_over_either(tmp_path: Path) -> None:
    content = _with_chunk(imagecodecs.png_encode(COLORS), (b"iCCP", b"broken\0\0" + b"garbage"))
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(InputError, match="colour profile that cannot be used"):
        read_photograph(tmp_path / "a.png", "a.png")


def test_a_camera_that_marks_adobe_rgb_without_a_profile(tmp_path: Path) -> None:
    """DCF: the interoperability index R03 is all that a camera writes."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA005] = {1: "R03"}
    Image.new("RGB", (16, 16), (90, 160, 60)).save(tmp_path / "_DSC1.jpg", exif=exif, quality=100)
    expected = icc.ADOBE_RGB.in_srgb(np.array([90, 160, 60]) / 255)
    assert np.abs(levels(tmp_path / "_DSC1.jpg")[8, 8, :3] - expected).max() <= 3 * LEVEL


SRGB_PLACES = struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
P3_PLACES = struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
WRONG_GAMMA = (b"gAMA", struct.pack(">I", 100000))


@pytest.mark.parametrize(
    ("chunks", "space"),
    [
        ([(b"gAMA", struct.pack(">I", 45455))], None),
        ([(b"gAMA", struct.pack(">I", 45455)), (b"cHRM", SRGB_PLACES)], None),
        ([(b"sRGB", b"\0"), WRONG_GAMMA], None),
        ([(b"cICP", bytes([1, 13, 0, 1])), WRONG_GAMMA], None),
        ([WRONG_GAMMA], icc.LINEAR_SRGB),
        ([WRONG_GAMMA, (b"cHRM", SRGB_PLACES)], icc.LINEAR_SRGB),
        ([(b"cICP", bytes([12, 13, 0, 1]))], icc.DISPLAY_P3),
        ([(b"cICP", bytes([12, 13, 0, 1])), (b"sRGB", b"\0")], icc.DISPLAY_P3),
        ([(b"cHRM", P3_PLACES)], None),
    ],
)
@pytest.mark.parametrize("deep", [False, True])
def test_a_png_that_says_its_colours_without_a_profile(
    tmp_path: Path, chunks: list[tuple[bytes, bytes]], space: icc.RgbSpace | None, deep: bool
) -> None:
    stored = DEEP_COLORS if deep else COLORS
    content = imagecodecs.png_encode(stored)
    for chunk in chunks:
        content = _with_chunk(content, chunk)
    (tmp_path / "a.png").write_bytes(content)
    pixels = read_photograph(tmp_path / "a.png", "a").pixels[..., :3]
    if space is None:
        assert np.array_equal(pixels, stored)
    else:
        top = 65535 if deep else 255
        assert np.abs(pixels / top - space.in_srgb(stored / top)).max() <= LEVEL


@pytest.mark.parametrize(("primaries", "space"), [(1, None), (12, icc.DISPLAY_P3)])
def test_an_avif_that_says_its_colours_by_number(
    tmp_path: Path, primaries: int, space: icc.RgbSpace | None
) -> None:
    color = np.array([90, 160, 60])
    (tmp_path / "a.avif").write_bytes(_avif(color, primaries, 13))
    expected = color / 255 if space is None else space.in_srgb(color / 255)
    assert np.abs(levels(tmp_path / "a.avif")[8, 8, :3] - expected).max() <= 3 * LEVEL


def test_an_hdr_avif_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.avif").write_bytes(_avif(np.array([90, 160, 60]), 9, 16))
    with pytest.raises(InputError, match=r"a\.avif is an HDR picture"):
        read_photograph(tmp_path / "a.avif", "a.avif")


def _avif(color: np.ndarray, primaries: int, transfer: int) -> bytes:
    """One colour, with these code points in its colour box."""
    stream = io.BytesIO()
    Image.new("RGB", (32, 32), tuple(map(int, color))).save(stream, "AVIF", quality=100)
    content = bytearray(stream.getvalue())
    at = content.index(b"colrnclx") + 8
    content[at : at + 4] = struct.pack(">HH", primaries, transfer)
    return bytes(content)


def test_an_hdr_picture_is_refused(tmp_path: Path) -> None:
    content = _with_chunk(imagecodecs.png_encode(COLORS), (b"cICP", bytes([9, 16, 0, 1])))
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.png is an HDR picture"):
        read_photograph(tmp_path / "a.png", "a.png")


@pytest.mark.parametrize("depth", [8, 16])
def test_a_tiff_with_premultiplied_alpha_comes_straight(tmp_path: Path, depth: int) -> None:
    top, kind = (255, np.uint8) if depth == 8 else (65535, np.uint16)
    straight = np.array([0.8, 0.4, 0.2])
    pixel = np.round(np.array([*straight * 0.5, 0.5]) * top).astype(kind)
    stored = np.tile(pixel, (5, 6, 1))
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric="rgb", extrasamples=["assocalpha"])
    assert np.abs(levels(tmp_path / "a.tif")[2, 2] - [*straight, 0.5]).max() <= 2 / top


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["tif", "deep.tif", "jpg", "webp", "png", "deep.png"])
def test_the_orientation_is_applied_once_in_every_format(tmp_path: Path, orientation: int, kind: str) -> None:
    stored = np.zeros((24, 40, 3), np.uint8)
    stored[:8, :8] = 255  # the top left corner, to be found again
    path = tmp_path / f"a.{kind}"
    deep = stored.astype(np.uint16) * 257
    exif = Image.Exif()
    exif[0x0112] = orientation
    if kind.endswith("tif"):
        content = deep if "deep" in kind else stored
        tifffile.imwrite(path, content, photometric="rgb", extratags=[(274, 3, 1, orientation, True)])
    elif kind == "deep.png":
        path.write_bytes(
            _with_chunk(imagecodecs.png_encode(deep), (b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0")))
        )
    else:
        Image.fromarray(stored).save(path, exif=exif, quality=100)
    pixels = levels(path)[..., 0]
    assert pixels.shape == ((24, 40) if orientation < 5 else (40, 24))
    upright = {1: (0, 0), 2: (0, -1), 3: (-1, -1), 4: (-1, 0), 5: (0, 0), 6: (0, -1), 7: (-1, -1), 8: (-1, 0)}
    for corner in ((0, 0), (0, -1), (-1, -1), (-1, 0)):
        assert (pixels[corner] > 0.9) == (corner == upright[orientation]), corner


def test_low_bit_tiffs_use_the_whole_range(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 255], [255, 0]], np.uint8)).convert("1").save(tmp_path / "a.tif")
    assert np.array_equal(levels(tmp_path / "a.tif")[..., 0], [[0, 1], [1, 0]])


def _iccp(profile: bytes) -> tuple[bytes, bytes]:
    return b"iCCP", b"any\0\0" + zlib.compress(profile)


def _with_chunk(png: bytes, chunk: tuple[bytes, bytes]) -> bytes:
    """The PNG with one more chunk right after its header."""
    kind, content = chunk
    check = struct.pack(">I", zlib.crc32(kind + content))
    return png[:33] + struct.pack(">I", len(content)) + kind + content + check + png[33:]
