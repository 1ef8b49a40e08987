"""Judges: 1 for the photograph, 0 for the painting, and no opinion on where in the picture things are."""

import numpy as np
import pytest

from benchmarks.quality.judge import Case, Judge
from composer.pixels.raster import Raster


@pytest.fixture
def case(judge: Judge, photo: Raster, painting: Raster) -> Case:
    return judge.case(photo, painting)


def test_the_photograph_keeps_all_content_and_has_no_style(case: Case, photo: Raster) -> None:
    verdict = case.verdict(photo)
    assert verdict.style == pytest.approx((1, 1, 1))
    assert verdict.content == 0


def test_the_painting_has_all_style_and_lost_the_content(case: Case, painting: Raster) -> None:
    verdict = case.verdict(painting)
    assert verdict.style == pytest.approx((0, 0, 0), abs=1e-6)
    assert verdict.content > 0.1


def test_between_the_two_each_distance_lies_between(case: Case, photo: Raster, painting: Raster) -> None:
    blend = photo.with_pixels(photo.pixels // 2 + painting.pixels // 2)
    verdict = case.verdict(blend.with_pixels(np.maximum(blend.pixels, np.array([0, 0, 0, 255], np.uint8))))
    assert all(0 < distance < 1 for distance in verdict.style)
    assert 0 < verdict.content < case.verdict(painting).content


def test_a_style_is_told_wherever_its_marks_lie(case: Case, painting: Raster) -> None:
    # Wrapped around by whole positions of the coarsest layer, only the borders of the patches change.
    moved = painting.with_pixels(np.ascontiguousarray(np.roll(painting.pixels, (16, 24), axis=(0, 1))))
    assert case.verdict(moved).overall < 0.25
    assert case.verdict(moved).content > 0.1


def test_the_same_picture_is_judged_the_same_twice(case: Case, photo: Raster) -> None:
    darker = photo.with_pixels(np.maximum(photo.pixels // 2, np.array([0, 0, 0, 255], np.uint8)))
    assert case.verdict(darker) == case.verdict(darker)
