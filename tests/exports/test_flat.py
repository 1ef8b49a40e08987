"""TIFF, JPEG and WebP: the flattened picture as other programs read it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from composer.errors import OperationError
from composer.pixels.geometry import Extent
from composer.pixels.photograph import read_photograph
from composer.pixels.profile import srgb_profile
from composer.pixels.raster import Raster
from composer.pixels.stack import LayerStack
from composer.registry import find

Write = Callable[..., Any]


@pytest.fixture
def write(tmp_path: Any) -> Write:
    """Writes a merged picture: `write("tiff", raster, depth=16)` gives the path."""

    def written(format_: str, merged: Raster, dpi: float = 300, **settings: Any) -> Any:
        found = find("export", format_)
        path = tmp_path / f"a{found.suffix}"
        stack = LayerStack(merged.extent, (), dpi=dpi, depth=merged.depth)
        found.function(stack, merged, found.params(**settings), path)
        return path

    return written


def _opaque(raster: Raster) -> Raster:
    pixels = raster.pixels.copy()
    pixels[..., 3] = np.iinfo(pixels.dtype).max
    return raster.with_pixels(pixels)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("compression", ["none", "deflate"])
@pytest.mark.parametrize("opaque", [False, True])
def test_a_tiff_holds_every_pixel(
    noise: Any, write: Write, depth: int, compression: str, opaque: bool
) -> None:
    merged = _opaque(noise(1, depth=depth)) if opaque else noise(1, depth=depth)
    path = write("tiff", merged, compression=compression)
    stored = tifffile.imread(path)
    assert np.array_equal(stored, merged.pixels[..., :3] if opaque else merged.pixels)
    assert np.array_equal(read_photograph(path, "a.tif").pixels, merged.pixels)


def test_a_tiff_says_its_colours_and_resolution(noise: Any, write: Write) -> None:
    with Image.open(write("tiff", noise(1))) as image:
        assert image.mode == "RGBA"
        assert image.info["icc_profile"] == srgb_profile()
        assert image.info["dpi"] == pytest.approx((300, 300))
        assert 274 not in image.tag_v2, "an orientation would turn what is upright already"


def test_a_tiff_of_eight_bits_can_be_had_of_sixteen(noise: Any, write: Write) -> None:
    merged = noise(1, depth=16)
    stored = tifffile.imread(write("tiff", merged, depth=8))
    assert np.abs(stored * 257.0 - merged.pixels).max() <= 128


@pytest.mark.parametrize("format_", ["tiff", "jpg", "webp", "png"])
def test_equal_pictures_give_equal_bytes(noise: Any, write: Write, format_: str) -> None:
    assert write(format_, noise(1)).read_bytes() == write(format_, noise(1)).read_bytes()


def test_a_jpeg_shows_the_background_behind_what_is_transparent(write: Write) -> None:
    pixels = np.zeros((32, 32, 4), np.uint8)
    pixels[..., 1] = 200
    pixels[16:, :, 3] = 128
    with Image.open(write("jpg", Raster(pixels), background="#ff0000", quality=100)) as image:
        assert image.info["icc_profile"] == srgb_profile()
        assert image.info["dpi"] == (300, 300)
        read = np.asarray(image).astype(int)
    assert np.abs(read[4, 4] - (255, 0, 0)).max() <= 3
    half = 128 / 255
    assert np.abs(read[28, 4] - (255 * (1 - half), 200 * half, 0)).max() <= 3


def test_quality_buys_likeness(noise: Any, write: Write) -> None:
    merged = _opaque(noise(3))
    errors = {}
    for quality in (20, 95):
        with Image.open(write("jpg", merged, quality=quality)) as image:
            errors[quality] = np.abs(np.asarray(image).astype(int) - merged.pixels[..., :3]).mean()
    assert errors[95] < errors[20] / 3


def test_a_colour_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a colour"):
        find("export", "jpg").params(background="blurple")


def test_a_webp_keeps_transparency(noise: Any, write: Write) -> None:
    merged = noise(1)
    with Image.open(write("webp", merged, lossless=True)) as image:
        assert image.info["icc_profile"] == srgb_profile()
        assert np.array_equal(np.asarray(image), merged.pixels)
    with Image.open(write("webp", _opaque(merged))) as image:
        assert image.mode == "RGB"


@pytest.mark.parametrize(("format_", "side"), [("jpg", 65_501), ("webp", 16_384)])
def test_sides_that_the_format_cannot_have_are_told(tmp_path: Any, format_: str, side: int) -> None:
    found = find("export", format_)
    merged = Raster(np.zeros((1, 1, 4), np.uint8))
    with pytest.raises(OperationError, match=r"ends at .* px a side") as caught:
        found.function(LayerStack(Extent(side, 1), ()), merged, found.params(), tmp_path / "a")
    assert "--scale" in caught.value.hint
