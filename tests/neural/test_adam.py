"""Adam on pixels: its steps are torch's own, it stays within the picture's range, its mean is the result."""

import pytest
import torch
from torch import Tensor

from composer.neural.adam import BETA_1, BETA_2, EPSILON, Painting


def rough(*shape: int, seed: int) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def gradients(count: int) -> list[Tensor]:
    return [20 * (rough(1, 3, 6, 5, seed=k) - 0.5) for k in range(count)]


@pytest.mark.parametrize("shape", [(1, 3, 6, 5), (1, 3, 300, 200)], ids=["small", "large"])
def test_steps_are_those_of_adam(shape: tuple[int, ...]) -> None:
    painting = Painting.start(0.4 + 0.2 * rough(*shape, seed=9))
    theirs = painting.x.clone().requires_grad_()
    adam = torch.optim.Adam([theirs], lr=0.01, betas=(BETA_1, BETA_2), eps=EPSILON)
    for step in range(8):
        gradient = 20 * (rough(*shape, seed=step) - 0.5)
        painting.step(gradient, 0.01, 0.9)
        theirs.grad = gradient
        adam.step()
    torch.testing.assert_close(painting.x, theirs.detach())


def test_pixels_stay_within_the_picture() -> None:
    painting = Painting.start(rough(1, 3, 6, 5, seed=1))
    for gradient in gradients(20):
        painting.step(1000 * gradient, 0.5, 0.9)
    assert float(painting.x.min()) == 0
    assert float(painting.x.max()) == 1


def test_the_result_is_the_mean_of_the_latest_pictures() -> None:
    painting, seen = Painting.start(rough(1, 3, 6, 5, seed=1)), []
    for gradient in gradients(6):
        painting.step(gradient, 0.05, 0.8)
        seen.append(painting.x.clone())
    weights = [0.8 ** (5 - k) for k in range(6)]
    mean = sum(w * x for w, x in zip(weights, seen, strict=True)) / sum(weights)
    torch.testing.assert_close(painting.result(), mean)


def test_what_has_not_moved_is_its_ground() -> None:
    ground = rough(1, 3, 6, 5, seed=1)
    assert torch.equal(Painting.start(ground).result(), ground)


def test_the_ground_itself_is_never_painted_on() -> None:
    ground = rough(1, 3, 6, 5, seed=1)
    before = ground.clone()
    Painting.start(ground).step(gradients(1)[0], 0.1, 0.9)
    assert torch.equal(ground, before)


def enlarged_by(detail: float) -> tuple[Tensor, Painting]:
    """A ground with a fine line that its half-sized version lacks, and what was painted there, enlarged."""
    ground = torch.full((1, 3, 32, 32), 0.5)
    before = torch.full((1, 3, 16, 16), 0.5)
    ground[..., 16, :] = 0.9
    painting = Painting.start(before)
    painting.step(gradients(1)[0].mean() * torch.ones_like(before), 0.01, 0.9)
    return ground, painting.at(before, ground, detail)


@pytest.mark.parametrize("detail", [0.0, 0.5, 1.0])
def test_the_next_scale_brings_back_as_much_detail_as_asked(detail: float) -> None:
    _, painting = enlarged_by(detail)
    line = float((painting.x[..., 16, :] - painting.x[..., 8, :]).mean())
    assert line == pytest.approx(0.4 * detail, abs=1e-5)


def test_the_next_scale_goes_on_in_the_same_direction() -> None:
    ground, painting = enlarged_by(1.0)
    assert painting.x.shape == painting.m.shape == painting.v.shape == ground.shape
    assert painting.steps == 1
    assert painting.m.any()
    assert float(painting.v.min()) >= 0
    assert torch.equal(painting.result(), painting.x)
