"""Contrast: differences between pixels are told apart by colour, and rare ones are dear."""

import pytest
import torch
from torch import Tensor

from composer.neural.contrast import differences, prices
from composer.neural.picture import Picture
from composer.neural.tiles import bands
from composer.pixels.geometry import Bounds, Extent

from .studio import plane, waves

GREY, RED_GREEN = (torch.tensor(v, dtype=torch.float64) for v in ([1.0, 1.0, 1.0], [1.0, -1.0, 0.0]))
UNIT = RED_GREEN / RED_GREEN.norm()


def speckled(extent: Extent, colour: Tensor) -> Picture:
    """Mid-grey, each pixel moved along a colour by lot."""
    lots = torch.Generator().manual_seed(3)
    noise = torch.rand(1, 1, extent.height, extent.width, generator=lots, dtype=torch.float64) - 0.5
    rgb = 0.5 + 0.2 * noise * colour[:, None, None]
    return Picture(rgb, plane(extent, 1.0), Bounds.of(extent))


@pytest.mark.parametrize("extent", [Extent(23, 17), Extent(500, 420)], ids=str)
def test_differences_are_those_of_all_pairs_of_neighbours(extent: Extent) -> None:
    picture = waves(extent, 4)
    pairs = torch.cat([picture.rgb.diff(dim=axis)[0].flatten(1) for axis in (2, 3)], 1)
    torch.testing.assert_close(differences(picture), pairs @ pairs.T / pairs.shape[1])
    assert extent.width < 100 or len(list(bands(picture.rgb))) > 1


def test_what_is_transparent_makes_no_difference() -> None:
    extent = Extent(40, 30)
    calm, loud = speckled(extent, 0.2 * GREY), speckled(extent, RED_GREEN)
    left = plane(extent, 0.0)
    left[..., :20] = 1
    mixed = torch.where(left > 0, calm.rgb, loud.rgb)
    hidden = differences(Picture(mixed, left, calm.visible))
    shown = Picture(calm.rgb[..., :20].contiguous(), left[..., :20].contiguous(), Bounds(0, 0, 20, 30))
    torch.testing.assert_close(hidden, differences(shown))
    assert not differences(Picture(loud.rgb, 0 * left, calm.visible)).any()


def test_a_hue_that_a_grey_style_does_not_have_is_dear_and_a_grey_is_not() -> None:
    W = prices(differences(speckled(Extent(60, 50), GREY)), chroma=64)
    grey = GREY / GREY.norm()
    assert float(grey @ W @ grey) == pytest.approx(1)
    assert float(UNIT @ W @ UNIT) == pytest.approx(65)


def test_a_hue_that_a_style_has_as_much_of_as_of_light_is_as_cheap() -> None:
    extent = Extent(60, 50)
    G = differences(speckled(extent, GREY)) * 2 / 3 + differences(speckled(extent, RED_GREEN))
    W = prices(G, chroma=64)
    assert float(UNIT @ W @ UNIT) == pytest.approx(1)
    third = torch.linalg.cross(GREY, RED_GREEN)
    assert float(third @ W @ third / third.square().sum()) == pytest.approx(65)


def test_prices_do_not_ask_how_strong_a_style_is_nor_break_where_it_has_one_colour() -> None:
    G = differences(waves(Extent(60, 50), 5))
    torch.testing.assert_close(prices(0.01 * G, 64), prices(G, 64))
    assert torch.isfinite(prices(0 * G, 64)).all()
    torch.testing.assert_close(prices(G[:1, :1], 64), torch.ones(1, 1, dtype=G.dtype))
