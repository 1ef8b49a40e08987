"""Segmentation without hints finds figures of any size, also beside the middle and cut off by a side."""

import numpy as np
import pytest

from composer import registry
from composer.operation import References
from composer.pixels.raster import Array, Mask, Raster

HEIGHT, WIDTH = 200, 280
Y, X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
SEGMENT = registry.find("mask", "segment")


def disc(x: float, y: float, radius: float) -> Array:
    return np.hypot(X - x, Y - y) < radius


def photograph(figure: Array) -> Raster:
    """A striped warm figure before a meadow under a sky."""
    rng = np.random.default_rng(5)
    ground = np.where(Y[..., None] < 90, np.float32([0.55, 0.7, 0.9]), np.float32([0.3, 0.5, 0.2]))
    stripes = np.where((X % 24 < 12)[..., None], np.float32([0.8, 0.4, 0.2]), np.float32([0.5, 0.2, 0.15]))
    rgb = np.where(figure[..., None], stripes, ground) + rng.normal(0, 0.04, (HEIGHT, WIDTH, 1))
    return Raster.from_float(np.dstack((np.clip(rgb, 0, 1), np.ones_like(X))).astype(np.float32), 8)


def found(figure: Array) -> Mask:
    mask = SEGMENT.function(photograph(figure), SEGMENT.params(), References())
    assert isinstance(mask, Mask)
    return mask


def overlap(mask: Mask, figure: Array) -> float:
    shown = mask.to_float() > 0.5
    return float((shown & figure).sum() / (shown | figure).sum())


@pytest.mark.parametrize(
    "figure",
    [disc(60, 150, 22), disc(225, 50, 24), disc(140, 110, 88), disc(20, 120, 80)],
    ids=["small at the bottom left", "small at the top right", "large", "cut off left"],
)
def test_a_figure_is_found_whatever_its_size_and_place(figure: Array) -> None:
    mask = found(figure)
    assert overlap(mask, figure) > 0.9, f"IoU {overlap(mask, figure):.2f}"


def test_a_mirrored_picture_has_a_mirrored_figure() -> None:
    figure = disc(20, 120, 80)
    mirrored = Raster(np.ascontiguousarray(photograph(figure).pixels[:, ::-1]))
    mask = SEGMENT.function(mirrored, SEGMENT.params(), References())
    assert isinstance(mask, Mask)
    assert overlap(mask, figure[:, ::-1]) > 0.9


def test_two_figures_that_could_each_be_meant_are_not_cut_out_with_confidence() -> None:
    sure, unsure = found(disc(140, 110, 70)), found(disc(40, 60, 25) | disc(240, 150, 25))
    assert sure.confidence is not None
    assert unsure.confidence is not None
    assert unsure.confidence < sure.confidence
