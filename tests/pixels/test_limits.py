"""Limits: how large a picture may be is a setting; a mask of another shape is told with the ways out."""

from pathlib import Path

import pytest
from PIL import Image

from composer.errors import InputError
from composer.pixels import limits
from composer.pixels.geometry import Extent
from composer.pixels.limits import check_aspect, check_size
from composer.pixels.photograph import read_photograph


@pytest.mark.parametrize(
    ("setting", "size", "message"),
    [
        ("2", Extent(1000, 2001), "2.0010 megapixels, more than 2"),
        ("0.001", Extent(100, 100), "more than 0.001"),
        ("many", Extent(1, 1), "COMPOSER_MAX_MEGAPIXELS is 'many'"),
        ("-3", Extent(1, 1), "which is no number of megapixels"),
        ("1000", Extent(300_001, 1), "more than 300,000 a side"),
        ("500", Extent(0, 7), "has no pixels"),
    ],
)
def test_the_limit_is_a_setting(
    monkeypatch: pytest.MonkeyPatch, setting: str, size: Extent, message: str
) -> None:
    monkeypatch.setenv("COMPOSER_MAX_MEGAPIXELS", setting)
    with pytest.raises(InputError, match=message):
        check_size(size, "a.png")


def test_a_picture_within_the_limit_may_be_too_large_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "free_bytes", lambda: 1_000_000_000)
    with pytest.raises(InputError, match=r"takes at least 4\.4 GB of memory; 1\.0 GB are free"):
        check_size(Extent(20_000, 20_000), "a.png")
    monkeypatch.setattr(limits, "free_bytes", lambda: None)
    check_size(Extent(20_000, 20_000), "a.png")


@pytest.mark.parametrize("suffix", ["png", "bmp", "tif"])
def test_the_limit_of_the_decoder_is_not_the_one_that_holds(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, suffix: str
) -> None:
    """Pillow refuses what is larger than twice its own limit."""
    Image.new("1", (30, 20)).save(tmp_path / f"a.{suffix}")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert read_photograph(tmp_path / f"a.{suffix}", "a").extent == Extent(30, 20)


def test_a_container_has_what_it_is_allowed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 64000000 kB\nMemAvailable: 50000000 kB\n")
    monkeypatch.setattr(limits, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(limits, "_GROUP", tmp_path)
    assert limits.free_bytes() == 51_200_000_000, "there is no limit of a container's"
    (tmp_path / "memory.current").write_text("6000000000\n")
    (tmp_path / "memory.stat").write_text("anon 4000000000\ninactive_file 1500000000\n")
    for most, free in (("max", 51_200_000_000), ("8000000000", 3_500_000_000), ("1000000000", 0)):
        (tmp_path / "memory.max").write_text(f"{most}\n")
        assert limits.free_bytes() == free
    (tmp_path / "meminfo").unlink()
    (tmp_path / "memory.max").unlink()
    assert limits.free_bytes() is None


@pytest.mark.parametrize(
    ("size", "is_shaped"),
    [
        (Extent(2400, 1600), True),
        (Extent(24, 16), True),
        (Extent(1211, 800), True),
        (Extent(2448, 1600), False),
        (Extent(1600, 2400), False),
        (Extent(1600, 1600), False),
    ],
)
def test_a_mask_of_another_shape_is_told(size: Extent, is_shaped: bool) -> None:
    canvas = Extent(2400, 1600)
    if is_shaped:
        check_aspect(size, canvas, "masks/hand.png")
        return
    with pytest.raises(InputError, match=f"masks/hand.png is {size} and the canvas 2400×1600") as caught:
        check_aspect(size, canvas, "masks/hand.png")
    assert "place = " in caught.value.hint
