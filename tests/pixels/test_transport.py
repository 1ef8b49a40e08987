"""Transport of colours: the exact map, its bounds, and lights and darks that roll off."""

import numpy as np

from composer.pixels.transport import LEAST, MOST, bounded, extremes, rolled_off, transport


def test_transport_carries_one_covariance_to_the_other() -> None:
    random = np.random.default_rng(1)
    A, B = (np.cov(random.normal(size=(3, 50)) * scale) for scale in (0.04, 0.1))
    T = transport(A, B)
    np.testing.assert_allclose(T @ A @ T.T, B, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(T, T.T, atol=1e-9)


def test_no_direction_is_stretched_or_drawn_together_beyond_the_bounds() -> None:
    stretched = bounded(np.diag([5.0, 1.0, 0.01]))
    np.testing.assert_allclose(np.linalg.eigvalsh(stretched), [LEAST, 1.0, MOST])


def test_lightness_beyond_white_and_black_comes_in_order_within_them() -> None:
    wild = np.linspace(-0.4, 1.6, 101, dtype=np.float32)
    tamed = rolled_off(wild, -0.4, 1.6)
    assert (np.diff(tamed) > 0).all()
    np.testing.assert_allclose([tamed[0], tamed[-1]], [0, 1], atol=1e-5)
    np.testing.assert_allclose(tamed[50], wild[50], atol=0.05)


def test_lightness_that_fits_is_not_touched() -> None:
    fits = np.linspace(0, 1, 11, dtype=np.float32)
    np.testing.assert_allclose(rolled_off(fits, 0.0, 1.0), fits, atol=1e-7)


def test_stray_pixels_are_no_extremes_and_no_pixels_have_none() -> None:
    grey = np.full(1000, 0.5)
    grey[0] = 9.0
    assert extremes(grey)[1] < 1
    assert extremes(grey[:0]) == (0.0, 1.0)
