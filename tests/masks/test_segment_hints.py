"""Boxes, outlines and points tell a segmentation where the figure is."""

import numpy as np
import pytest
from pydantic import ValidationError

from composer import registry
from composer.errors import OperationError
from composer.masks._hints import Hints
from composer.operation import References
from composer.pixels.raster import Array, Mask, Raster

SEGMENT = registry.find("mask", "segment")


def discs(height: int = 240, width: int = 360) -> tuple[Array, Array]:
    """(H, W) bool: where the warm disc on the left and the green one on the right lie."""
    y, x = np.mgrid[0:height, 0:width]
    return np.hypot(x - 110, y - 120) < 55, np.hypot(x - 270, y - 120) < 55


def two_figures(depth: int = 8) -> Raster:
    left, right = discs()
    ground = np.full((*left.shape, 3), (0.25, 0.4, 0.6))
    rgb = np.where(left[..., None], (0.8, 0.4, 0.2), np.where(right[..., None], (0.3, 0.7, 0.2), ground))
    noise = np.random.default_rng(2).normal(0, 0.02, rgb.shape)
    return Raster.from_float(np.dstack((rgb + noise, np.ones(left.shape))), depth)


def segmented(image: Raster, **hints: object) -> Mask:
    mask = SEGMENT.function(image, SEGMENT.params.model_validate(hints), References())
    assert isinstance(mask, Mask)
    return mask


def overlap(mask: Mask, truth: Array) -> float:
    shown = mask.to_float() > 0.5
    return float((shown & truth).sum() / (shown | truth).sum())


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize(
    "hint",
    [
        {"box": [205, 55, 130, 130]},
        {"polygon": [[200, 120], [270, 50], [345, 120], [270, 190]]},
        {"points": [[270, 120]]},
        {"points": [[300, 90]], "not_points": [[110, 120]]},
    ],
)
def test_the_figure_that_was_meant_is_shown(depth: int, hint: dict[str, object]) -> None:
    mask = segmented(two_figures(depth), **hint)
    assert overlap(mask, discs()[1]) > 0.93
    assert mask.depth == depth
    assert mask.confidence is not None
    assert mask.confidence > 0.3


def test_nothing_is_shown_outside_a_box() -> None:
    shown = segmented(two_figures(), box=[215.5, 60, 70, 100]).to_float()
    assert shown.sum() > 3000
    assert shown[:, 215].max() < 0.51
    shown[60:160, 215:286] = 0
    assert shown.max() == 0


def test_a_point_is_shown_and_one_beside_is_hidden_whatever_the_colours_say() -> None:
    ground, figure = [30.5, 30.5], [270.5, 120.5]
    mask = segmented(two_figures(), points=[ground, [110, 120]], not_points=[figure])
    assert mask.values[30, 30] == 255
    assert mask.values[120, 270] == 0


def test_points_count_from_the_canvas_not_from_the_layer() -> None:
    pixels = np.zeros((400, 500, 4), np.uint8)
    pixels[100:340, 90:450] = two_figures().pixels
    truth = np.zeros((400, 500), bool)
    truth[100:340, 90:450] = discs()[0]
    assert overlap(segmented(Raster(pixels), points=[[200, 220]]), truth) > 0.93


def test_hints_are_drawn_smaller_on_a_draft() -> None:
    whole = {"box": [20, 30, 100, 60], "points": [[40, 50]], "polygon": [[0, 0], [200, 0], [0, 200]]}
    half = SEGMENT.params.model_validate(whole).scaled(0.5)
    assert half.model_dump(include=set(whole)) == {
        "box": (10, 15, 50, 30),
        "points": ((20, 25),),
        "polygon": ((0, 0), (100, 0), (0, 100)),
    }


@pytest.mark.parametrize(
    ("hint", "wrong"),
    [
        ({"box": [10, 10, 0, 5]}, "more than 0"),
        ({"polygon": [[1, 1], [2, 2]]}, "at least three"),
        ({"points": [[5, 5]], "not_points": [[5, 5]]}, "in the figure and beside it"),
    ],
)
def test_hints_that_mean_nothing_are_refused(hint: dict[str, object], wrong: str) -> None:
    with pytest.raises(ValidationError, match=wrong):
        SEGMENT.params.model_validate(hint)


@pytest.mark.parametrize(
    "hint",
    [
        {"points": [[900, 50]]},
        {"box": [400, 400, 50, 50]},
        {"box": [205, 55, 130, 130], "points": [[110, 120]]},
    ],
)
def test_hints_beside_the_layer_are_told(hint: dict[str, object]) -> None:
    with pytest.raises(OperationError, match="of the segmentation lies"):
        segmented(two_figures(), **hint)


def test_a_point_at_the_rim_stays_in_a_smaller_copy_whose_side_was_rounded() -> None:
    opaque = np.ones((80, 100), bool)
    Hints(inside=((100.3, 40), (20, -0.3))).check(opaque)
    with pytest.raises(
        OperationError, match="a point of the segmentation lies where the layer has no pixels"
    ):
        Hints(inside=((100.6, 40),)).check(opaque)
