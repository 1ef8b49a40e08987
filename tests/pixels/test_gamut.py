"""Gamut: what sRGB cannot show comes back paler, at its own lightness and hue; all else stays."""

import numpy as np
import pytest

from composer.pixels.color import linear_to_srgb, oklab_to_srgb, srgb_to_oklab
from composer.pixels.gamut import kept_inside


@pytest.mark.parametrize("L", [0.05, 0.5, 0.95])
def test_colours_beyond_srgb_keep_lightness_and_hue(L: float) -> None:
    wild = np.array([[[L, 0.3, 0.2]]], np.float32)
    tamed = srgb_to_oklab(linear_to_srgb(kept_inside(wild)))[0, 0]
    assert abs(tamed[0] - L) < 0.01
    assert abs(np.arctan2(tamed[2], tamed[1]) - np.arctan2(0.2, 0.3)) < 0.15
    assert np.hypot(*tamed[1:]) > 0.01


def test_colours_within_srgb_are_not_touched() -> None:
    rgb = np.random.default_rng(0).random((40, 40, 3)).astype(np.float32)
    lab = srgb_to_oklab(rgb)
    np.testing.assert_allclose(linear_to_srgb(kept_inside(lab)), np.clip(oklab_to_srgb(lab), 0, 1), atol=1e-6)


def test_as_much_chroma_as_fits_is_kept() -> None:
    red = srgb_to_oklab(np.array([[[1.0, 0.0, 0.0]]], np.float32))
    louder = red * np.array([1, 1.5, 1.5], np.float32)
    np.testing.assert_allclose(linear_to_srgb(kept_inside(louder)), [[[1, 0, 0]]], atol=0.03)
