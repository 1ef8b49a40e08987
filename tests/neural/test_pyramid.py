"""Scales: they end at the content's own size, grow about twofold, and never starve the network."""

from itertools import pairwise

import pytest

from composer.neural.pyramid import SMALLEST, pyramid, steps_at
from composer.pixels.geometry import Extent

EXTENTS = [Extent(512, 512), Extent(512, 341), Extent(700, 700), Extent(20, 20), Extent(3000, 18)]


@pytest.mark.parametrize("final", EXTENTS, ids=str)
@pytest.mark.parametrize("start", [48.0, 128.0, 512.0])
def test_the_last_scale_is_the_content_itself(final: Extent, start: float) -> None:
    scales = pyramid(final, start, 1.0)
    assert scales[-1].extent == final
    assert scales[-1].factor == 1.0


@pytest.mark.parametrize("final", EXTENTS, ids=str)
def test_scales_grow_by_about_two_and_stay_readable(final: Extent) -> None:
    scales = pyramid(final, 64, 1.0)
    for low, high in pairwise(scales):
        assert 1.4 < high.extent.long_side / low.extent.long_side < 2.9
    assert all(min(scale.extent.width, scale.extent.height) >= SMALLEST for scale in scales)


def test_the_scales_of_the_design_come_out_at_512() -> None:
    scales = pyramid(Extent(512, 512), 128, 1.0)
    assert [scale.extent.width for scale in scales] == [128, 256, 512]
    assert [scale.steps for scale in scales] == [round(steps_at(side)) for side in (128, 256, 512)]


def test_finer_scales_take_fewer_steps_and_effort_multiplies_them() -> None:
    steps = [steps_at(side) for side in (64, 128, 200, 256, 400, 512, 800, 1024, 4096)]
    assert steps == sorted(steps, reverse=True)
    normal, high = pyramid(Extent(512, 512), 128, 1.0), pyramid(Extent(512, 512), 128, 2.0)
    assert [scale.steps for scale in high] == [2 * scale.steps for scale in normal]


def test_every_scale_takes_at_least_one_step() -> None:
    assert all(scale.steps >= 1 for scale in pyramid(Extent(512, 512), 64, 0.0001))
