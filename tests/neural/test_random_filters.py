"""Random filters are the same everywhere, see what they say they see, and tell colours and textures apart."""

import hashlib

import pytest
import torch
from torch import Tensor

from composer.neural.random_filters import LEVELS, RandomFilters, orthonormal_filters

from .reach import box_seen


@pytest.fixture(scope="module")
def filters() -> RandomFilters:
    return RandomFilters("cpu", torch.float64)


def picture(height: int, width: int) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.rand(1, 3, height, width, generator=generator, dtype=torch.float64)


def test_filters_are_orthonormal() -> None:
    W = torch.from_numpy(orthonormal_filters()).reshape(32, 3 * 7 * 7)
    torch.testing.assert_close(W @ W.T, torch.eye(32).double(), rtol=0, atol=1e-5)


def test_filters_do_not_depend_on_who_else_draws() -> None:
    torch.manual_seed(1)
    first = orthonormal_filters()
    torch.manual_seed(2)
    assert (orthonormal_filters() == first).all()


def test_filters_are_the_ones_that_drafts_were_always_made_with() -> None:
    digest = hashlib.sha256(orthonormal_filters().astype("<f8").tobytes()).hexdigest()
    assert digest[:12] == "8f1f38952f9d", "every draft looks different now: raise the version of the engine"


def test_odd_sizes_are_halved_and_rounded_down(filters: RandomFilters) -> None:
    features = filters(picture(67, 51))
    assert [tuple(f.shape[1:]) for f in features] == [(64, 67, 51), (64, 33, 25), (64, 16, 12), (64, 8, 6)]
    assert filters.channels == (64,) * 4
    assert filters.levels == (0, 1, 2, 3)
    assert len(filters(picture(67, 51), 2)) == 2


@pytest.mark.parametrize("depth", [0, LEVELS + 1])
def test_a_depth_that_is_not_there_is_refused(filters: RandomFilters, depth: int) -> None:
    with pytest.raises(ValueError, match=r"1\.\.4"):
        filters(picture(32, 32), depth)


def test_one_half_rises_where_the_other_is_still(filters: RandomFilters) -> None:
    for features in filters(picture(32, 32)):
        rising, falling = features[:, :32], features[:, 32:]
        assert (rising * falling == 0).all()
        assert (rising + falling > 0).float().mean() > 0.99


def test_mid_grey_answers_nothing(filters: RandomFilters) -> None:
    grey = torch.full((1, 3, 32, 32), 0.5, dtype=torch.float64)
    assert all(features.abs().max() < 1e-12 for features in filters(grey))


@pytest.mark.parametrize("layer", range(LEVELS))
def test_a_position_sees_exactly_its_reach(filters: RandomFilters, layer: int) -> None:
    cell, reach = 2 ** filters.levels[layer], filters.reach[layer]
    assert box_seen(filters, layer) == (-reach, cell + reach)
