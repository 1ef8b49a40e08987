"""Encoders that are not the default's go through the shared loop: exact tiles, and a content layer apart."""

from pathlib import Path

import pytest
import torch

from composer.neural import random_filters, vgg
from composer.neural.controls import Controls
from composer.neural.easel import Easel
from composer.neural.engine import Engine
from composer.neural.reading import Reader
from composer.neural.subject import RegionSource, Subject
from composer.neural.target import objective
from composer.operation import PlainBench
from composer.pixels.geometry import Extent

from ..narrow_vgg import write_narrow_vgg
from .studio import CPU, source, waves

ENGINES = pytest.mark.parametrize("engine", [vgg.ENGINE, random_filters.ENGINE], ids=["vgg19", "draft"])


@pytest.fixture(autouse=True)
def _weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPOSER_WEIGHTS", str(tmp_path))
    write_narrow_vgg(tmp_path / "vgg19.safetensors")


def easel(engine: Engine, depth: int, side: int | None) -> Easel:
    reader = Reader(engine.load(CPU, torch.float64), depth, torch.float64)
    return Easel(reader, CPU, PlainBench(), engine.digest(), side)


@ENGINES
@pytest.mark.parametrize("strength", [0.3, 0.7])
def test_tiles_give_the_gradient_of_the_whole(engine: Engine, strength: float) -> None:
    extent = Extent(421, 53)
    recipe = engine.recipe(Controls(strength=strength), extent, 1)
    subject = Subject(waves(extent, 2), [RegionSource([source(Extent(90, 70), 6)])])
    x = (waves(extent, 3).rgb + subject.content.rgb) / 2
    found = []
    for side in (None, 128):
        stand = easel(engine, recipe.depth, side)
        goal = objective(subject, 1.0, recipe, stand)
        found.append(goal.gradient(x, torch.Generator().manual_seed(5), stand.tiles(extent)))
    (loss, whole), (tiled_loss, in_tiles) = found
    assert len(stand.tiles(extent)) == 4
    assert (in_tiles - whole).norm() / whole.norm() < 1e-12
    assert tiled_loss == pytest.approx(loss, rel=1e-12)


def test_vgg19_compares_the_content_at_relu4_2_and_the_style_at_the_five_others() -> None:
    recipe = vgg.ENGINE.recipe(Controls(), Extent(64, 64), 1)
    assert vgg.LAYERS[recipe.weights.content_layer] == "relu4_2"
    assert len(recipe.weights.layers) == 5
    assert recipe.depth == 6


def test_drafts_take_fewer_steps_than_other_engines() -> None:
    draft, reference = (
        engine.recipe(Controls(), Extent(512, 512), 1) for engine in (random_filters.ENGINE, vgg.ENGINE)
    )
    assert draft.steps <= reference.steps / 2
