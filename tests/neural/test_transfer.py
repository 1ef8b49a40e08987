"""The loop: it brings the style nearer, keeps the content or stops when told to, and repeats itself."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from composer.errors import Cancelled, OperationError
from composer.neural.adam import Painting
from composer.neural.again import Again
from composer.neural.controls import Finish
from composer.neural.encoder import Encoder
from composer.neural.objective import Objective
from composer.neural.picture import Picture
from composer.neural.pyramid import Scale, pyramid
from composer.neural.recipe import Recipe
from composer.neural.stage import WholePicture
from composer.neural.subject import RegionSource, StyleSource, Subject
from composer.neural.transfer import paint
from composer.pixels.geometry import Extent
from composer.pixels.raster import Raster

from .conftest import RecordingBench
from .studio import CPU, WEIGHTS, WatchedEncoder, easel, style_distance, waves


@pytest.fixture
def recipe(photo: Raster) -> Recipe:
    """Two scales of a dozen steps."""
    return Recipe(WEIGHTS, pyramid(photo.extent, 40, 0.1), seed=1)


def subject(content: Raster, *styles: tuple[Raster, float]) -> Subject:
    region = RegionSource([StyleSource(Picture.of(style), share) for style, share in styles])
    return Subject(Picture.of(content), [region])


Network = Encoder | WatchedEncoder


def painted(
    shown: Subject,
    recipe: Recipe,
    encoder: Network,
    bench: RecordingBench,
    side: int | None = None,
) -> Tensor:
    return paint(WholePicture(Again(lambda: shown), recipe, CPU), recipe, easel(encoder, side, bench))


def test_painting_brings_the_style_nearer(
    photo: Raster, painting: Raster, recipe: Recipe, encoder: Encoder, bench: RecordingBench
) -> None:
    found = painted(subject(photo, (painting, 1.0)), recipe, encoder, bench)
    before = style_distance(encoder, photo, painting)
    assert style_distance(encoder, found, painting) < 0.6 * before
    assert float(found.min()) >= 0
    assert float(found.max()) <= 1


def test_a_heavier_content_term_stays_closer_to_the_content(
    photo: Raster, painting: Raster, recipe: Recipe, encoder: Encoder, bench: RecordingBench
) -> None:
    content = Picture.of(photo).rgb
    away = []
    for weight in (0.05, 50.0):
        heavy = replace(recipe, weights=replace(WEIGHTS, content=weight, anchor=weight))
        found = painted(subject(photo, (painting, 1.0)), heavy, encoder, bench)
        away.append(float((found - content).abs().mean()))
    assert away[1] < 0.5 * away[0]


def test_a_mix_lies_between_its_styles(
    photo: Raster, painting: Raster, encoder: Encoder, bench: RecordingBench
) -> None:
    """As dark as the one, as light as the other, or in between."""
    recipe = Recipe(WEIGHTS, pyramid(photo.extent, 40, 0.3), seed=1)
    dark = painting.with_pixels(np.maximum(painting.pixels // 3, np.array([0, 0, 0, 255], np.uint8)))
    light = [
        float(painted(subject(photo, (painting, share), (dark, 1 - share)), recipe, encoder, bench).mean())
        for share in (0.0, 0.5, 1.0)
    ]
    assert light == sorted(light)
    assert light[2] > 1.3 * light[0]


def test_progress_goes_on_to_the_end(
    photo: Raster, painting: Raster, recipe: Recipe, encoder: Encoder, bench: RecordingBench
) -> None:
    painted(subject(photo, (painting, 1.0)), recipe, encoder, bench)
    done = [step for step, _ in bench.steps]
    assert {total for _, total in bench.steps} == {done[-1]}
    assert done == sorted(done)
    assert len(set(done)) == recipe.steps + 1


def test_a_step_of_a_larger_scale_counts_for_more(recipe: Recipe) -> None:
    small, large = (recipe.work(scale, 1) - recipe.work(scale, 0) for scale in (0, len(recipe.scales) - 1))
    assert small == recipe.scales[0].extent.pixels
    assert large == recipe.scales[-1].extent.pixels


@pytest.mark.parametrize("patience", [0, 1, 5])
def test_cancelling_stops_within_the_step(
    photo: Raster, painting: Raster, recipe: Recipe, encoder: Encoder, patience: int
) -> None:
    bench, watched = RecordingBench(patience=patience), WatchedEncoder(encoder)
    with pytest.raises(Cancelled):
        painted(subject(photo, (painting, 1.0)), recipe, watched, bench)
    assert len(bench.steps) == patience + 1
    assert len(bench.checkpoints) == max(0, patience - 1)


def test_cancelling_stops_between_the_tiles_of_a_step(
    strip: Raster, painting: Raster, encoder: Encoder
) -> None:
    recipe = Recipe(WEIGHTS, pyramid(strip.extent, 1000, 0.1), seed=1)
    bench, watched = RecordingBench(patience=8), WatchedEncoder(encoder)
    with pytest.raises(Cancelled):
        painted(subject(strip, (painting, 1.0)), recipe, watched, bench, 128)
    assert len(easel(encoder, 128).tiles(strip.extent)) == 5
    assert bench.checkpoints == []
    assert {done for done, _ in bench.steps} == {0}


@pytest.mark.parametrize("finish", ["adam", "lbfgs"])
def test_equal_inputs_give_equal_bytes(
    finish: Finish, photo: Raster, painting: Raster, recipe: Recipe, encoder: Encoder, bench: RecordingBench
) -> None:
    shown, short = subject(photo, (painting, 1.0)), replace(recipe, finish=finish)
    first = painted(shown, short, encoder, bench)
    torch.rand(5)
    assert torch.equal(first, painted(shown, short, encoder, bench))


def test_another_seed_gives_another_picture(
    painting: Raster, encoder: Encoder, bench: RecordingBench
) -> None:
    """Once there is more to look at than is drawn by lot."""
    extent = Extent(160, 144)
    shown = Subject(waves(extent, 1, torch.float32), subject(painting, (painting, 1.0)).regions)
    recipes = [Recipe(WEIGHTS, (Scale(extent, 1.0, 2),), seed) for seed in (1, 2, 1)]
    first, other, again = (painted(shown, recipe, encoder, bench) for recipe in recipes)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_the_global_random_state_is_left_alone(
    photo: Raster, painting: Raster, recipe: Recipe, encoder: Encoder, bench: RecordingBench
) -> None:
    before = torch.get_rng_state()
    painted(subject(photo, (painting, 1.0)), recipe, encoder, bench)
    assert torch.equal(before, torch.get_rng_state())


@dataclass
class Broken(WatchedEncoder):
    """Its deepest layer is `factor` times what it should be from call number `since` on."""

    factor: float = float("nan")
    since: int = 12

    def __call__(self, rgb: Tensor, depth: int) -> list[Tensor]:
        features = super().__call__(rgb, depth)
        return [*features[:-1], features[-1] * (self.factor if len(self.seen) >= self.since else 1.0)]


@pytest.mark.parametrize("factor", [float("nan"), 1e30], ids=["no number", "too large a number"])
@pytest.mark.parametrize("finish", ["adam", "lbfgs"])
def test_a_loss_that_is_not_finite_names_scale_and_step(
    finish: Finish, factor: float, photo: Raster, painting: Raster, recipe: Recipe, encoder: Encoder
) -> None:
    shown = subject(photo, (painting, 1.0))
    single = replace(recipe, scales=recipe.scales[-1:], finish=finish)  # content and style are read first
    step = 10 if finish == "adam" else 1
    with pytest.raises(OperationError, match=rf"not finite at 80×64, step {step} of {single.steps}"):
        painted(shown, single, Broken(encoder, factor=factor), RecordingBench())


def test_a_last_step_that_goes_wrong_leaves_no_picture(
    photo: Raster, painting: Raster, recipe: Recipe, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gradient may be no number though the loss is one."""
    usual, steps = Painting.step, sum(scale.steps for scale in recipe.scales)

    def step(of: Painting, gradient: Tensor, rate: float, decay: float) -> None:
        usual(of, gradient * float("nan") if of.steps == steps - 1 else gradient, rate, decay)

    monkeypatch.setattr(Painting, "step", step)
    with pytest.raises(OperationError, match="not finite"):
        painted(subject(photo, (painting, 1.0)), recipe, encoder, RecordingBench())


def test_cancelling_stops_between_the_tiles_in_which_the_content_is_read(
    painting: Raster, encoder: Encoder
) -> None:
    extent = Extent(320, 64)
    shown = Subject(waves(extent, 1, torch.float32), subject(painting, (painting, 1.0)).regions)
    watched = WatchedEncoder(encoder)
    with pytest.raises(Cancelled):
        painted(shown, Recipe(WEIGHTS, (Scale(extent, 1.0, 2),), 1), watched, RecordingBench(patience=3), 64)
    assert len(watched.seen) <= 4


def test_every_step_draws_lots_of_its_own(
    photo: Raster, painting: Raster, recipe: Recipe, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds, usual = [], Objective.gradient

    def gradient(of: Objective, x: Tensor, lots: torch.Generator, *rest: Any) -> tuple[float, Tensor]:
        seeds.append(lots.initial_seed())
        return usual(of, x, lots, *rest)

    monkeypatch.setattr(Objective, "gradient", gradient)
    painted(subject(photo, (painting, 1.0)), recipe, encoder, RecordingBench())
    assert len(set(seeds)) == len(seeds) == sum(scale.steps for scale in recipe.scales)


def finished(
    shown: Subject, recipe: Recipe, encoder: Encoder, side: int | None = None
) -> tuple[Tensor, list[bytes]]:
    """The picture of an uninterrupted run, and all of its checkpoints."""
    bench = RecordingBench()
    return painted(shown, recipe, encoder, bench, side), bench.checkpoints


@pytest.mark.parametrize("finish", ["adam", "lbfgs"])
@pytest.mark.parametrize("side", [None, 64], ids=["whole", "tiles"])
def test_killed_after_any_step_it_comes_to_the_same_picture(
    finish: Finish, side: int | None, photo: Raster, painting: Raster, recipe: Recipe, encoder: Encoder
) -> None:
    short = replace(recipe, scales=tuple(replace(scale, steps=3) for scale in recipe.scales), finish=finish)
    shown = subject(photo, (painting, 1.0))
    picture, checkpoints = finished(shown, short, encoder, side)
    assert len(short.scales) == 2
    assert len(checkpoints) == (6 if finish == "adam" else 4)
    for last in checkpoints:
        assert torch.equal(painted(shown, short, encoder, RecordingBench(last=last), side), picture)


def test_a_resumed_run_does_not_begin_anew(
    photo: Raster, painting: Raster, recipe: Recipe, encoder: Encoder
) -> None:
    shown = subject(photo, (painting, 1.0))
    _, checkpoints = finished(shown, recipe, encoder)
    bench = RecordingBench(last=checkpoints[-2])
    painted(shown, recipe, encoder, bench)
    assert len(bench.checkpoints) == 1
    assert bench.steps[-1][0] == bench.steps[-1][1]


def test_many_rounds_of_the_second_order_can_be_resumed_too(
    photo: Raster, painting: Raster, recipe: Recipe, encoder: Encoder
) -> None:
    long = replace(recipe, scales=(replace(recipe.scales[-1], steps=25),), finish="lbfgs")
    shown = subject(photo, (painting, 1.0))
    picture, checkpoints = finished(shown, long, encoder)
    assert len(checkpoints) == 3
    for last in checkpoints:
        assert torch.equal(painted(shown, long, encoder, RecordingBench(last=last)), picture)


def test_the_second_order_gets_further_in_as_many_steps(
    photo: Raster, painting: Raster, recipe: Recipe, encoder: Encoder, bench: RecordingBench
) -> None:
    shown = subject(photo, (painting, 1.0))
    only_style = replace(recipe, weights=replace(WEIGHTS, content=0.0, anchor=0.0, neighbours=0.0))
    first, second = (
        painted(shown, replace(only_style, finish=finish), encoder, bench) for finish in ("adam", "lbfgs")
    )
    assert style_distance(encoder, second, painting) < style_distance(encoder, first, painting)
    assert float(second.min()) == 0
    assert float(second.max()) <= 1


def test_cancelling_stops_within_a_step_of_the_second_order(
    photo: Raster, painting: Raster, recipe: Recipe, encoder: Encoder
) -> None:
    long = replace(recipe, scales=(replace(recipe.scales[-1], steps=20),), finish="lbfgs")
    bench, watched = RecordingBench(patience=4), WatchedEncoder(encoder)
    with pytest.raises(Cancelled):
        painted(subject(photo, (painting, 1.0)), long, watched, bench)
    assert len(watched.seen) <= 6


def test_progress_of_the_second_order_goes_on_to_the_end(
    strip: Raster, painting: Raster, encoder: Encoder, bench: RecordingBench
) -> None:
    recipe = Recipe(WEIGHTS, pyramid(strip.extent, 1000, 0.35), seed=1, finish="lbfgs")
    painted(subject(strip, (painting, 1.0)), recipe, encoder, bench, 320)
    done = [step for step, _ in bench.steps]
    assert done == sorted(done)
    assert done[-1] == bench.steps[-1][1]
    assert recipe.steps > 10
