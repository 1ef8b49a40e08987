"""Files that are damaged: a sentence that names the file and a next step, quickly."""

import io
import random
import resource
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from composer.errors import ComposerError
from composer.pixels.geometry import Extent
from composer.pixels.photograph import read_photograph
from tests.pixels import icc
from tests.pixels.telling import DEEP, NOISE, tiff, told

PROFILE = icc.DISPLAY_P3.profile()


def _pillow(format_: str, mode: str = "RGB", **options: object) -> bytes:
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(NOISE).convert(mode).save(stream, format_, exif=exif, **options)
    return stream.getvalue()


WHOLE: dict[str, Callable[[], bytes]] = {
    "png": lambda: _pillow("PNG", icc_profile=PROFILE),
    "png of a palette": lambda: _pillow("PNG", "P"),
    "png of 16 bits": lambda: bytes(imagecodecs.png_encode(DEEP)),
    "jpeg": lambda: _pillow("JPEG", icc_profile=PROFILE),
    "progressive jpeg": lambda: _pillow("JPEG", progressive=True),
    "tiff": lambda: tiff(NOISE, photometric="rgb", iccprofile=PROFILE),
    "deflated tiff": lambda: tiff(DEEP, photometric="rgb", compression="zlib", predictor=True),
    "tiled tiff": lambda: tiff(DEEP, photometric="rgb", compression="lzw", tile=(16, 16)),
    "tiff of jpegs": lambda: tiff(NOISE, photometric="rgb", compression="jpeg"),
    "lab tiff": lambda: tiff(DEEP, photometric="cielab"),
    "webp": lambda: _pillow("WEBP", icc_profile=PROFILE),
    "lossless webp": lambda: _pillow("WEBP", lossless=True),
    "avif": lambda: _pillow("AVIF", icc_profile=PROFILE),
    "bmp": lambda: _pillow("BMP"),
    "gif": lambda: _pillow("GIF", "P"),
}


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9])
def test_a_file_that_ends_too_early_is_damaged(tmp_path: Path, kind: str, share: float) -> None:
    content = WHOLE[kind]()
    (tmp_path / "whole").write_bytes(content)
    read_photograph(tmp_path / "whole", "whole")
    error = told(tmp_path / "part", content[: int(len(content) * share)])
    assert "is damaged" in error.message or "is not an image" in error.message


MUTATIONS = 300
GARBAGE = random.Random(5).randbytes(300)


@pytest.mark.parametrize("kind", WHOLE)
def test_whatever_happens_to_a_file_it_is_a_picture_or_a_sentence(tmp_path: Path, kind: str) -> None:
    whole, chance = WHOLE[kind](), random.Random(7)
    slowest = 0.0
    for _ in range(MUTATIONS):
        (tmp_path / "a").write_bytes(_mutated(whole, chance))
        began = time.monotonic()
        sentence = _sentence(tmp_path / "a")
        assert sentence == "" or (sentence.startswith("a ") and "\n" not in sentence)
        slowest = max(slowest, time.monotonic() - began)
    assert slowest < 10, "a file of a few kilobytes"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 4 * 1024**2, "kilobytes"


def _sentence(path: Path) -> str:
    try:
        read_photograph(path, path.name)
    except ComposerError as error:
        return error.message
    return ""


def _mutated(whole: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, most often near the start; a part cut off, replaced or inserted."""
    content = bytearray(whole)
    kind = chance.randrange(5)
    if kind == 0:
        return bytes(content[: chance.randrange(len(content))])
    if kind == 1:
        start = chance.randrange(len(content))
        content[start : start + chance.randrange(20)] = chance.randbytes(chance.randrange(20))
        return bytes(content)
    reach = len(content) if kind == 2 else min(len(content), 300)
    for _ in range(chance.randint(1, 4)):
        content[chance.randrange(reach)] = chance.choice([0, 127, 128, 255, chance.randrange(256)])
    return bytes(content)


def test_nothing_is_told_behind_the_products_back(tmp_path: Path) -> None:
    """Libraries of C print to the terminal themselves."""
    chance = random.Random(3)
    for kind, whole in WHOLE.items():
        for count in range(12):
            (tmp_path / f"{kind} {count}").write_bytes(_mutated(whole(), chance))
    script = (
        "import sys; from pathlib import Path\n"
        "from composer.errors import ComposerError\n"
        "from composer.pixels.photograph import read_photograph\n"
        "for path in Path(sys.argv[1]).iterdir():\n"
        "    try: read_photograph(path, path.name)\n"
        "    except ComposerError: pass\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def _png(
    width: int, height: int, packed: bytes, *chunks: bytes, depth: int = 8, interlaced: bool = False
) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, interlaced))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


ROWS = zlib.compress(b"".join(b"\0" + row.tobytes() for row in NOISE))


def _rows(pixels: np.ndarray) -> bytes:
    """Unfiltered rows, big-endian."""
    stored = pixels.astype(pixels.dtype.newbyteorder(">"))
    return b"".join(b"\0" + row.tobytes() for row in stored)


PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize(("height", "width"), [(24, 30), (1, 1), (3, 2), (7, 1)])
def test_interlaced_or_not_every_row_is_asked_for(
    tmp_path: Path, depth: int, height: int, width: int, capfd: pytest.CaptureFixture[str]
) -> None:
    pixels = (NOISE if depth == 8 else DEEP)[:height, :width]
    parts = [pixels[y::down, x::across] for x, y, across, down in PASSES]
    rows = {False: _rows(pixels), True: b"".join(_rows(part) for part in parts if part.size)}
    for interlaced, stored in rows.items():
        packed = zlib.compress(stored)
        (tmp_path / "a.png").write_bytes(_png(width, height, packed, depth=depth, interlaced=interlaced))
        assert np.array_equal(read_photograph(tmp_path / "a.png", "a").pixels[..., :3], pixels)
        short = zlib.compress(stored[:-1])
        content = _png(width, height, short, depth=depth, interlaced=interlaced)
        assert "ends too early" in told(tmp_path / "b.png", content).message
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("depth", [8, 16])
def test_surplus_rows_are_passed_over_in_silence(
    tmp_path: Path, depth: int, capfd: pytest.CaptureFixture[str]
) -> None:
    pixels = NOISE if depth == 8 else DEEP
    (tmp_path / "a.png").write_bytes(_png(30, 24, zlib.compress(_rows(pixels) * 2), depth=depth))
    assert np.array_equal(read_photograph(tmp_path / "a.png", "a").pixels[..., :3], pixels)
    assert capfd.readouterr() == ("", "")


def test_a_bomb_is_told_before_it_goes_off(tmp_path: Path) -> None:
    error = told(tmp_path / "a.png", _png(60_000, 60_000, zlib.compress(bytes(1_000_000))))
    assert "3,600 megapixels, more than 500" in error.message
    assert "COMPOSER_MAX_MEGAPIXELS" in error.hint
    whole = tiff(NOISE, photometric="rgb")
    at = next(whole.index(entry) for kind in (3, 4) if (entry := struct.pack("<HHI", 256, kind, 1)) in whole)
    wide = whole[: at + 2] + struct.pack("<HII", 4, 1, 90_000_000) + whole[at + 12 :]
    assert "megapixels, more than" in told(tmp_path / "a.tif", wide).message


def test_what_is_packed_beside_the_pixels_is_not_unpacked(tmp_path: Path) -> None:
    bomb = zlib.compress(bytes(200_000_000))
    text = _chunk(b"zTXt", b"Comment\0\0" + bomb)
    (tmp_path / "a.png").write_bytes(_png(30, 24, ROWS, text))
    began = time.monotonic()
    assert np.array_equal(read_photograph(tmp_path / "a.png", "a").pixels[..., :3], NOISE)
    assert (
        "profile that cannot be used"
        in told(tmp_path / "b.png", _png(30, 24, ROWS, _chunk(b"iCCP", b"x\0\0" + bomb))).message
    )
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 65_536), (65_536, 1)])
@pytest.mark.parametrize("format_", ["PNG", "TIFF"])
def test_slivers_are_pictures(tmp_path: Path, width: int, height: int, format_: str) -> None:
    Image.new("RGB", (width, height), "red").save(tmp_path / "a", format_)
    assert read_photograph(tmp_path / "a", "a").extent == Extent(width, height)


@pytest.mark.parametrize("garbage", [GARBAGE, b"MM\0*\0\0\0\x08\xff\xff" + GARBAGE, b"II*\0" + b"\xff" * 99])
def test_garbled_exif_is_as_good_as_none(tmp_path: Path, garbage: bytes) -> None:
    """No program shows such a picture otherwise, and nothing of it is lost."""
    Image.fromarray(NOISE).save(tmp_path / "a.jpg", exif=b"Exif\0\0" + garbage)
    assert read_photograph(tmp_path / "a.jpg", "a").extent.pixels == 720


@pytest.mark.parametrize("at", [8, 9, 10, 11, 12])
@pytest.mark.parametrize("depth", [8, 16])
def test_a_header_that_means_nothing_is_told_once(
    tmp_path: Path, at: int, depth: int, capfd: pytest.CaptureFixture[str]
) -> None:
    """With its checksum right: libpng warns of most of these on the terminal, and goes on."""
    whole = _png(30, 24, zlib.compress(_rows(NOISE if depth == 8 else DEEP)), depth=depth)
    head = bytearray(whole[16:29])
    head[at] = 5
    content = whole[:8] + _chunk(b"IHDR", bytes(head)) + whole[33:]
    assert "is damaged" in told(tmp_path / "a.png", content).message
    assert capfd.readouterr() == ("", "")


def test_a_changed_pixel_of_a_png_is_noticed(tmp_path: Path) -> None:
    content = bytearray(_png(30, 24, ROWS))
    content[len(content) // 2] ^= 1
    assert "are not those that were written" in told(tmp_path / "a.png", bytes(content)).message
