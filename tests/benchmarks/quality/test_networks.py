"""Networks that judge: read as their files mean them to be."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from benchmarks.quality.networks import DEPTH, HEADS, Depth, Heads
from benchmarks.quality.pairs import ASSETS, PAIRS, TUNING, Pair, missing


@pytest.fixture
def assets() -> Path:
    if not (ASSETS / DEPTH).is_file() or not (ASSETS / HEADS).is_file():
        pytest.skip("the shared test material is not beside the project")
    return ASSETS


def test_the_depth_network_computes_what_its_file_says(assets: Path) -> None:
    model = onnx.load(assets / DEPTH)
    joined = [node.output[0] for node in model.graph.node if node.op_type == "Concat"]
    stages = [name for name in joined if "/encoder/" in name]
    ends = [stages[3], stages[11], stages[15]]
    model.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in ends)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    rgb = np.random.default_rng(1).random((1, 3, 192, 320), np.float32)
    expected = session.run(ends, {"input": rgb * 255})
    layers = Depth.of(assets)(torch.from_numpy(rgb))
    assert len(layers) == 4
    for ours, theirs in zip(layers[1:], expected, strict=True):
        assert np.abs(ours.numpy() - theirs).max() < 1e-3


def test_the_heads_have_the_channels_of_vgg_19(assets: Path) -> None:
    layers = Heads.of(assets)(torch.rand(1, 3, 48, 64, generator=torch.Generator().manual_seed(1)))
    assert [tuple(layer.shape[1:]) for layer in layers] == [
        (64, 48, 64),
        (128, 24, 32),
        (256, 12, 16),
        (512, 6, 8),
        (512, 3, 4),
    ]
    assert all(float(layer.std()) > 0 for layer in layers)


def test_nothing_is_tuned_on_what_is_measured() -> None:
    def files(pairs: tuple[Pair, ...]) -> set[str]:
        return {name for pair in pairs for name in (pair.content, pair.style)}

    assert not files(PAIRS) & files(TUNING)
    assert len(files(PAIRS)) == 2 * len(PAIRS)


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    pair = PAIRS[0]
    (tmp_path / "contents").mkdir()
    (tmp_path / pair.content).touch()
    assert missing((pair,), (HEADS,), tmp_path) == [tmp_path / pair.style, tmp_path / HEADS]
