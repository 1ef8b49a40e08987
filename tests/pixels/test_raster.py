"""Raster and Mask: contracts, rounding, and the canonical bytes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.digest import digest_of_parts
from composer.errors import InputError
from composer.pixels import codec
from composer.pixels.geometry import Bounds
from composer.pixels.raster import Mask, Raster


@pytest.mark.parametrize(("dtype", "depth"), [(np.uint8, 8), (np.uint16, 16)])
def test_every_level_survives_the_way_to_float_and_back(dtype: type, depth: int) -> None:
    levels = np.arange(1 << depth, dtype=dtype).reshape(-1, 4, 4)
    assert np.array_equal(Raster.from_float(Raster(levels).to_float(), depth).pixels, levels)


def test_floats_round_to_nearest_and_are_clamped() -> None:
    raster = Raster.from_float(np.array([[[-0.2, 0.5, 1.4, 0.499 / 255]]], np.float32))
    assert raster.pixels.tolist() == [[[0, 128, 255, 0]]]


@pytest.mark.parametrize(
    "array", [np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2, 4), np.float32), np.zeros((2, 4), np.uint8)]
)
def test_a_raster_refuses_what_is_none(array: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"a raster is \(H, W, 4\) uint8 or uint16"):
        Raster(array)


def test_a_crop_keeps_its_place_on_the_canvas() -> None:
    pixels = np.arange(6 * 5 * 4, dtype=np.uint8).reshape(6, 5, 4)
    part = Raster(pixels, left=10, top=20).crop(Bounds(12, 0, 100, 23))
    assert part.bounds == Bounds(12, 20, 15, 23)
    assert np.array_equal(part.pixels, pixels[:3, 2:])
    assert Raster(pixels).crop(Bounds(50, 50, 60, 60)).is_empty


values = st.one_of(
    st.builds(
        lambda w, h, deep, x, y: Raster(
            np.random.default_rng(w).integers(0, 255, (h, w, 4)).astype(np.uint16 if deep else np.uint8), x, y
        ),
        st.integers(0, 9),
        st.integers(0, 9),
        st.booleans(),
        st.integers(-9, 9),
        st.integers(-9, 9),
    ),
    st.builds(
        lambda w, h, sure: Mask(np.random.default_rng(h).integers(0, 255, (h, w)).astype(np.uint8), sure),
        st.integers(1, 9),
        st.integers(1, 9),
        st.none() | st.floats(0, 1),
    ),
)


@given(values)
def test_a_value_comes_back_from_its_bytes(value: codec.Value) -> None:
    blob = b"".join(bytes(part) for part in codec.encode(value))
    back = codec.decode(blob)
    assert type(back) is type(value)
    assert digest_of_parts(codec.encode(back)) == digest_of_parts([blob])
    if isinstance(value, Raster) and isinstance(back, Raster):
        assert back.bounds == value.bounds
        assert np.array_equal(back.pixels, value.pixels)
    if isinstance(value, Mask) and isinstance(back, Mask):
        assert back.confidence == value.confidence
        assert np.array_equal(back.values, value.values)


def test_the_place_is_part_of_the_value() -> None:
    pixels = np.zeros((2, 2, 4), np.uint8)
    assert digest_of_parts(codec.encode(Raster(pixels, 0, 0))) != digest_of_parts(
        codec.encode(Raster(pixels, 1, 0))
    )


@pytest.mark.parametrize(
    "blob", [b"", b"{}", b"no json\n", b'{"kind":"raster"}\n', b'{"dtype":"<u1","shape":[9]}\n']
)
def test_other_bytes_are_refused(blob: bytes) -> None:
    with pytest.raises(InputError, match="no pixel value"):
        codec.decode(blob)


def test_promoting_keeps_black_white_place_and_confidence() -> None:
    pixels = np.zeros((2, 3, 4), np.uint8)
    pixels[0, 0] = (255, 128, 1, 255)
    deep = Raster(pixels, 5, -2).promoted(16)
    assert (deep.depth, deep.left, deep.top) == (16, 5, -2)
    assert tuple(deep.pixels[0, 0]) == (65535, 128 * 257, 257, 65535)
    assert np.allclose(deep.to_float(), Raster(pixels).to_float(), atol=1e-7)
    assert deep.promoted(8) is deep
    mask = Mask(pixels[..., 0], confidence=0.5).promoted(16)
    assert (mask.depth, mask.confidence, mask.values[0, 0]) == (16, 0.5, 65535)
    assert mask.promoted(16) is mask
