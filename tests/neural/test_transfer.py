"""The loop: it brings the style nearer, keeps the content or stops when told to, and repeats itself."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from composer.errors import Cancelled, OperationError
from composer.neural.encoder import Encoder
from composer.neural.loss import LayerTarget, Weights, statistics_term
from composer.neural.picture import Picture
from composer.neural.pyramid import pyramid
from composer.neural.statistics import Moments, rows
from composer.neural.transfer import Recipe, StyleSource, paint
from composer.pixels.raster import Raster

from .conftest import RecordingBench

CPU = torch.device("cpu")
WEIGHTS = Weights((1.0,) * 5, content=0.3, neighbours=1.0, smoothness=1.0, anchor=0.0)


@pytest.fixture
def recipe(encoder: Encoder, photo: Raster) -> Recipe:
    return Recipe(encoder, WEIGHTS, pyramid(photo.extent, 40, 0.2), seed=1)


def run(content: Raster, style: Raster, recipe: Recipe, bench: RecordingBench) -> Tensor:
    return paint(Picture.of(content), [StyleSource(Picture.of(style), 1.0)], recipe, CPU, bench)


def distance(encoder: Encoder, picture: Tensor, style: Raster) -> float:
    pairs = zip(encoder(picture), encoder(Picture.of(style).rgb), strict=True)
    return sum(
        float(statistics_term(Moments.of(rows(a)), LayerTarget.of(Moments.of(rows(b))))[0]) for a, b in pairs
    )


def test_painting_brings_the_style_nearer(
    photo: Raster, painting: Raster, recipe: Recipe, encoder: Encoder, bench: RecordingBench
) -> None:
    painted = run(photo, painting, recipe, bench)
    before = distance(encoder, Picture.of(photo).rgb, painting)
    assert distance(encoder, painted, painting) < 0.6 * before
    assert float(painted.min()) >= 0
    assert float(painted.max()) <= 1


def test_a_heavier_content_term_stays_closer_to_the_content(
    photo: Raster, painting: Raster, recipe: Recipe, bench: RecordingBench
) -> None:
    content = Picture.of(photo).rgb
    away = []
    for weight in (0.05, 50.0):
        heavy = replace(recipe, weights=replace(WEIGHTS, content=weight, anchor=weight))
        away.append(float((run(photo, painting, heavy, bench) - content).abs().mean()))
    assert away[1] < 0.5 * away[0]


def test_progress_counts_every_step_to_the_end(
    photo: Raster, painting: Raster, recipe: Recipe, bench: RecordingBench
) -> None:
    run(photo, painting, recipe, bench)
    assert bench.told == [(done, recipe.steps) for done in range(recipe.steps + 1)]


def test_cancelling_stops_within_the_step(
    photo: Raster, painting: Raster, recipe: Recipe, impatient_bench: RecordingBench
) -> None:
    with pytest.raises(Cancelled):
        run(photo, painting, recipe, impatient_bench)
    assert impatient_bench.told[-1][0] == impatient_bench.patience


def test_equal_inputs_and_seed_give_equal_bytes(
    photo: Raster, painting: Raster, recipe: Recipe, bench: RecordingBench
) -> None:
    first = run(photo, painting, recipe, bench)
    torch.rand(5)
    assert torch.equal(first, run(photo, painting, recipe, bench))
    assert not torch.equal(first, run(photo, painting, replace(recipe, seed=2), bench))


def test_the_global_random_state_is_left_alone(
    photo: Raster, painting: Raster, recipe: Recipe, bench: RecordingBench
) -> None:
    before = torch.get_rng_state()
    run(photo, painting, recipe, bench)
    assert torch.equal(before, torch.get_rng_state())


def test_a_loss_that_is_not_finite_names_scale_and_step(
    photo: Raster, painting: Raster, recipe: Recipe, bench: RecordingBench
) -> None:
    def broken(rgb: Tensor, depth: int) -> list[Tensor]:
        features = recipe.encoder(rgb, depth)
        return [*features[:-1], features[-1] * (float("nan") if len(bench.told) > 4 else 1.0)]

    with pytest.raises(OperationError, match=r"not finite at \d+×\d+, step \d+ of \d+"):
        run(photo, painting, replace(recipe, encoder=broken), bench)


def test_a_mix_lies_between_its_styles(
    photo: Raster, painting: Raster, recipe: Recipe, encoder: Encoder, bench: RecordingBench
) -> None:
    bleak = painting.with_pixels(np.maximum(painting.pixels // 3, np.array([0, 0, 0, 255], np.uint8)))
    distances = []
    for share in (1.0, 0.5, 0.0):
        styles = [StyleSource(Picture.of(painting), share), StyleSource(Picture.of(bleak), 1 - share)]
        mixed = paint(Picture.of(photo), styles, recipe, CPU, bench)
        distances.append(distance(encoder, mixed, painting))
    assert distances == sorted(distances)
