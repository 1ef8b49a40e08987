"""Moments: their formulas against numpy in float64, and that parts add up to the whole."""

import numpy as np
import pytest
import torch

from composer.neural.statistics import Moments, image, mix, rows


@pytest.fixture
def features() -> np.ndarray:
    return np.random.default_rng(3).gamma(1.5, 1.0, (600, 9))


@pytest.fixture
def weights() -> np.ndarray:
    return np.random.default_rng(4).uniform(0, 1, 600)


def tensor(values: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(values.astype(np.float32))


def test_mean_covariance_and_magnitude_follow_their_formulas(features: np.ndarray) -> None:
    moments = Moments.of(tensor(features))
    np.testing.assert_allclose(moments.mean(), features.mean(0), rtol=1e-5)
    np.testing.assert_allclose(moments.covariance(), np.cov(features.T, bias=True), atol=2e-5)
    assert float(moments.magnitude()) == pytest.approx(np.sqrt((features**2).mean()), rel=1e-5)


def test_weighted_moments_follow_their_formulas(features: np.ndarray, weights: np.ndarray) -> None:
    moments = Moments.of(tensor(features), tensor(weights))
    expected = np.cov(features.T, bias=True, aweights=weights)
    np.testing.assert_allclose(moments.mean(), np.average(features, 0, weights), rtol=1e-5)
    np.testing.assert_allclose(moments.covariance(), expected, atol=2e-5)


@pytest.mark.parametrize("count", [100, 600, 5000])
def test_moments_in_half_precision_lose_little(count: int) -> None:
    lots = np.random.default_rng(3)
    F = tensor(lots.gamma(1.5, 1.0, (count, 9))).bfloat16()
    T = tensor(lots.uniform(0, 1, count))
    exact, halves = Moments.of(F.double(), T.double()), Moments.of(F, T)
    torch.testing.assert_close(halves.mean().double(), exact.mean(), rtol=1e-3, atol=0)
    torch.testing.assert_close(halves.second.double(), exact.second, rtol=3e-3, atol=0)
    assert halves.second.dtype == torch.float32


def test_weights_of_one_change_nothing(features: np.ndarray) -> None:
    plain, weighted = Moments.of(tensor(features)), Moments.of(tensor(features), torch.ones(600))
    torch.testing.assert_close(plain.covariance(), weighted.covariance())


def test_positions_without_weight_do_not_exist(features: np.ndarray, weights: np.ndarray) -> None:
    weights[200:] = 0
    garbage = features.copy()
    garbage[200:] = 1e6
    clean = Moments.of(tensor(features[:200]), tensor(weights[:200]))
    dirty = Moments.of(tensor(garbage), tensor(weights))
    torch.testing.assert_close(clean.covariance(), dirty.covariance())


def test_the_sums_of_tiles_are_the_sums_of_the_whole(features: np.ndarray, weights: np.ndarray) -> None:
    F, T = tensor(features), tensor(weights)
    tiles = Moments.of(F[:150], T[:150]) + Moments.of(F[150:410], T[150:410]) + Moments.of(F[410:], T[410:])
    torch.testing.assert_close(tiles.covariance(), Moments.of(F, T).covariance())


def test_mixing_a_style_with_itself_is_that_style(features: np.ndarray) -> None:
    moments = Moments.of(tensor(features))
    torch.testing.assert_close(mix([moments, moments], [0.3, 0.7]).covariance(), moments.covariance())


def test_a_mix_is_linear_in_mean_and_raw_second_moment(features: np.ndarray) -> None:
    other = features[:250] * 2 + 1
    mixed = mix([Moments.of(tensor(features)), Moments.of(tensor(other))], [0.25, 0.75])
    mean = 0.25 * features.mean(0) + 0.75 * other.mean(0)
    second = 0.25 * features.T @ features / 600 + 0.75 * other.T @ other / 250
    np.testing.assert_allclose(mixed.mean(), mean, rtol=1e-5)
    np.testing.assert_allclose(mixed.covariance(), second - np.outer(mean, mean), rtol=1e-4, atol=1e-4)


def test_a_style_of_no_mass_adds_nothing_to_a_mix(features: np.ndarray) -> None:
    moments, nothing = Moments.of(tensor(features)), Moments.of(tensor(features), torch.zeros(600))
    torch.testing.assert_close(mix([moments, nothing], [0.5, 0.5]).mean(), moments.mean())


def test_rows_and_image_are_inverse() -> None:
    x = torch.rand(1, 5, 4, 6).contiguous(memory_format=torch.channels_last)
    assert rows(x).data_ptr() == x.data_ptr()
    assert torch.equal(image(rows(x), x), x)
