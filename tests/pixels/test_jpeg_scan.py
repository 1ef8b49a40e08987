"""Garbled JPEGs: decoders fill up what is missing and go on; here it is noticed, and whole files pass."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from composer.errors import InputError
from composer.pixels.jpeg_scan import fault_in_scans
from composer.pixels.photograph import read_photograph

PHOTO = Image.fromarray(data.astronaut()[:203, :301])


def _saved(mode: str = "RGB", **options: object) -> bytes:
    stream = io.BytesIO()
    PHOTO.convert(mode).save(stream, "JPEG", **options)
    return stream.getvalue()


KINDS: dict[str, Callable[[], bytes]] = {
    "plain": _saved,
    "fine": lambda: _saved(quality=100, subsampling=0),
    "coarse": lambda: _saved(quality=5, subsampling=2),
    "halved colours": lambda: _saved(subsampling=1),
    "own codes": lambda: _saved(optimize=True),
    "grey": lambda: _saved("L"),
    "CMYK": lambda: _saved("CMYK"),
    "progressive": lambda: _saved(progressive=True),
    "fine progressive": lambda: _saved(progressive=True, quality=100, subsampling=0),
    "grey progressive": lambda: _saved("L", progressive=True),
    "restarts": lambda: _saved(restart_marker_blocks=5),
    "restarts by row": lambda: _saved(restart_marker_rows=1),
    "progressive restarts": lambda: _saved(progressive=True, restart_marker_rows=2),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_photograph_passes(kind: str) -> None:
    assert fault_in_scans(KINDS[kind]()) is None


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("size", [(1, 1), (8, 8), (9, 17), (16, 16), (33, 1)])
@pytest.mark.parametrize("progressive", [False, True])
def test_so_does_one_of_any_size(mode: str, size: tuple[int, int], progressive: bool) -> None:
    stream = io.BytesIO()
    PHOTO.convert(mode).resize(size).save(stream, "JPEG", progressive=progressive, subsampling=2)
    assert fault_in_scans(stream.getvalue()) is None


def _scan(content: bytes) -> int:
    """Where the pixels of the first scan begin."""
    start = content.index(b"\xff\xda")
    return start + 2 + int.from_bytes(content[start + 2 : start + 4])


@pytest.mark.parametrize("kind", KINDS)
def test_pixels_that_end_early_are_told_although_a_decoder_fills_them_up(tmp_path: Path, kind: str) -> None:
    """As a card that failed or a transfer that lost blocks leaves them: its end is there, the rest is not."""
    content = KINDS[kind]()
    start = _scan(content)
    end = content.index(b"\xff\xda", start) - 200 if "progressive" in kind else len(content)
    middle = start + (end - start) // 2
    lost = content[:middle].removesuffix(b"\xff") + b"\xff\xd9"
    Image.open(io.BytesIO(lost)).load()
    (tmp_path / "a.jpg").write_bytes(lost)
    with pytest.raises(InputError, match=r"photos/a\.jpg is damaged: its ") as told:
        read_photograph(tmp_path / "a.jpg", "photos/a.jpg")
    assert "copy it again" in told.value.hint


@pytest.mark.parametrize("kind", KINDS)
def test_most_garbled_pixels_are_told(kind: str) -> None:
    """What makes sense by chance cannot be told: then its pixels are as many as they should be."""
    content, chance = KINDS[kind](), np.random.default_rng(3)
    start = _scan(content)
    noticed = 0
    for _ in range(40):
        at = int(chance.integers(start, len(content) - 300))
        garbled = content[:at] + chance.bytes(256).replace(b"\xff", b"\xfe") + content[at + 256 :]
        noticed += fault_in_scans(garbled) is not None
    assert noticed >= 30


def test_a_restart_marker_that_is_wrong_is_told() -> None:
    content = KINDS["restarts"]()
    at = content.index(b"\xff\xd3", _scan(content))
    fault = fault_in_scans(content[:at] + b"\xff\xd5" + content[at + 2 :])
    assert fault is not None
    assert fault.is_sure
    assert "restart markers" in fault.message


def test_a_few_bytes_too_many_are_told_and_the_photograph_is_read(tmp_path: Path) -> None:
    content = KINDS["plain"]()
    (tmp_path / "a.jpg").write_bytes(content[:-2] + bytes([1, 2, 3]) + content[-2:])
    told: list[str] = []
    raster = read_photograph(tmp_path / "a.jpg", "photos/a.jpg", told.append)
    assert raster.extent.width == 301
    assert [line.partition(":")[0] for line in told] == [
        "photos/a.jpg may be damaged, for 3 bytes are left behind its last pixel"
    ]


@pytest.mark.parametrize("padding", [bytes(900), b"\xff" * 7])
def test_what_cameras_fill_up_with_is_not_told(padding: bytes) -> None:
    content = KINDS["plain"]()
    assert fault_in_scans(content[:-2] + padding + content[-2:]) is None


def test_what_stands_behind_the_picture_is_not_looked_at() -> None:
    content = KINDS["plain"]()
    assert fault_in_scans(content + content[:3000]) is None
    assert fault_in_scans(content + b"a depth map") is None


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xd8", b"\xff\xd8\xff\xd9", b"\xff\xd8\xff\xda\0\x08\x01\x01\0\0?\0"]
)
def test_what_has_no_headers_is_left_to_a_decoder(content: bytes) -> None:
    assert fault_in_scans(content) is None


def test_headers_of_any_kind_are_survived() -> None:
    content, chance = KINDS["progressive"](), np.random.default_rng(5)
    for _ in range(300):
        garbled = bytearray(content)
        for at in chance.integers(2, len(content), 5):
            garbled[at] = chance.integers(256)
        fault_in_scans(bytes(garbled))
