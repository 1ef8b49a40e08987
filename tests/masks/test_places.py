"""Masks of depth, emphasis and the shadow on the ground, as an artist meets them."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import skimage
from onnx import TensorProto, helper, numpy_helper

from composer import registry
from composer.errors import OperationError
from composer.operation import References
from composer.pixels.raster import Array, Mask, Raster

NOTHING = References()


def run(name: str, image: Raster, given: References = NOTHING, **knobs: object) -> Mask:
    extension = registry.find("mask", name)
    params = extension.params.model_validate(knobs)
    mask = extension.function(image, params, *([given] if extension.is_given else []))
    assert isinstance(mask, Mask)
    return mask


def grey(height: int = 120, width: int = 160, depth: int = 8) -> Raster:
    return Raster.from_float(np.full((height, width, 4), (0.5, 0.5, 0.5, 1.0)), depth)


@pytest.mark.parametrize("depth", [8, 16])
def test_without_a_network_what_stands_higher_is_farther(depth: int) -> None:
    mask = run("depth", grey(depth=depth), horizon=40)
    column = mask.to_float()[:, 80]
    assert mask.depth == depth
    assert column[:40].min() > 0.98, "all is far above the horizon"
    assert column[-1] < 0.02
    assert (np.diff(column) <= 0).all()
    assert mask.confidence is None, "the artist said where the horizon is"
    assert run("depth", grey(depth=depth)).confidence == 0, "nobody looked"


def test_near_and_far_stretch_and_curve_bends_depth() -> None:
    plain, curved = (run("depth", grey(), horizon=0, curve=curve).to_float() for curve in (1, 3))
    assert curved[60, 0] == pytest.approx(plain[60, 0] ** 3, abs=0.01)
    part = run("depth", grey(), horizon=0, near=0.25, beyond=0.75).to_float()[:, 0]
    assert part[29] == 1
    assert part[91] == 0
    assert part[60] == pytest.approx(0.5, abs=0.02)


def brightness_network(path: Path) -> References:
    """An ONNX file that takes red for nearness."""
    kernel = numpy_helper.from_array(np.array([1, 0, 0], np.float32).reshape(1, 3, 1, 1), "kernel")
    graph = helper.make_graph(
        [helper.make_node("Conv", ["picture", "kernel"], ["depth"])],
        "near",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, 96, 128])],
        [helper.make_tensor_value_info("depth", TensorProto.FLOAT, [1, 1, 96, 128])],
        [kernel],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)
    return References(files={"network": path})


def test_a_network_says_what_is_near_and_its_map_follows_edges(tmp_path: Path) -> None:
    pixels = np.full((480, 640, 4), (20, 90, 160, 255), np.uint8)
    pixels[100:300, 200:400, 0] = 240
    given = brightness_network(tmp_path / "near.onnx")
    shown = run("depth", Raster(pixels), given, network="near.onnx").to_float()
    assert shown[200, 300] < 0.05
    assert shown[50, 50] > 0.95
    assert shown[200, 395] < 0.2 < 0.8 < shown[200, 405], "the border is where it is in the picture"
    turned = run("depth", Raster(pixels), given, network="near.onnx", far="high").to_float()
    assert turned[200, 300] > 0.95


def test_a_file_that_is_no_network_is_named(tmp_path: Path) -> None:
    garbage = tmp_path / "deep.onnx"
    garbage.write_bytes(b"nothing of the kind")
    with pytest.raises(OperationError, match=r"deep\.onnx"):
        run("depth", grey(), References(files={"network": garbage}), network="deep.onnx")


def spot(x: int, depth: int = 8) -> Raster:
    pixels = grey(depth=depth).to_float()
    pixels[50:70, x - 10 : x + 10, :3] = (0.9, 0.2, 0.1)
    return Raster.from_float(pixels, depth)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("x", [30, 130])
def test_emphasis_is_where_something_stands_out(x: int, depth: int) -> None:
    mask = run("emphasis", spot(x, depth), softness=4)
    shown = mask.to_float()
    assert mask.depth == depth
    assert shown[60, x] > 0.9
    assert shown[60, x] > shown[60, 160 - x] + 0.3
    assert shown[5, 5] < 0.4


def test_emphasis_by_the_middle_alone_is_a_glow_about_it() -> None:
    shown = run("emphasis", spot(130), faces=0, figure=0, contrast=0).to_float()
    assert shown[60, 80] > shown[60, 130] > shown[5, 155]


def test_emphasis_by_faces_alone_is_about_the_face() -> None:
    pixels = np.asarray(skimage.data.astronaut())[::2, ::2]
    portrait = Raster(np.dstack((pixels, np.full(pixels.shape[:2], 255, np.uint8))))
    shown = run("emphasis", portrait, middle=0, figure=0, contrast=0, softness=4).to_float()
    face, suit, flag = shown[40:75, 95:130], shown[180:, :120], shown[:60, :40]
    assert face.min() > 0.6
    assert max(suit.max(), flag.max()) < 0.05


def test_emphasis_is_smooth() -> None:
    sharp, soft = (run("emphasis", spot(40), softness=softness).to_float() for softness in (1, 20))
    assert np.abs(np.diff(soft, axis=1)).max() < np.abs(np.diff(sharp, axis=1)).max() < 0.5


def post(depth: int = 8) -> Raster:
    alpha = np.zeros((200, 300))
    alpha[40:160, 140:160] = 1
    return Raster.from_float(np.dstack((np.zeros((200, 300, 3)), alpha)), depth)


def middle_of(row: Array) -> float:
    return float((row * np.arange(row.size)).sum() / row.sum())


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("angle", [-60, 40])
def test_a_shadow_lies_on_the_ground_and_leans_away(angle: float, depth: int) -> None:
    mask = run("contact_shadow", post(depth), angle=angle, length=0.5, blur=6)
    shown = mask.to_float()
    assert mask.depth == depth
    assert not shown[:80].any(), "it is as long as asked: it lies flat"
    lean = middle_of(shown[120]) - middle_of(shown[155])
    assert np.sign(lean) == np.sign(angle)
    assert lean == pytest.approx(35 * np.tan(np.radians(angle)), abs=4)


def test_a_shadow_is_sharp_and_dark_at_the_feet_and_soft_and_weak_far_from_them() -> None:
    shown = run("contact_shadow", post(), length=0.8, blur=10, fade=0.5).to_float()
    near, far = shown[152], shown[80]
    assert near.max() > 0.9 > 0.7 > far.max() > 0
    assert np.abs(np.diff(near)).max() > 3 * np.abs(np.diff(far)).max()


def test_the_ground_may_be_elsewhere() -> None:
    usual, lower = (run("contact_shadow", post(), **knobs).to_float() for knobs in ({}, {"ground": 180}))
    rows = [np.flatnonzero(each.max(axis=1) > 0.5)[-1] for each in (usual, lower)]
    assert rows[1] > rows[0]


def test_a_stray_speck_is_nothing_to_stand_on() -> None:
    pixels = post().pixels.copy()
    pixels[195, 10, 3] = 255
    clean, specked = (run("contact_shadow", raster).to_float() for raster in (post(), Raster(pixels)))
    np.testing.assert_allclose(specked[:170], clean[:170], atol=0.02)


@pytest.mark.parametrize("length", [0, 0.03, 0.1, 0.3])
def test_a_short_shadow_is_dark_where_the_figure_touches_and_nothing_lies_below_it(length: float) -> None:
    shown = run("contact_shadow", post(), length=length, fade=0).to_float()
    assert (shown[150:160, 150] > 0.45).sum() >= 2, "a line one can see"
    assert shown[165:].max() < 0.02


def test_a_shadow_has_the_areas_of_what_throws_it() -> None:
    pixels = post().pixels.copy()
    pixels[41:159:2, ..., 3] = 0  # every other row
    shown = run("contact_shadow", Raster(pixels), length=0.25, angle=0, blur=0, fade=0).to_float()
    assert np.ptp(shown[135:155, 150]) < 0.1
    assert shown[145, 150] == pytest.approx(0.5, abs=0.05)


def test_what_is_faint_throws_a_faint_shadow() -> None:
    pixels = post().pixels.copy()
    pixels[..., 3] //= 4
    full, faint = (run("contact_shadow", raster).to_float() for raster in (post(), Raster(pixels)))
    np.testing.assert_allclose(faint, full / 4, atol=0.01)


@pytest.mark.parametrize("name", ["depth", "emphasis", "contact_shadow"])
@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (1, 9), (5, 2)])
@pytest.mark.parametrize("alpha", [0, 255])
def test_the_smallest_layers_are_masked(name: str, shape: tuple[int, int], alpha: int) -> None:
    pixels = np.full((*shape, 4), 200, np.uint8)
    pixels[..., 3] = alpha
    assert run(name, Raster(pixels)).values.shape == shape
