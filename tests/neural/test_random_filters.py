"""Random filters are the same everywhere, see what they say they see, and part colours from patterns."""

import hashlib

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from composer.neural.random_filters import LEVELS, RandomFilters, filters

from .reach import box_seen


@pytest.fixture(scope="module")
def encoder() -> RandomFilters:
    return RandomFilters("cpu", torch.float64)


def picture(height: int, width: int) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.rand(1, 3, height, width, generator=generator, dtype=torch.float64)


def test_patterns_are_orthonormal_and_answer_no_plain_colour() -> None:
    patterns = torch.from_numpy(filters())[3:] / 4
    flat = patterns.flatten(1)
    torch.testing.assert_close(flat @ flat.T, torch.eye(21).double(), rtol=0, atol=1e-5)
    assert patterns.sum((2, 3)).abs().max() < 1e-4


def test_filters_fade_towards_their_rim() -> None:
    energy = torch.from_numpy(filters()).square().sum((0, 1)).sqrt()
    assert energy[2, 2] > energy[1, 2] > energy[0, 2] > energy[0, 0] > 0


def test_filters_are_the_ones_that_drafts_were_always_made_with() -> None:
    digest = hashlib.sha256(filters().astype("<f8").tobytes()).hexdigest()
    assert digest[:12] == "225528cd0adb", "every draft looks different now: raise the version of the engine"


def test_odd_sizes_are_halved_and_rounded_down(encoder: RandomFilters) -> None:
    features = encoder(picture(67, 51))
    assert [tuple(f.shape[2:]) for f in features] == [(67 >> k, 51 >> k) for k in range(LEVELS)]
    assert {f.shape[1] for f in features} == {48} == set(encoder.channels)
    assert encoder.levels == (0, 1, 2, 3, 4)
    assert len(encoder(picture(67, 51), 2)) == 2


@pytest.mark.parametrize("depth", [0, LEVELS + 1])
def test_a_depth_that_is_not_there_is_refused(encoder: RandomFilters, depth: int) -> None:
    with pytest.raises(ValueError, match=r"1\.\.5"):
        encoder(picture(32, 32), depth)


def halved(x: Tensor) -> Tensor:
    """Smoothed across, then down, by [1 3 3 1] / 8."""
    line = torch.tensor([1.0, 3.0, 3.0, 1.0]).double() / 8
    padded = F.pad(x, (1, 1, 1, 1), mode="replicate").flatten(0, 1)[:, None]
    across = F.conv2d(padded, line.reshape(1, 1, 1, 4), stride=(1, 2))
    return F.conv2d(across, line.reshape(1, 1, 4, 1), stride=(2, 1)).movedim(1, 0)


def test_layers_and_gradients_are_those_of_a_convolution_and_its_negative(encoder: RandomFilters) -> None:
    W = torch.from_numpy(filters())
    both, bias = torch.cat([W, -W]), -0.5 * torch.cat([W, -W]).sum((1, 2, 3))
    ours, theirs = (picture(37, 28).requires_grad_() for _ in range(2))
    pyramid = [theirs]
    while len(pyramid) < LEVELS:
        pyramid.append(halved(pyramid[-1]))
    expected = [F.conv2d(F.pad(x, (2, 2, 2, 2), mode="replicate"), both, bias).relu() for x in pyramid]
    found = encoder(ours)
    torch.testing.assert_close(found, expected)
    upstream = [torch.randn(f.shape, dtype=torch.float64) for f in found]
    torch.testing.assert_close(
        torch.autograd.grad(found, ours, upstream), torch.autograd.grad(expected, theirs, upstream)
    )


def test_a_colour_answers_through_its_mean_alone(encoder: RandomFilters) -> None:
    reddish = torch.tensor([0.9, 0.5, 0.2]).double()[:, None, None].expand(1, 3, 32, 32)
    for features in encoder(reddish):
        alive = features.amax((0, 2, 3)) > 1e-4
        assert alive.nonzero().flatten().tolist() == [0, 24 + 2], "red rises, blue falls, green is mid-grey"


@pytest.mark.parametrize("layer", range(LEVELS))
def test_a_position_sees_exactly_its_reach(encoder: RandomFilters, layer: int) -> None:
    cell, reach = 2 ** encoder.levels[layer], encoder.reach[layer]
    assert box_seen(encoder, layer) == (-reach, cell + reach)
