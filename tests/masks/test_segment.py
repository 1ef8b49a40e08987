"""Segmentation without a network, and through the real rembg, offline."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import rembg
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from pydantic import ValidationError

from composer import registry, weights
from composer.errors import MissingWeights, OperationError
from composer.masks._hints import Hints
from composer.masks._rembg import REFUSED, SessionName, ask_session, weights_of
from composer.operation import References
from composer.pixels.raster import Mask, Raster

ASSETS = Path(__file__).parents[2] / ".." / "shared" / "assets"
SEGMENT = registry.find("mask", "segment")


def scene(depth: int = 8, height: int = 240, width: int = 320) -> Raster:
    """A warm, textured figure with a head before a cool, textured ground."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    grain = np.random.default_rng(3).normal(0, 0.02, (height, width, 3))
    ground = np.stack((0.2 + 0.1 * y / height, 0.4 + 0.1 * x / width, 0.55 + 0 * x), axis=2)
    rgb = np.where(figure(height, width)[..., None], (0.8, 0.45, 0.2), ground) + grain
    return Raster.from_float(np.dstack((rgb, np.ones_like(x))), depth)


def figure(height: int = 240, width: int = 320) -> np.ndarray:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    head = np.hypot(x - width / 2, y - height * 0.35) < height * 0.16
    body = np.hypot((x - width / 2) / 0.8, y - height * 0.95) < height * 0.42
    return head | body


def segmented(image: Raster) -> Mask:
    mask = SEGMENT.function(image, SEGMENT.params(), References())
    assert isinstance(mask, Mask)
    return mask


def overlap(mask: Mask, truth: np.ndarray) -> float:
    shown = mask.to_float() > 0.5
    return float((shown & truth).sum() / (shown | truth).sum())


@pytest.mark.parametrize("depth", [8, 16])
def test_the_figure_is_found_with_confidence(depth: int) -> None:
    mask = segmented(scene(depth))
    assert mask.depth == depth
    assert overlap(mask, figure()) > 0.95
    assert mask.confidence is not None
    assert mask.confidence > 0.7


def test_an_empty_picture_gives_low_confidence() -> None:
    noise = np.random.default_rng(1).uniform(0, 1, (60, 80, 4))
    noise[..., 3] = 1
    guess = segmented(Raster.from_float(noise))
    assert guess.confidence is not None
    assert guess.confidence < (segmented(scene()).confidence or 0) - 0.15


def test_a_flat_layer_and_a_transparent_canvas_are_no_figures() -> None:
    assert segmented(Raster(np.full((50, 60, 4), 128, np.uint8))).confidence == 0
    nothing = segmented(Raster(np.zeros((50, 60, 4), np.uint8)))
    assert nothing.confidence == 0
    assert not nothing.values.any()


def test_the_frame_is_the_layers_not_the_canvas() -> None:
    pixels = np.zeros((400, 500, 4), np.uint8)
    pixels[100:340, 90:410] = scene().pixels
    mask = segmented(Raster(pixels))
    truth = np.zeros((400, 500), bool)
    truth[100:340, 90:410] = figure()
    assert overlap(mask, truth) > 0.95
    assert not mask.values[pixels[..., 3] == 0].any()


def test_the_edge_follows_the_picture_at_full_size() -> None:
    large = scene(height=960, width=1280)
    mask = segmented(large).to_float()
    truth = figure(960, 1280)
    assert overlap(Mask.from_float(mask), truth) > 0.97
    rim = np.abs(mask - truth) > 0.5
    assert rim.sum() < 0.004 * truth.size, "the edge is off by more than the small size explains"


@pytest.mark.parametrize("name", REFUSED)
def test_refused_models_say_why(name: str) -> None:
    with pytest.raises(ValidationError, match=REFUSED[name]):
        SEGMENT.params.model_validate({"model": name})


def test_every_offered_model_has_known_weights() -> None:
    masks = {name for name, known in weights.KNOWN.items() if known.purpose == "mask segment"}
    assert {each for name in SessionName.__args__ for each in weights_of(name)} == masks


def test_every_session_of_rembg_is_offered_or_refused_for_a_reason() -> None:
    folder = Path(rembg.__path__[0], "sessions")
    told = re.findall(r"return \"([a-z0-9_-]+)\"", "".join(each.read_text() for each in folder.glob("*.py")))
    assert len(told) > 15
    assert set(told) <= set(SessionName.__args__) | set(REFUSED)


def test_missing_weights_are_named_before_any_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("U2NET_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    params = SEGMENT.params.model_validate({"model": "u2netp"})
    assert SEGMENT.needs.weights is not None
    with pytest.raises(MissingWeights, match="composer models fetch u2netp"):
        SEGMENT.needs.weights(params)
    assert SEGMENT.needs.weights(SEGMENT.params.model_validate({"points": [(4, 5)]})) == {}


def test_without_a_model_it_takes_the_weights_that_ship() -> None:
    assert SEGMENT.needs.weights is not None
    assert set(SEGMENT.needs.weights(SEGMENT.params())) == {"encoder", "objectness"}


def warm_network(path: Path) -> Path:
    """An ONNX file of u2net's interface: red less blue, (1, 3, 320, 320) to (1, 1, 320, 320)."""
    kernel = numpy_helper.from_array(np.array([1, 0, -1], np.float32).reshape(1, 3, 1, 1), "kernel")
    graph = helper.make_graph(
        [helper.make_node("Conv", ["picture", "kernel"], ["mask"])],
        "warm",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, 320, 320])],
        [helper.make_tensor_value_info("mask", TensorProto.FLOAT, [1, 1, 320, 320])],
        [kernel],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, path)
    return path


def test_the_real_rembg_runs_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through a named session of the installed rembg, with weights made here."""
    path = weights_home(tmp_path, monkeypatch) / "u2netp.onnx"
    warm_network(path)
    params = SEGMENT.params.model_validate({"model": "u2netp"})
    assert SEGMENT.needs.weights is not None
    assert list(SEGMENT.needs.weights(params)) == ["u2netp"]
    mask = SEGMENT.function(scene(), params, References())
    assert overlap(mask, figure()) > 0.9
    assert 0 < mask.confidence <= 1


def weights_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("U2NET_HOME", str(tmp_path))
    return tmp_path


def test_a_worker_that_fails_is_quoted(tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.onnx"
    garbage.write_bytes(b"these are no weights")
    with pytest.raises(OperationError, match='the model "u2netp" gave no mask: ') as caught:
        ask_session("u2netp", {"u2netp": garbage}, scene().pixels[..., :3], Hints())
    assert "composer models verify u2netp" in caught.value.hint


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("import time; time.sleep(60)", "gave no mask within"),
        ("import os; os.kill(os.getpid(), 9)", "ended by SIGKILL; it may need more memory"),
        ("raise SystemExit('no good')", "gave no mask: no good"),
    ],
)
def test_a_worker_that_hangs_or_dies_is_told(
    deed: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad_worker.py").write_text(deed)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("composer.masks._rembg._WORKER", "bad_worker")
    monkeypatch.setattr("composer.masks._rembg._PATIENCE", 3.0)
    with pytest.raises(OperationError, match=told):
        ask_session("u2netp", {}, scene().pixels[..., :3], Hints())


def test_a_worker_that_wants_more_memory_than_there_is_says_so(tmp_path: Path) -> None:
    code = (
        "import numpy as np; from composer.masks import _rembg_worker as w; "
        "w._found = lambda *_: np.ones(1 << 46, np.uint8); w.main()"
    )
    np.save(tmp_path / "picture.npy", np.zeros((2, 2, 3), np.uint8))
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps({"picture": str(tmp_path / "picture.npy")}),
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "it needs more memory than this machine has"


def test_the_worker_never_downloads() -> None:
    code = "from composer.masks import _rembg_worker as w; w._no_download('https://example.invalid/x')"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=False)
    assert done.returncode == 1
    assert "wanted to download https://example.invalid/x" in done.stderr


@pytest.mark.skipif(
    not (ASSETS / "models").is_dir(), reason="the shared test material is not beside the project"
)
def test_a_real_network_finds_a_real_figure() -> None:
    rgb, truth = portrait()
    found = ask_session("u2netp", {"u2netp": ASSETS / "models" / "selfie_rembg320.onnx"}, rgb, Hints())
    assert overlap(Mask.from_float(found), truth) > 0.6


@pytest.mark.skipif(
    not (ASSETS / "seg").is_dir(), reason="the shared test material is not beside the project"
)
def test_a_real_photograph_is_cut_out_without_a_network() -> None:
    rgb, truth = portrait()
    mask = segmented(Raster(np.dstack((rgb, np.full(rgb.shape[:2], 255, np.uint8)))))
    assert overlap(mask, truth) > 0.6


def portrait() -> tuple[np.ndarray, np.ndarray]:
    rgb = np.asarray(Image.open(ASSETS / "contents" / "astronaut.png").convert("RGB"))
    return rgb, np.asarray(Image.open(ASSETS / "seg" / "hand_astronaut.mask.png")) > 127
