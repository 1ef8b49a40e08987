"""The nearest-neighbour term against numpy, its gradient against differences, and where samples are drawn."""

import numpy as np
import torch

from composer.neural.neighbours import draw, nearest, through_unit, unit


def rough(n: int, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(n, 6, generator=generator, dtype=torch.float64)


def term(samples: torch.Tensor, B: torch.Tensor, centre: torch.Tensor) -> torch.Tensor:
    return nearest(unit(samples, centre)[0], B)[0]


def test_the_distance_is_the_larger_of_both_directions() -> None:
    A, _ = unit(rough(20, 1), torch.full((6,), 0.5))
    B, _ = unit(rough(30, 2), torch.full((6,), 0.5))
    cost = 1 - A.numpy() @ B.numpy().T
    assert np.isclose(nearest(A, B)[0], max(cost.min(1).mean(), cost.min(0).mean()))
    assert np.isclose(nearest(B, A)[0], max(cost.min(1).mean(), cost.min(0).mean()))


def test_samples_found_in_the_style_cost_nothing() -> None:
    A, _ = unit(rough(20, 1), torch.full((6,), 0.5))
    assert abs(float(nearest(A, A.flip(0))[0])) < 1e-12


def test_the_gradient_agrees_with_differences() -> None:
    centre = torch.full((6,), 0.5, dtype=torch.float64)
    for count in (12, 40):  # either direction is the larger one
        samples, B = rough(count, 3), unit(rough(25, 4), centre)[0]
        A, length = unit(samples, centre)
        gradient = through_unit(nearest(A, B)[1], A, length)
        nudge = torch.randn(count, 6, generator=torch.Generator().manual_seed(5), dtype=torch.float64) * 1e-6
        slope = term(samples + nudge, B, centre) - term(samples - nudge, B, centre)
        assert np.isclose(slope, 2 * (gradient * nudge).sum(), rtol=1e-4)


def test_equal_matches_share_the_pull() -> None:
    A = torch.tensor([[1.0, 0.0]])
    twins = torch.tensor([[0.6, 0.8], [0.6, 0.8]])
    torch.testing.assert_close(nearest(A, twins)[1], nearest(A, twins[:1])[1])


def test_samples_are_distinct_and_come_from_weighted_positions() -> None:
    weights = torch.zeros(100)
    weights[40:70] = 1
    drawn = draw(weights, 100, 20, torch.Generator().manual_seed(1))
    assert len(set(drawn.tolist())) == 20
    assert set(drawn.tolist()) <= set(range(40, 70))


def test_faint_weights_everywhere_still_give_samples() -> None:
    assert len(draw(torch.full((50,), 0.1), 50, 10, torch.Generator().manual_seed(1))) == 10


def test_drawing_leaves_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    draw(None, 100, 20, torch.Generator().manual_seed(1))
    assert torch.equal(before, torch.get_rng_state())
