"""Colour: known values of the standards."""

import numpy as np
import pytest

from composer.pixels.color import linear_to_srgb, luma, oklab_to_srgb, srgb_to_linear, srgb_to_oklab
from composer.pixels.css import parse_color


def test_srgb_to_linear_has_the_values_of_the_standard() -> None:
    assert srgb_to_linear(np.array([0.0, 0.04045, 0.5, 1.0])) == pytest.approx(
        [0.0, 0.0031308, 0.21404114, 1.0], abs=1e-6
    )


def test_both_ways_give_the_colour_back() -> None:
    colors = np.random.default_rng(0).uniform(0, 1, (500, 3)).astype(np.float32)
    assert linear_to_srgb(srgb_to_linear(colors)) == pytest.approx(colors, abs=1e-5)
    assert oklab_to_srgb(srgb_to_oklab(colors)) == pytest.approx(colors, abs=2e-4)


@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        ((1, 1, 1), (1.0, 0.0, 0.0)),
        ((1, 0, 0), (0.62796, 0.22486, 0.12585)),
        ((0, 1, 0), (0.86644, -0.23389, 0.17950)),
        ((0, 0, 1), (0.45201, -0.03246, -0.31153)),
    ],
)
def test_oklab_of_primaries_is_ottossons(rgb: tuple[int, ...], lab: tuple[float, ...]) -> None:
    assert srgb_to_oklab(np.array(rgb)) == pytest.approx(lab, abs=2e-4)


def test_luma_is_rec_601() -> None:
    assert luma(np.eye(3, dtype=np.float32)) == pytest.approx([0.299, 0.587, 0.114])


@pytest.mark.parametrize(
    ("text", "rgba"),
    [
        ("#ff0000", (1, 0, 0, 1)),
        ("#0f0", (0, 1, 0, 1)),
        ("#00000080", (0, 0, 0, 128 / 255)),
        ("navy", (0, 0, 128 / 255, 1)),
    ],
)
def test_css_colours(text: str, rgba: tuple[float, ...]) -> None:
    assert parse_color(text) == pytest.approx(rgba)


@pytest.mark.parametrize("text", ["", "ff0000", "#12", "#gggggg", "greenish", "rgb(1,2,3)"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a colour"):
        parse_color(text)
