"""Rims: lines of a strange hue some pixels wide are dear, lines of light and broad areas are not."""

import torch
from torch import Tensor

from composer.neural.contrast import prices
from composer.neural.loss import Smoothing
from composer.neural.rims import add_rims

GREY, RED_GREEN = torch.tensor([1.0, 1.0, 1.0]), torch.tensor([1.0, -1.0, 0.0]) * 1.5**0.5
SMOOTHING = Smoothing(prices(torch.ones(3, 3), 64))  # of a style of greys alone


def lined(colour: Tensor, width: int) -> Tensor:
    """Mid-grey (1, 3, 48, 48) with lines of a colour, as broad as what lies between them."""
    on = (torch.arange(48) // width % 2).float()
    return (0.5 + 0.1 * on * colour[:, None, None]).expand(1, 3, 48, 48).contiguous()


def cost(x: Tensor) -> float:
    return float(add_rims(torch.zeros_like(x), x, SMOOTHING, 1.0))


def test_lines_of_a_hue_the_style_does_not_have_are_dear_and_lines_of_light_are_not() -> None:
    assert cost(lined(RED_GREEN, 4)) > 1000 * abs(cost(lined(GREY, 4)))


def test_the_broader_the_lines_the_less_they_cost() -> None:
    at = [cost(lined(RED_GREEN, width)) for width in (4, 8, 24)]
    assert at[0] > 1.5 * at[1] > 3 * at[2] > 0


def test_what_the_cells_leave_over_at_the_end_is_let_alone() -> None:
    x = lined(RED_GREEN, 4)[..., :47, :46].contiguous()
    gradient = torch.zeros_like(x)
    add_rims(gradient, x, SMOOTHING, 1.0)
    assert gradient[..., :46, :].any()
    assert not gradient[..., 46:, :].any()
