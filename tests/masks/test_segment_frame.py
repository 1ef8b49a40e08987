"""Margins and bars around a picture are not its ground; an even studio's is; and what the canvas cuts off."""

import sys

import numpy as np
import pytest

from composer import registry
from composer.build.inputs import over_canvas
from composer.errors import OperationError
from composer.masks._frame import inside_frame
from composer.operation import References
from composer.pixels.geometry import Bounds, Extent
from composer.pixels.raster import Array, Mask, Raster

SEGMENT = registry.find("mask", "segment")


def photograph(height: int = 200, width: int = 300) -> tuple[Array, Array]:
    """(H, W, 3) 0…1 of a light figure that touches the bottom before dark, uneven ground; where it is."""
    y, x = np.mgrid[0:height, 0:width]
    figure = (np.hypot(x - 150, y - 80) < 40) | (np.hypot((x - 150) / 1.2, y - 220) < 100)
    ground = np.dstack((0.1 + 0.2 * x / width, 0.25 + 0.1 * y / height, 0.15 + 0.1 * np.sin(x / 9)))
    rgb = np.where(figure[..., None], (0.85, 0.75, 0.7), ground)
    return np.clip(rgb + np.random.default_rng(8).normal(0, 0.02, rgb.shape), 0, 1), figure


def bytes_of(rgb: Array) -> Array:
    return Raster.from_float(np.dstack((rgb, np.ones(rgb.shape[:2])))).pixels


@pytest.mark.parametrize(
    ("margin", "color"),
    [((8, 8, 8, 8), 1.0), ((3, 5, 9, 2), 0.9), ((30, 30, 0, 0), 0.0), ((0, 0, 20, 20), 0.5)],
)
def test_the_figure_is_found_within_a_margin(margin: tuple[int, int, int, int], color: float) -> None:
    rgb, figure = photograph()
    top, bottom, left, right = margin
    sides = ((top, bottom), (left, right))
    framed = np.pad(rgb, (*sides, (0, 0)), constant_values=color)
    truth = np.pad(figure, sides)
    mask = SEGMENT.function(Raster(bytes_of(framed)), SEGMENT.params(), References())
    shown = mask.to_float() > 0.5
    assert (shown & truth).sum() / (shown | truth).sum() > 0.93
    inner = np.s_[top : top + 200, left : left + 300]
    outside = np.ones(truth.shape, bool)
    outside[inner] = False
    assert not shown[outside].any()


def test_a_picture_without_a_margin_is_looked_at_whole() -> None:
    rgb, _ = photograph()
    assert inside_frame(bytes_of(rgb)[..., :3]) == Bounds(0, 0, 300, 200)


def test_an_even_ground_is_no_margin() -> None:
    rgb, figure = photograph()
    studio = np.where(figure[..., None], rgb, 1.0)
    assert inside_frame(bytes_of(studio)[..., :3]) == Bounds(0, 0, 300, 200)
    assert inside_frame(np.full((40, 50, 3), 200, np.uint8)) == Bounds(0, 0, 50, 40)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (1, 20), (3, 3), (4, 5)])
def test_tiny_pictures_have_no_margin_that_leaves_nothing(size: tuple[int, int]) -> None:
    values = np.random.default_rng(3).integers(0, 255, (*size, 3)).astype(np.uint8)
    assert not inside_frame(values).is_empty
    mask = SEGMENT.function(
        Raster(np.dstack((values, np.full(size, 255, np.uint8)))), SEGMENT.params(), References()
    )
    assert mask.values.shape == size


@pytest.mark.parametrize("model", ["none", "u2net"])
def test_an_outline_beyond_the_canvas_is_a_mistake_though_the_picture_goes_on_there(model: str) -> None:
    rgb, _ = photograph()
    picture = Raster.from_float(np.dstack((rgb, np.ones(rgb.shape[:2]))), 8, left=-100)
    params = SEGMENT.params.model_validate({"model": model, "box": [-90, 20, 80, 80]})
    assert SEGMENT.needs.finding is not None
    with pytest.raises(OperationError, match="lies where the layer has no pixels"):
        SEGMENT.needs.finding.function(picture, params, References(canvas=Extent(200, 200)))


@pytest.mark.parametrize("hints", [{}, {"box": [-60, 30, 220, 140]}, {"points": [[-40, 100], [20, 100]]}])
def test_what_a_model_finds_of_a_picture_beyond_the_canvas_lies_where_it_was(
    monkeypatch: pytest.MonkeyPatch, hints: dict[str, list[int]]
) -> None:
    """A model that finds what is bright, in a picture that the canvas cuts on the left."""

    def asked(_params: object, _given: References, rgb: Array, _hints: object) -> Mask:
        return Mask.from_float(rgb[..., 0].astype(np.float32) / 255, 16, 0.9)

    monkeypatch.setattr(sys.modules["composer.masks.segment"], "_asked", asked)
    bright = (np.hypot(*np.mgrid[-90:90, -90:210]) < 60)[..., None] * np.full(3, 255, np.uint8)
    whole = Raster(np.dstack((bright.astype(np.uint8), np.full((180, 300), 255, np.uint8))), -100, 10)
    canvas = Extent(200, 200)
    params = SEGMENT.params.model_validate({"model": "u2net"} | hints)
    assert SEGMENT.needs.finding is not None
    found = SEGMENT.needs.finding.function(whole, params, References(canvas=canvas))
    on_canvas = over_canvas(whole.crop(Bounds.of(canvas)), canvas)
    shown = SEGMENT.function(on_canvas, params, References(found=found))
    assert isinstance(shown, Mask)
    truth = on_canvas.pixels[..., 0] > 127
    assert truth.any()
    assert ((shown.to_float() > 0.5) & truth).sum() / ((shown.to_float() > 0.5) | truth).sum() > 0.97
