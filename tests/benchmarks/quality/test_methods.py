"""Methods: a baseline differs from us in its loss and in nothing else."""

import pytest

from benchmarks.quality.baselines import gram_term, w2_term
from benchmarks.quality.judge import Judge
from benchmarks.quality.methods import DEFAULT, Baseline, Rival
from composer.neural.compact import ENGINE
from composer.neural.controls import Controls
from composer.neural.loss import Statistic
from composer.operation import PlainBench
from composer.pixels.geometry import Extent
from composer.pixels.raster import Raster

EXTENT = Extent(64, 48)


def rival(statistic: Statistic, alpha: float) -> Rival:
    return Rival(ENGINE.load, ENGINE.digest, ENGINE.footprint, statistic=statistic, weight=100.0, alpha=alpha)


def test_a_rival_keeps_our_scales_steps_start_and_smoothness() -> None:
    ours, theirs = ENGINE.recipe(DEFAULT, EXTENT, 3), rival(gram_term, 5.0).recipe(DEFAULT, EXTENT, 3)
    assert (theirs.scales, theirs.seed, theirs.detail) == (ours.scales, ours.seed, ours.detail)
    assert (theirs.rate, theirs.decay) == (ours.rate, ours.decay)
    assert theirs.weights.smoothness == ours.weights.smoothness
    assert theirs.weights.content_layer == ours.weights.content_layer
    assert (theirs.weights.content, theirs.weights.neighbours, theirs.statistic) == (5.0, 0.0, gram_term)


@pytest.mark.parametrize("statistic", [gram_term, w2_term])
def test_a_baseline_paints_and_its_knob_trades_style_for_content(
    statistic: Statistic, photo: Raster, painting: Raster, judge: Judge
) -> None:
    baseline = Baseline("rival", PlainBench(), statistic, 100.0, controls=Controls(quality="draft"))
    case = judge.case(photo, painting)
    kept, free = (case.verdict(baseline.paint(photo, painting, knob)) for knob in (2000.0, 0.0))
    assert free.overall < 0.9 * kept.overall
    assert free.content > kept.content
