"""PNG: the picture's pixels come back exactly, with profile and resolution."""

import zlib
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from composer.exports._png_bytes import encode_png
from composer.pixels.geometry import Extent
from composer.pixels.profile import srgb_profile
from composer.pixels.raster import Raster
from composer.pixels.stack import LayerStack
from composer.registry import find


def _decoded(data: bytes) -> Any:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    return cv2.cvtColor(image, cv2.COLOR_BGRA2RGBA if image.shape[2] == 4 else cv2.COLOR_BGR2RGB)


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from([3, 4]),
    st.sampled_from([np.uint8, np.uint16]),
    st.data(),
)
@settings(max_examples=40, deadline=None)
def test_any_pixels_come_back(width: int, height: int, channels: int, dtype: Any, data: Any) -> None:
    seed, level = data.draw(st.integers(0, 99)), data.draw(st.integers(1, 9))
    top = np.iinfo(dtype).max
    pixels = np.random.default_rng(seed).integers(0, top, (height, width, channels), dtype, endpoint=True)
    np.testing.assert_array_equal(_decoded(encode_png(pixels, srgb_profile(), 72, level)), pixels)


@pytest.mark.parametrize("depth", [8, 16])
def test_transparent_picture_is_rgba_with_profile_and_resolution(
    depth: int, noise: Any, tmp_path: Any
) -> None:
    merged = noise(1, depth=depth)
    png = find("export", "png")
    png.function(
        LayerStack(Extent(37, 23), (), dpi=300, depth=depth), merged, png.params(), tmp_path / "a.png"
    )
    np.testing.assert_array_equal(_decoded((tmp_path / "a.png").read_bytes()), merged.pixels)
    with Image.open(tmp_path / "a.png") as image:
        assert image.mode == "RGBA"
        assert image.info["icc_profile"] == srgb_profile()
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)


def test_opaque_picture_is_rgb(noise: Any, tmp_path: Any) -> None:
    merged = noise(1)
    merged.pixels[..., 3] = 255
    png = find("export", "png")
    png.function(LayerStack(Extent(37, 23), ()), merged, png.params(), tmp_path / "a.png")
    np.testing.assert_array_equal(_decoded((tmp_path / "a.png").read_bytes()), merged.pixels[..., :3])


def test_depth_can_be_chosen(noise: Any, tmp_path: Any) -> None:
    merged = noise(1, depth=16)
    png = find("export", "png")
    stack = LayerStack(Extent(37, 23), (), depth=16)
    png.function(stack, merged, png.params(depth=8), tmp_path / "a.png")
    read = _decoded((tmp_path / "a.png").read_bytes())
    assert read.dtype == np.uint8
    assert np.abs(read * 257.0 - merged.pixels).max() <= 128


def test_picture_smaller_than_the_canvas_is_placed_on_it(noise: Any, tmp_path: Any) -> None:
    part = Raster(noise(1, 10, 5).pixels, 30, 20)
    png = find("export", "png")
    png.function(LayerStack(Extent(37, 23), ()), part, png.params(), tmp_path / "a.png")
    read = _decoded((tmp_path / "a.png").read_bytes())
    np.testing.assert_array_equal(read[20:, 30:], part.pixels[:3, :7])
    assert not read[:20].any()


def test_every_chunk_has_its_checksum(noise: Any) -> None:
    data = encode_png(noise(1).pixels, srgb_profile(), 72)
    at, kinds = 8, []
    while at < len(data):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        stored = int.from_bytes(data[at + 8 + length : at + 12 + length])
        assert zlib.crc32(data[at + 4 : at + 8 + length]) == stored
        kinds.append(kind)
        at += 12 + length
    assert kinds == [b"IHDR", b"iCCP", b"pHYs", b"IDAT", b"IEND"]
