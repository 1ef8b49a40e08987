"""ORA: a zip of PNGs and a stack.xml that hold what was put in."""

from typing import Any
from xml.etree.ElementTree import Element, fromstring
from zipfile import ZIP_STORED, ZipFile

import cv2
import numpy as np
import pytest

from composer.pixels.geometry import Extent
from composer.pixels.raster import Mask, Raster
from composer.pixels.stack import LayerGroup, LayerStack, PaintLayer
from composer.registry import find_blend

NORMAL = find_blend("normal")
CANVAS = Extent(37, 23)


def _png(archive: ZipFile, name: str) -> Any:
    image = cv2.imdecode(np.frombuffer(archive.read(name), np.uint8), cv2.IMREAD_UNCHANGED)
    return cv2.cvtColor(image, cv2.COLOR_BGRA2RGBA)


def _root(archive: ZipFile) -> Element:
    return fromstring(archive.read("stack.xml"))


def test_zip_is_laid_out_as_openraster_wants(scene: LayerStack, export: Any) -> None:
    with ZipFile(export(scene, "ora")) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", ZIP_STORED)
        assert archive.read("mimetype") == b"image/openraster"
        named = {element.attrib["src"] for element in _root(archive).iter("layer")}
        others = {"mimetype", "stack.xml", "mergedimage.png", "Thumbnails/thumbnail.png"}
        assert set(archive.namelist()) == named | others
        assert _png(archive, "mergedimage.png").shape == (23, 37, 4)


@pytest.mark.parametrize("depth", [8, 16])
def test_pixels_and_place_come_back(depth: int, noise: Any, export: Any) -> None:
    raster = noise(1, 20, 11, -5, 17, depth)
    raster.pixels[..., 3] |= 1
    with ZipFile(
        export(LayerStack(CANVAS, (PaintLayer("a", raster, NORMAL),), depth=depth), "ora")
    ) as archive:
        (layer,) = _root(archive).iter("layer")
        assert (layer.attrib["x"], layer.attrib["y"]) == ("-5", "17")
        np.testing.assert_array_equal(_png(archive, layer.attrib["src"]), raster.pixels)


def test_mask_is_a_layer_on_top_of_its_pixels(noise: Any, random_mask: Any, export: Any) -> None:
    mask = random_mask(5)
    layer = PaintLayer("leaf", noise(1), find_blend("multiply"), mask, opacity=0.25)
    with ZipFile(export(LayerStack(CANVAS, (layer,)), "ora")) as archive:
        stack = _root(archive)[0][0]
        assert stack.tag == "stack"
        assert stack.attrib == {
            "name": "leaf",
            "opacity": "0.25",
            "visibility": "visible",
            "composite-op": "svg:multiply",
            "isolation": "isolate",
        }
        assert [child.attrib["name"] for child in stack] == ["leaf mask", "leaf"]
        assert stack[0].attrib["composite-op"] == "svg:dst-in"
        alpha = _png(archive, stack[0].attrib["src"])[..., 3]
        left, top = int(stack[0].attrib["x"]), int(stack[0].attrib["y"])
        height, width = alpha.shape
        np.testing.assert_array_equal(alpha, mask.values[top : top + height, left : left + width])


def test_groups_nest_top_first(noise: Any, export: Any) -> None:
    below, above = PaintLayer("below", noise(1), NORMAL), PaintLayer("above", noise(2), NORMAL, visible=False)
    group = LayerGroup("group", (below, above), NORMAL, opacity=0.5)
    through = LayerGroup("through", (group, above), NORMAL, pass_through=True)
    with ZipFile(export(LayerStack(CANVAS, (below, through)), "ora")) as archive:
        top, bottom = _root(archive)[0]
    assert (top.attrib["name"], bottom.attrib["name"]) == ("through", "below")
    assert (top.attrib["isolation"], top[1].attrib["isolation"]) == ("auto", "isolate")
    assert [child.attrib["name"] for child in top] == ["above", "group"]
    assert top[0].attrib["visibility"] == "hidden"
    assert top[1].attrib["opacity"] == "0.5"


@pytest.mark.parametrize(
    "name", ["霧 🎨", "<a b='c'>&amp;\"]]>", "مجموعة", "line\nbreak\tand tab", "x" * 400, ""]
)
def test_name_comes_back(name: str, noise: Any, export: Any) -> None:
    layers = (PaintLayer(name, noise(1), NORMAL), LayerGroup(name, (), NORMAL))
    with ZipFile(export(LayerStack(CANVAS, layers), "ora")) as archive:
        assert [element.attrib["name"] for element in _root(archive)[0]] == [name, name]


def test_control_characters_are_replaced(noise: Any, export: Any) -> None:
    with ZipFile(export(LayerStack(CANVAS, (PaintLayer("a\0b\x1b", noise(1), NORMAL),)), "ora")) as archive:
        assert _root(archive)[0][0].attrib["name"] == "a\ufffdb\ufffd"


@pytest.mark.parametrize("shape", [(0, 0), (4, 4)])
def test_empty_layer_keeps_its_place_in_the_list(shape: tuple[int, int], noise: Any, export: Any) -> None:
    empty = PaintLayer("empty", Raster(np.zeros((*shape, 4), np.uint8), 50, 50), NORMAL)
    hidden = PaintLayer("hidden", noise(1), NORMAL, Mask(np.zeros((23, 37), np.uint8)))
    with ZipFile(export(LayerStack(CANVAS, (empty, hidden)), "ora")) as archive:
        top, bottom = _root(archive)[0]
        assert bottom.attrib["name"] == "empty"
        for element in (bottom, top[0]):
            assert not _png(archive, element.attrib["src"]).any()


@pytest.mark.parametrize(
    ("canvas", "thumbnail"),
    [((1, 1), (1, 1)), ((37, 23), (37, 23)), ((1000, 500), (256, 128)), ((3, 999), (1, 256))],
)
def test_thumbnail_fits_256_pixels(canvas: tuple[int, int], thumbnail: tuple[int, int], export: Any) -> None:
    green = np.full((canvas[1], canvas[0], 4), (0, 200, 0, 255), np.uint8)
    green[:, : canvas[0] // 2] = (255, 0, 0, 0)
    with ZipFile(
        export(LayerStack(Extent(*canvas), (PaintLayer("a", Raster(green), NORMAL),)), "ora")
    ) as archive:
        small = _png(archive, "Thumbnails/thumbnail.png")
    assert small.shape[1::-1] == thumbnail
    np.testing.assert_array_equal(small[small[..., 3] > 0][:, :3] - np.array([0, 200, 0]), 0)


def test_same_stack_gives_the_same_bytes(scene: LayerStack, export: Any) -> None:
    assert export(scene, "ora", name="once").read_bytes() == export(scene, "ora", name="again").read_bytes()


def test_opaque_half_of_a_clipping_run_is_only_its_base(noise: Any, export: Any) -> None:
    base = PaintLayer("base", noise(1), NORMAL)
    shade = PaintLayer("shade", noise(2), find_blend("multiply"), clip=True)
    with ZipFile(export(LayerStack(CANVAS, (base, shade)), "ora")) as archive:
        run = _root(archive)[0][0]
        assert [child.attrib["name"] for child in run] == ["base mask", "shade", "base"]
        stored = _png(archive, run[2].attrib["src"])
    assert (stored[..., 3] == 255).all()
