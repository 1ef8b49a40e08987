"""R squared says how much of a teacher's features the encoder's determine."""

import pytest
import torch
from torch import Tensor

from training.readout import Readout, fit, r_squared


def pairs(noise: float = 0.0) -> list[tuple[list[Tensor], list[Tensor]]]:
    """Two layers of 5 and 7 channels, and a teacher that is a linear map of them plus noise."""
    generator = torch.Generator().manual_seed(3)
    maps = [torch.randn(4, 5, generator=generator), torch.randn(6, 7, generator=generator)]
    made = []
    for _ in range(3):
        features = [torch.rand(2, m.shape[1], 16, 16, generator=generator) for m in maps]
        teacher = [torch.einsum("oi,niyx->noyx", m, f) for m, f in zip(maps, features, strict=True)]
        made.append(
            (
                features,
                [
                    t + noise * torch.randn(t.shape, generator=generator) * t.std((0, 2, 3), keepdim=True)
                    for t in teacher
                ],
            )
        )
    return made


def readout(examples: list[tuple[list[Tensor], list[Tensor]]]) -> Readout:
    return Readout((5, 7), [teacher for _, teacher in examples])


def test_fitted_heads_read_a_linear_teacher_completely() -> None:
    examples = pairs()
    heads = readout(examples)
    assert r_squared(heads, examples).max() < 0.5
    fit(heads, examples)
    assert r_squared(heads, examples).tolist() == pytest.approx([1, 1], abs=1e-3)


def test_what_only_the_noise_decides_is_not_explained() -> None:
    examples = pairs(noise=1.0)
    heads = readout(examples)
    fit(heads, examples)
    assert r_squared(heads, examples).tolist() == pytest.approx([0.5, 0.5], abs=0.1)


def test_knowing_the_mean_only_explains_nothing() -> None:
    examples = pairs()
    heads = readout(examples)
    for head in heads.heads:
        torch.nn.init.zeros_(head.weight)
        torch.nn.init.zeros_(head.bias)
    assert r_squared(heads, examples).tolist() == pytest.approx([0, 0], abs=1e-3)


def test_errors_are_one_where_nothing_is_known() -> None:
    examples = pairs()
    heads = readout(examples)
    for head in heads.heads:
        torch.nn.init.zeros_(head.weight)
        torch.nn.init.zeros_(head.bias)
    features, teacher = examples[0]
    assert heads.errors(features, teacher).tolist() == pytest.approx([1, 1], abs=0.2)
