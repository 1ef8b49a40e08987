"""A checkpoint's bytes hold all that a painting is, and are the painting's own memory, not a copy of it."""

import numpy as np
import pytest
import torch

from composer.neural.adam import Painting
from composer.neural.checkpoint import Checkpoint, raw

from .studio import CPU

PLANES = ("x", "m", "v", "mean")


@pytest.fixture
def painting() -> Painting:
    lots = torch.Generator().manual_seed(1)
    painted = Painting.start(torch.rand(1, 3, 17, 23, generator=lots))
    for _ in range(3):
        painted.step(torch.randn(1, 3, 17, 23, generator=lots), 0.03, 0.9)
    return painted


@pytest.mark.parametrize("side", [None, 512])
def test_everything_comes_back(painting: Painting, side: int | None) -> None:
    again = Checkpoint.of(b"".join(Checkpoint(2, 7, side, painting).parts()), CPU)
    assert (again.scale, again.step, again.side) == (2, 7, side)
    assert (again.painting.weight, again.painting.steps) == (painting.weight, painting.steps)
    for name in PLANES:
        assert torch.equal(getattr(again.painting, name), getattr(painting, name))


def test_it_is_read_from_a_view_too(painting: Painting) -> None:
    kept = memoryview(b"".join(Checkpoint(0, 1, None, painting).parts()))
    assert torch.equal(Checkpoint.of(kept, CPU).painting.x, painting.x)


def test_writing_copies_no_picture(painting: Painting) -> None:
    _, *planes = Checkpoint(0, 1, None, painting).parts()
    for name, part in zip(PLANES, planes, strict=True):
        assert np.shares_memory(np.frombuffer(part, np.float32), getattr(painting, name).numpy())


def test_what_goes_on_does_not_change_what_was_kept(painting: Painting) -> None:
    kept = b"".join(Checkpoint(0, 1, None, painting).parts())
    first, second = (Checkpoint.of(kept, CPU).painting for _ in range(2))
    first.step(torch.ones_like(first.x), 0.1, 0.9)
    assert not torch.equal(first.x, second.x)
    assert torch.equal(second.x, painting.x)


def test_raw_bytes_are_those_of_the_values_in_order() -> None:
    values = torch.arange(12, dtype=torch.float32).view(3, 4)
    assert bytes(raw(values.T)) == values.T.contiguous().numpy().tobytes()
