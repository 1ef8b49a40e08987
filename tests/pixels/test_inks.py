"""Lab and CMYK photographs come out as their profiles say, within a level of a reference in doubles."""

import io
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from composer.errors import InputError
from composer.pixels.photograph import read_photograph
from tests.pixels import icc
from tests.pixels.levels import LEVEL, inks, levels

LAB = np.array([[[60, 30, -40], [20, -10, 15], [95, 0, 0], [50, 60, 50]]], np.float64)


@pytest.mark.parametrize("deep", [False, True])
@pytest.mark.parametrize("alpha", [False, True])
def test_lab_tiff(tmp_path: Path, deep: bool, alpha: bool) -> None:
    top, scale, kind = (65535, 256, np.uint16) if deep else (255, 1, np.uint8)
    stored = np.round(LAB * (top / 100, scale, scale)).astype(np.int32).astype(kind)
    if alpha:
        stored = np.dstack([stored, np.full(stored.shape[:2], top // 5, kind)])
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric="cielab", planarconfig="contig")
    raster = read_photograph(tmp_path / "a.tif", "a.tif")
    assert raster.depth == (16 if deep else 8)
    error = np.abs(raster.pixels[..., :3] / top - icc.lab_in_srgb(LAB))
    assert error.max() <= (0.2 if deep else 2) * LEVEL
    assert (raster.pixels[..., 3] == (top // 5 if alpha else top)).all()


INKS = np.array(
    [[[0, 0, 0, 0], [255, 0, 0, 0], [0, 255, 255, 0], [0, 0, 255, 128], [0, 0, 0, 255]]], np.uint8
)


@pytest.mark.parametrize("suffix", ["tif", "jpg"])
def test_cmyk_through_its_profile(tmp_path: Path, suffix: str) -> None:
    """Photoshop stores the inks of a JPEG the other way round, and Pillow writes them as it does."""
    wide = np.repeat(np.repeat(INKS, 16, axis=0), 16, axis=1)
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(wide, "CMYK").save(path, quality=100, icc_profile=icc.ink_profile(inks))
    expected = icc.lab_in_srgb(inks(INKS[0] / 255))
    assert np.abs(levels(path)[8, 8::16, :3] - expected).max() <= (2 if suffix == "tif" else 4) * LEVEL


def test_a_cmyk_jpeg_that_is_not_adobes_holds_ink_as_it_is(tmp_path: Path) -> None:
    wide = np.repeat(np.repeat(255 - INKS, 16, axis=0), 16, axis=1)
    stream = io.BytesIO()
    Image.fromarray(wide, "CMYK").save(stream, "JPEG", quality=100, icc_profile=icc.ink_profile(inks))
    content = stream.getvalue()
    marker = content.index(b"\xff\xee\x00\x0eAdobe")
    (tmp_path / "a.jpg").write_bytes(content[:marker] + content[marker + 16 :])
    expected = icc.lab_in_srgb(inks(INKS[0] / 255))
    assert np.abs(levels(tmp_path / "a.jpg")[8, 8::16, :3] - expected).max() <= 4 * LEVEL


def test_sixteen_bit_cmyk_through_its_profile(tmp_path: Path) -> None:
    deep = INKS.astype(np.uint16) * 257
    profile = icc.ink_profile(inks)
    tifffile.imwrite(tmp_path / "a.tif", deep, photometric="separated", iccprofile=profile)
    expected = icc.lab_in_srgb(inks(INKS[0] / 255))
    assert np.abs(levels(tmp_path / "a.tif")[0, :, :3] - expected).max() <= LEVEL


@pytest.mark.parametrize("suffix", ["tif", "jpg"])
def test_cmyk_without_a_profile_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    Image.new("CMYK", (4, 4)).save(path)
    with pytest.raises(InputError, match="CMYK without a profile"):
        read_photograph(path, path.name)
