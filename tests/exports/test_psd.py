"""PSD: what psd-tools and Pillow find in the file is what was put in."""

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from psd_tools import PSDImage
from psd_tools.constants import Resource, Tag

import composer.exports._psd_writer as writer
from composer.composite.flatten import flatten
from composer.errors import OperationError
from composer.pixels.geometry import Extent
from composer.pixels.profile import srgb_profile
from composer.pixels.raster import Mask, Raster
from composer.pixels.stack import LayerGroup, LayerStack, PaintLayer
from composer.registry import find, find_blend

NORMAL = find_blend("normal")
CANVAS = Extent(37, 23)
NAMES = ["背景", "مجموعة الطبقات", "🎨🖌️", "é̂", "x" * 300, "霧" * 300, "<&\"'>", "", "a/b\\c", "line\nbreak"]


def _pixels(layer: Any, depth: int = 8) -> Any:
    return Raster.from_float(layer.numpy(), depth).pixels


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("compression", ["rle", "zip"])
def test_pixels_and_place_come_back(depth: int, compression: str, noise: Any, export: Any) -> None:
    raster = noise(1, 20, 11, -5, 17, depth)
    stack = LayerStack(CANVAS, (PaintLayer("a", raster, NORMAL),), depth=depth)
    opened = PSDImage.open(export(stack, "psd", {"compression": compression}))
    assert (opened.depth, opened.size) == (depth, (37, 23))
    left, top, right, bottom = opened[0].bbox
    inside = raster.pixels[top - 17 : bottom - 17, left + 5 : right + 5]
    np.testing.assert_array_equal(_pixels(opened[0], depth), inside)
    assert raster.pixels[..., 3].any(axis=0).sum() <= right - left <= 20


@pytest.mark.parametrize("depth", [8, 16])
def test_mask_is_a_user_mask(depth: int, noise: Any, random_mask: Any, export: Any) -> None:
    mask = random_mask(3, depth)
    group = LayerGroup("g", (PaintLayer("a", noise(1, depth=depth), NORMAL, mask),), NORMAL, mask)
    opened = PSDImage.open(export(LayerStack(CANVAS, (group,), depth=depth), "psd"))
    for layer in (opened[0], opened[0][0]):
        left, top, right, bottom = layer.mask.bbox
        assert not layer.mask.disabled
        full = np.iinfo(mask.values.dtype).max
        values = np.rint(layer.numpy("mask")[..., 0] * full)
        np.testing.assert_array_equal(values, mask.values[top:bottom, left:right])


def test_mask_is_trimmed_on_the_side_that_is_smaller(noise: Any, export: Any) -> None:
    shown, hidden = np.full((23, 37), 255, np.uint8), np.zeros((23, 37), np.uint8)
    shown[3:5, 4:7], hidden[6:9, 10:20] = 7, 9
    layers = tuple(PaintLayer("a", noise(1), NORMAL, Mask(values)) for values in (shown, hidden))
    opened = PSDImage.open(export(LayerStack(CANVAS, layers), "psd"))
    assert [layer.mask.bbox for layer in opened] == [(4, 3, 7, 5), (10, 6, 20, 9)]
    assert [layer.mask.background_color for layer in opened] == [255, 0]


@pytest.mark.parametrize("value", [0, 255])
def test_mask_of_one_value_is_not_lost(value: int, noise: Any, export: Any) -> None:
    beside = np.full((23, 37), value, np.uint8)
    beside[0, 0] = 99
    for values in (np.full_like(beside, value), beside):
        layer = PaintLayer("a", noise(1, 9, 9, 20, 10), NORMAL, Mask(values))
        opened = PSDImage.open(export(LayerStack(CANVAS, (layer,)), "psd"))
        assert opened[0].mask.bbox == (0, 0, 37, 23)
        np.testing.assert_array_equal(np.asarray(opened[0].mask.topil()), values)


def test_structure_comes_back(noise: Any, export: Any) -> None:
    below, above = PaintLayer("below", noise(1), NORMAL), PaintLayer("above", noise(2), NORMAL, clip=True)
    inner = LayerGroup("inner", (below, above), find_blend("screen"), visible=False)
    outer = LayerGroup("outer", (inner, replace(below, opacity=0.3)), NORMAL, pass_through=True)
    opened = PSDImage.open(export(LayerStack(CANVAS, (below, outer)), "psd"))
    assert [layer.name for layer in opened] == ["below", "outer"]
    assert [layer.name for layer in opened[1]] == ["inner", "below"]
    assert [(layer.name, layer.clipping) for layer in opened[1][0]] == [("below", False), ("above", True)]
    assert (opened[1].blend_mode.value, opened[1][0].blend_mode.value) == (b"pass", b"scrn")
    assert opened[1].open_folder
    assert (opened[1].visible, opened[1][0].visible, opened[1][1].opacity) == (True, False, 76)


@pytest.mark.parametrize("name", NAMES)
def test_name_comes_back(name: str, noise: Any, export: Any) -> None:
    layers = (PaintLayer(name, noise(1), NORMAL), LayerGroup(name, (), NORMAL))
    opened = PSDImage.open(export(LayerStack(CANVAS, layers), "psd"))
    assert [layer.name for layer in opened] == [name, name]


def test_control_characters_are_replaced(noise: Any, export: Any) -> None:
    stack = LayerStack(CANVAS, (PaintLayer("a\0b\x1bc", noise(1), NORMAL),))
    assert PSDImage.open(export(stack, "psd"))[0].name == "a\ufffdb\ufffdc"


@pytest.mark.parametrize("shape", [(0, 0), (5, 0), (4, 4)])
@pytest.mark.parametrize("depth", [8, 16])
def test_empty_layer_keeps_its_place_in_the_list(
    shape: tuple[int, int], depth: int, noise: Any, export: Any
) -> None:
    empty = Raster(np.zeros((*shape, 4), f"uint{depth}"), 12, -40)
    layers = (PaintLayer("a", noise(1, depth=depth), NORMAL), PaintLayer("empty", empty, NORMAL))
    opened = PSDImage.open(export(LayerStack(CANVAS, layers, depth=depth), "psd"))
    assert [(layer.name, layer.size != (0, 0)) for layer in opened] == [("a", True), ("empty", False)]


def test_empty_document(export: Any) -> None:
    opened = PSDImage.open(export(LayerStack(Extent(1, 1), ()), "psd"))
    assert (opened.size, len(opened)) == ((1, 1), 0)


@pytest.mark.parametrize("depth", [8, 16])
def test_merged_picture_is_ours(depth: int, noise: Any, export: Any) -> None:
    raster = noise(1, depth=depth)
    stack = LayerStack(CANVAS, (PaintLayer("a", raster, NORMAL),), depth=depth)
    opened = PSDImage.open(export(stack, "psd"))
    assert opened.channels == 4
    top = np.iinfo(raster.pixels.dtype).max
    stored, ours = opened.numpy() * top, flatten(stack, kernel="numpy").pixels.astype(np.float64)
    alpha = ours[..., 3:] / top
    np.testing.assert_allclose(stored[..., 3:], ours[..., 3:], atol=0.01)
    np.testing.assert_allclose(
        stored[..., :3] * alpha + top * (1 - alpha), ours[..., :3] * alpha + top * (1 - alpha), atol=1
    )


def test_opaque_picture_has_three_channels_that_pillow_reads(noise: Any, export: Any) -> None:
    raster = noise(1)
    raster.pixels[..., 3] = 255
    path = export(LayerStack(CANVAS, (PaintLayer("a", raster, NORMAL),), dpi=300), "psd")
    with Image.open(path) as image:
        np.testing.assert_array_equal(np.asarray(image), raster.pixels[..., :3])


def test_profile_resolution_and_ids(noise: Any, random_mask: Any, export: Any) -> None:
    layer = PaintLayer("a", noise(1), NORMAL, random_mask(2))
    stack = LayerStack(CANVAS, (layer, LayerGroup("g", (layer, layer), NORMAL)), dpi=300)
    opened = PSDImage.open(export(stack, "psd"))
    profile = opened.image_resources.get_data(Resource.ICC_PROFILE)
    assert profile == srgb_profile()
    assert ImageCms.ImageCmsProfile(io.BytesIO(profile)).profile.xcolor_space.strip() == "RGB"
    resolution = opened.image_resources.get_data(Resource.RESOLUTION_INFO)
    assert (resolution.horizontal, resolution.vertical) == (300 << 16, 300 << 16)
    ids = [layer.tagged_blocks.get_data(Tag.LAYER_ID) for layer in opened.descendants()]
    assert len(set(ids)) == 4
    assert opened.image_resources.get_data(Resource(0x0414)) == max(ids)


def test_custom_blocks_have_even_length(scene: LayerStack, export: Any) -> None:
    opened = PSDImage.open(export(scene, "psd"))
    for layer in opened.descendants():
        for block in layer.tagged_blocks.values():
            assert len(block.tobytes()) % 2 == 0


def test_same_stack_gives_the_same_bytes(scene: LayerStack, export: Any) -> None:
    assert export(scene, "psd", name="once").read_bytes() == export(scene, "psd", name="again").read_bytes()


def test_wide_canvas_becomes_psb(export: Any) -> None:
    wide = Raster(np.random.default_rng(0).integers(1, 256, (2, 30_001, 4), np.uint8))
    for depth in (8, 16):
        stack = LayerStack(Extent(30_001, 2), (PaintLayer("wide", wide, NORMAL),), depth=depth)
        opened = PSDImage.open(export(stack, "psd"))
        assert opened._record.header.version == 2
        # psd-tools refuses to make pixels of so wide a layer, but unpacks its channels.
        red = opened[0]._channels[1].get_data(30_001, 2, depth, version=2)
        expected = wide.pixels[..., 0].astype(f">u{depth // 8}") * (257 if depth == 16 else 1)
        assert red == expected.astype(f">u{depth // 8}").tobytes()


def test_large_file_becomes_psb(noise: Any, export: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_PSD_BYTES", 1000)
    raster = noise(1)
    raster.pixels[..., 3] |= 1
    opened = PSDImage.open(export(LayerStack(CANVAS, (PaintLayer("a", raster, NORMAL),)), "psd"))
    assert opened._record.header.version == 2
    np.testing.assert_array_equal(_pixels(opened[0]), raster.pixels)


def test_canvas_beyond_the_format_is_refused(noise: Any, tmp_path: Any) -> None:
    psd = find("export", "psd")
    stack = LayerStack(Extent(300_001, 1), ())
    with pytest.raises(OperationError, match="300,000 px"):
        psd.function(stack, noise(1), psd.params(), tmp_path / "a.psd")


@given(
    st.integers(1, 30),
    st.integers(1, 30),
    st.integers(-40, 40),
    st.integers(-40, 40),
    st.sampled_from([8, 16]),
    st.sampled_from(["rle", "zip"]),
    st.integers(0, 9),
)
@settings(max_examples=30, deadline=None)
def test_any_layer_comes_back(
    export: Any,
    noise: Any,
    width: int,
    height: int,
    left: int,
    top: int,
    depth: int,
    compression: str,
    seed: int,
) -> None:
    raster = noise(seed, width, height, left, top, depth)
    stack = LayerStack(Extent(20, 20), (PaintLayer("a", raster, NORMAL),), depth=depth)
    layer = PSDImage.open(export(stack, "psd", {"compression": compression}))[0]
    read = np.zeros_like(raster.pixels)
    if layer.width and layer.height:
        x, y = layer.left - left, layer.top - top
        read[y : y + layer.height, x : x + layer.width] = _pixels(layer, depth)
    shown = raster.pixels[..., 3:] > 0
    np.testing.assert_array_equal(read * shown, raster.pixels * shown)
