"""The recipe: how step sizes fall, what the artist's controls do to it, and how deep an encoder is read."""

from dataclasses import replace
from itertools import pairwise

import pytest

from composer.neural.controls import Controls
from composer.neural.engine import Engine, style_share
from composer.neural.recipe import Recipe
from composer.pixels.geometry import Extent

from .studio import WEIGHTS

RECIPE = Recipe(WEIGHTS, (), seed=1)
EXTENT = Extent(512, 384)


def test_steps_shrink_towards_the_end_of_a_scale() -> None:
    rates = [RECIPE.rate_at(progress, 5.0) for progress in (0, 0.25, 0.5, 0.75, 1)]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] == pytest.approx(RECIPE.rate)
    assert rates[-1] == pytest.approx(RECIPE.rate * RECIPE.floor)


def test_a_painting_that_is_in_its_style_is_left_alone() -> None:
    assert RECIPE.rate_at(0.0, 0.0) == 0
    assert RECIPE.rate_at(0.3, 0.5) == pytest.approx(0.5 * RECIPE.rate_at(0.3, 1.0))
    assert RECIPE.rate_at(0.3, 1.0) == RECIPE.rate_at(0.3, 50.0)


def test_an_encoder_is_read_as_deep_as_the_loss_looks() -> None:
    assert RECIPE.depth == 5
    assert replace(RECIPE, weights=replace(WEIGHTS, content_layer=5)).depth == 6
    assert replace(RECIPE, weights=replace(WEIGHTS, layers=(1.0, 1.0))).depth == 4


def recipe(engine: Engine, **controls: float | str) -> Recipe:
    return engine.recipe(Controls.model_validate(controls), EXTENT, 1)


def test_more_strength_pulls_less_towards_the_content(engine: Engine) -> None:
    found = [recipe(engine, strength=strength) for strength in (0.0, 0.3, 0.7, 1.0)]
    pulls = [(r.weights.content, r.weights.anchor) for r in found]
    assert all(stronger < weaker for weaker, stronger in pairwise(pulls))
    assert pulls[-1] == (0, 0)
    assert found[2].weights.content == pytest.approx(engine.content)


def test_little_strength_aims_at_the_contents_own_statistics(engine: Engine) -> None:
    assert recipe(engine, strength=0.0).blend == 0
    assert 0 < recipe(engine, strength=0.2).blend < 1
    assert recipe(engine, strength=0.4).blend == 1


def test_the_colours_held_to_go_to_the_styles_in_equal_steps_of_strength(engine: Engine) -> None:
    found = [recipe(engine, strength=strength) for strength in (0.0, 0.1, 0.35, 0.7, 1.0)]
    shares = [style_share(strength) for strength in (0.0, 0.1, 0.35, 0.7, 1.0)]
    coloured = [share * each.tone for share, each in zip(shares, found, strict=True)]
    assert coloured == pytest.approx([0, 1 / 7, 0.5, 1, 1])
    assert all(0 <= each.tone <= 1 for each in found)


def test_structure_decides_where_it_starts_and_what_comes_back(engine: Engine) -> None:
    loose, firm = (recipe(engine, structure=structure) for structure in (0.0, 1.0))
    assert loose.scales[0].extent.long_side < firm.scales[0].extent.long_side
    assert len(firm.scales) == 1
    assert (loose.detail, firm.detail) == (0, 1)


def test_quality_is_paid_for_in_steps(engine: Engine) -> None:
    steps = [recipe(engine, quality=quality).steps for quality in ("draft", "normal", "high")]
    assert steps == sorted(set(steps))


def test_what_begins_as_noise_gets_no_detail_of_the_content(engine: Engine) -> None:
    assert engine.recipe(Controls(structure=1.0), EXTENT, 1, is_from_noise=True).detail == 0
