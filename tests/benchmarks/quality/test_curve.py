"""Curves: who is nearer to the style at equal content."""

import pytest

from benchmarks.quality.curve import Curve, Point, compared
from benchmarks.quality.judge import Verdict


def curve(*points: tuple[float, float, float]) -> Curve:
    """Knob, content and style of each render."""
    return Curve(tuple(Point(knob, Verdict((style,), content)) for knob, content, style in points))


OURS = curve((0.3, 0.2, 0.8), (0.7, 0.4, 0.4), (1.0, 0.6, 0.2))


def test_between_renders_the_style_is_read_off_the_curve() -> None:
    assert OURS.style_at(0.5) == pytest.approx((0.4 * 0.2) ** 0.5)


def test_knobs_in_any_order_draw_the_same_curve() -> None:
    shuffled = Curve(tuple(reversed(OURS.points)))
    assert shuffled.style_at(0.33) == OURS.style_at(0.33)


def test_nothing_is_read_off_beyond_the_renders() -> None:
    assert OURS.style_at(0.1) is None
    assert OURS.style_at(0.7) is None


def test_a_better_baseline_beats_us_and_a_worse_one_does_not() -> None:
    better, worse = (curve((9, 0.1, 0.9 * k), (1, 0.7, 0.15 * k)) for k in (0.4, 2.0))
    assert not compared(OURS, better, 0.7).won
    assert compared(OURS, worse, 0.7).won


def test_a_baseline_that_does_not_cover_our_content_is_not_beaten() -> None:
    far = curve((9, 0.5, 0.9), (1, 0.7, 0.8))
    comparison = compared(OURS, far, 0.7)
    assert comparison.theirs is None
    assert not comparison.won


def test_along_the_shared_part_the_curves_ratio_is_told() -> None:
    twice = curve((3, 0.2, 1.6), (2, 0.4, 0.8), (1, 0.6, 0.4))
    assert compared(OURS, twice, 0.7).ratio == pytest.approx(0.5)


def test_the_knob_for_a_content_distance_is_guessed_from_the_renders_around_it() -> None:
    baseline = curve((100, 0.2, 0.9), (10, 0.5, 0.5), (0, 0.8, 0.3))
    assert baseline.knob_at(0.5) == pytest.approx(10)
    assert 10 < baseline.knob_at(0.35) < 100
    assert baseline.knob_at(0.1) == pytest.approx(100)
