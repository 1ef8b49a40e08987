"""Networks of one's own, and sam with its two files, through the real onnxruntime and the real rembg."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from pydantic import ValidationError

from composer import registry
from composer.errors import OperationError
from composer.masks._network import shown_by
from composer.operation import References
from composer.pixels.raster import Array, Mask, Raster

MODELS = Path(__file__).parents[2] / ".." / "shared" / "assets" / "models"
SEGMENT = registry.find("mask", "segment")
FLOAT, HALF, BYTE = TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.UINT8
Shape = Sequence[int | str]


def scene(height: int = 200, width: int = 300) -> tuple[Raster, Array, Array]:
    """Two warm discs on cool ground, and where the left and the right one lie."""
    y, x = np.mgrid[0:height, 0:width]
    left, right = np.hypot(x - 90, y - 100) < 45, np.hypot(x - 220, y - 100) < 45
    rgb = np.where((left | right)[..., None], (0.9, 0.4, 0.1), np.full((height, width, 3), (0.1, 0.4, 0.7)))
    noise = np.random.default_rng(4).normal(0, 0.02, rgb.shape)
    return Raster.from_float(np.dstack((rgb + noise, np.ones((height, width))))), left, right


def network(path: Path, taken: Shape, given: Shape, nodes: list[onnx.NodeProto], kind: int = FLOAT) -> Path:
    """A file that takes and gives tensors of these shapes; `weights` (1, 3, 1, 1) is red less blue."""
    warm = np.array([1, 0, -1], np.float32).reshape(1, 3, 1, 1) * np.float32(0.02 if kind == BYTE else 1.0)
    weights, other = numpy_helper.from_array(warm, "weights"), numpy_helper.from_array(-warm, "other")
    graph = helper.make_graph(
        nodes,
        "warm",
        [helper.make_tensor_value_info("picture", kind, taken)],
        [helper.make_tensor_value_info("map", FLOAT, given)],
        [weights, other],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, path)
    return path


def node(kind: str, inputs: str, output: str, **settings: object) -> onnx.NodeProto:
    return helper.make_node(kind, inputs.split(), [output], **settings)


WARM = [node("Conv", "picture weights", "map")]
FIRST = node("Transpose", "picture", "first", perm=[0, 3, 1, 2])
LAST = node("Transpose", "both", "map", perm=[0, 2, 3, 1])
BOTH = [node("Conv", "first other", "cool"), node("Conv", "first weights", "warm")]
BYTES = [node("Cast", "picture", "floats", to=FLOAT), node("Conv", "floats weights", "map")]
SHARES = [node("Conv", "picture weights", "raw"), node("Sigmoid", "raw", "map")]
FORMS = {
    "as u2net's": ((1, 3, 320, 320), (1, 1, 320, 320), WARM, FLOAT),
    "shares": ((1, 3, 64, 96), (1, 1, 64, 96), SHARES, FLOAT),
    "any size": (("n", 3, "h", "w"), ("n", 1, "h", "w"), WARM, FLOAT),
    "not square": ((1, 3, 96, 160), (1, 1, 96, 160), WARM, FLOAT),
    "half precision": ((1, 3, 96, 96), (1, 1, 96, 96), BYTES, HALF),
    "bytes": ((1, 3, 96, 96), (1, 1, 96, 96), BYTES, BYTE),
    "without channels": ((1, 3, 96, 96), (96, 96), [*SHARES[:1], node("Squeeze", "raw", "map")], FLOAT),
    "two classes": (
        (1, 96, 160, 3),
        (1, 96, 160, 2),
        [FIRST, *BOTH, node("Concat", "cool warm", "both", axis=1), LAST],
        FLOAT,
    ),
}


def segmented(path: Path, image: Raster, **hints: object) -> Mask:
    params = SEGMENT.params.model_validate({"network": "mine.onnx", **hints})
    mask = SEGMENT.function(image, params, References(files={"network": path}))
    assert isinstance(mask, Mask)
    return mask


def overlap(mask: Mask, truth: Array) -> float:
    shown = mask.to_float() > 0.5
    return float((shown & truth).sum() / (shown | truth).sum())


@pytest.mark.parametrize("form", FORMS)
def test_networks_of_every_usual_form_are_understood(form: str, tmp_path: Path) -> None:
    taken, given, nodes, kind = FORMS[form]
    image, left, right = scene()
    mask = segmented(network(tmp_path / "any.onnx", taken, given, nodes, kind), image)
    assert overlap(mask, left | right) > 0.9
    assert mask.confidence is not None
    assert 0.5 < mask.confidence <= 1


def test_a_network_is_given_colours_as_it_wants_them(tmp_path: Path) -> None:
    image, left, right = scene()
    path = network(tmp_path / "any.onnx", *FORMS["shares"][:3])
    swapped = segmented(path, image, network_order="bgr")
    assert overlap(swapped, ~(left | right)) > 0.9
    wants = {"network_order": "bgr", "network_mean": [200, 100, 200], "network_deviation": [-50, 50, 50]}
    with pytest.raises(ValidationError, match="greater than 0"):
        segmented(path, image, **wants)
    bright = segmented(path, image, network_mean=[0, 0, 0], network_deviation=[1e6, 1e6, 1])
    assert bright.values.max() == 0, "all that is left to see is blue, which speaks against a figure"


def test_hints_say_which_of_what_a_network_found_is_meant(tmp_path: Path) -> None:
    path = network(tmp_path / "any.onnx", *FORMS["as u2net's"][:3])
    image, left, right = scene()
    assert overlap(segmented(path, image, box=[160, 40, 120, 120]), right) > 0.9
    assert overlap(segmented(path, image, points=[[90, 100]]), left) > 0.9
    assert segmented(path, image, not_points=[[90.5, 100.5]]).values[100, 90] == 0


@pytest.mark.parametrize(
    ("taken", "given", "nodes", "told"),
    [
        ((1, 5), (1, 5), [node("Sigmoid", "picture", "map")], "it takes picture tensor(float) 1×5"),
        ((1, 3, 8, 8), (1, 1), [node("ReduceMax", "picture", "map", axes=[1, 2, 3])], "it gives 1×1×1×1"),
    ],
)
def test_a_file_that_finds_no_figures_is_named_with_what_it_takes_or_gives(
    taken: Shape, given: Shape, nodes: list[onnx.NodeProto], told: str, tmp_path: Path
) -> None:
    given = given if given == (1, 5) else (1, 1, 1, 1)
    path = network(tmp_path / "any.onnx", taken, given, nodes)
    with pytest.raises(OperationError) as caught:
        segmented(path, scene()[0])
    assert 'the network "mine.onnx" gave no mask: ' in caught.value.message
    assert told in caught.value.message


def test_a_file_that_is_no_network_is_named(tmp_path: Path) -> None:
    garbage = tmp_path / "any.onnx"
    garbage.write_bytes(b"these are no weights")
    with pytest.raises(OperationError, match=r'the network "mine\.onnx" gave no mask: it is no ONNX network'):
        segmented(garbage, scene()[0])


def test_a_model_and_a_network_are_one_too_many() -> None:
    with pytest.raises(ValidationError, match="not by both"):
        SEGMENT.params.model_validate({"model": "u2netp", "network": "mine.onnx"})


def test_sam_wants_to_be_told_what_to_find() -> None:
    with pytest.raises(ValidationError, match="give a box, a polygon or points"):
        SEGMENT.params.model_validate({"model": "sam", "not_points": [[1, 1]]})
    assert SEGMENT.params.model_validate({"model": "sam", "points": [[1, 1]]})


def sam_files(home: Path) -> None:
    """An encoder that sees warmth, and a decoder that shows it left or right of the last point's x."""
    folder = home / "models" / "sam"
    folder.mkdir(parents=True)
    kernel = numpy_helper.from_array(np.array([[1], [0], [-1]], np.float32), "kernel")
    encoder = helper.make_graph(
        [node("MatMul", "image kernel", "warm"), node("Transpose", "warm", "embedding", perm=[2, 0, 1])],
        "encoder",
        [helper.make_tensor_value_info("image", FLOAT, [684, 1024, 3])],
        [helper.make_tensor_value_info("embedding", FLOAT, [1, 684, 1024])],
        [kernel],
    )
    columns = numpy_helper.from_array(np.arange(1024, dtype=np.float32).reshape(1, 1, 1, 1024), "columns")
    reach = numpy_helper.from_array(np.array(200, np.float32), "reach")
    inputs = {
        "image_embeddings": [1, 684, 1024],
        "point_coords": [1, "points", 2],
        "point_labels": [1, "points"],
        "mask_input": [1, 1, 256, 256],
        "has_mask_input": [1],
        "orig_im_size": [2],
    }
    zero, one = (numpy_helper.from_array(np.array(each, np.int64), f"at{each}") for each in (0, 1))
    decoder = helper.make_graph(
        [
            node("Gather", "point_coords at0", "xs_ys", axis=1),
            node("Gather", "xs_ys at0", "x", axis=1),
            node("Sub", "columns x", "away"),
            node("Abs", "away", "distance"),
            node("Less", "distance reach", "near"),
            node("Cast", "near", "share", to=FLOAT),
            node("Mul", "share image_embeddings", "masks"),
            node("Identity", "has_mask_input", "iou"),
            node("Identity", "mask_input", "low"),
        ],
        "decoder",
        [helper.make_tensor_value_info(name, FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, FLOAT, None) for name in ("masks", "iou", "low")],
        [columns, reach, zero, one],
    )
    for name, graph in (("encoder", encoder), ("decoder", decoder)):
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
        onnx.save(model, folder / f"sam_vit_b_01ec64.{name}.onnx")


def test_sam_is_told_the_points(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("U2NET_HOME", str(tmp_path))
    sam_files(tmp_path)
    image, left, right = scene()
    for x, figure in ((90, left), (220, right)):
        params = SEGMENT.params.model_validate({"model": "sam", "points": [[x, 100]]})
        assert SEGMENT.needs.weights is not None
        assert set(SEGMENT.needs.weights(params)) == {"sam_vit_b_01ec64.encoder", "sam_vit_b_01ec64.decoder"}
        assert overlap(SEGMENT.function(image, params, References()), figure) > 0.9


PORTRAITISTS = {
    "selfie_segmentation": {},
    "mediapipe": {},
    "meet_rembg320": {},
    "selfie_rembg320": {},
    "SINet_Softmax": {
        "network_order": "bgr",
        "network_mean": [126.9, 111.3, 102.9],
        "network_deviation": [16920, 16019, 16048],
    },
}


@pytest.mark.skipif(not MODELS.is_dir(), reason="the shared test material is not beside the project")
@pytest.mark.parametrize("name", PORTRAITISTS)
def test_published_networks_find_a_portrait(name: str) -> None:
    folder = MODELS.parent
    rgb = np.asarray(Image.open(folder / "contents" / "astronaut.png").convert("RGB"))
    truth = np.asarray(Image.open(folder / "seg" / "hand_astronaut.mask.png")) > 127
    image = Raster(np.dstack((rgb, np.full(rgb.shape[:2], 255, np.uint8))))
    assert overlap(segmented(MODELS / f"{name}.onnx", image, **PORTRAITISTS[name]), truth) > 0.6


@pytest.mark.parametrize(
    ("wants", "told"),
    [
        ({"network_deviation": [1e6, 1e6, 1e6], "network_mean": [0, 0, 0]}, "gives the same for every pixel"),
        ({"network_mean": [0, 0, 255], "network_deviation": [30, 1, 30]}, "shows all of the picture"),
        ({"network_mean": [300, 0, 0], "network_deviation": [30, 1, 30]}, "shows nothing"),
        ({"network_mean": [90, 0, 0], "network_deviation": [0.02, 1, 1e6]}, "says yes or no to each pixel"),
    ],
)
def test_a_network_that_sees_other_colours_than_it_learnt_is_told(
    wants: dict[str, object], told: str, tmp_path: Path
) -> None:
    path = network(tmp_path / "any.onnx", *FORMS["shares"][:3])
    heard: list[str] = []
    params = SEGMENT.params.model_validate({"network": "mine.onnx", **wants})
    mask = SEGMENT.function(scene()[0], params, References(files={"network": path}, tell=heard.append))
    assert len(heard) == 1
    assert heard[0].startswith(f'the network "mine.onnx" {told}')
    assert "network_mean, network_deviation and network_order" in heard[0]
    assert mask.confidence <= 0.5


def test_a_network_that_gives_one_large_number_shows_nothing() -> None:
    assert not shown_by(np.full((1, 1, 8, 9), 37.0, np.float32), channels_last=False).any()


def test_of_a_network_that_is_fed_rightly_nothing_is_told(tmp_path: Path) -> None:
    path = network(tmp_path / "any.onnx", *FORMS["as u2net's"][:3])
    heard: list[str] = []
    params = SEGMENT.params.model_validate({"network": "mine.onnx"})
    SEGMENT.function(scene()[0], params, References(files={"network": path}, tell=heard.append))
    assert heard == []
