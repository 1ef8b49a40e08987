"""Defects: each figure answers to its defect and to nothing else."""

import numpy as np
import pytest

from benchmarks.quality import defects
from composer.pixels.raster import FloatArray


@pytest.fixture
def smooth() -> FloatArray:
    y, x = np.mgrid[:96, :128] / 20
    rgb = np.stack([0.5 + 0.3 * np.sin(x), 0.5 + 0.3 * np.cos(y), 0.5 + 0.3 * np.sin(x + y)], axis=2)
    return rgb.astype(np.float32)


@pytest.fixture
def noise() -> FloatArray:
    return np.random.default_rng(1).normal(0, 0.05, (96, 128, 3)).astype(np.float32)


def test_grey_noise_is_grain_in_lightness_and_coloured_noise_in_chroma(
    smooth: FloatArray, noise: FloatArray
) -> None:
    clean = defects.grain(smooth)
    grey = defects.grain(np.clip(smooth + noise[..., :1], 0, 1))
    coloured = defects.grain(np.clip(smooth + noise, 0, 1))
    assert grey[0] > 5 * clean[0]
    assert coloured[1] > 2 * grey[1]


def test_an_edge_on_a_calm_ground_is_not_grain(smooth: FloatArray, noise: FloatArray) -> None:
    edged = smooth.copy()
    edged[:, 60:64] = 0
    assert defects.grain(edged)[0] < 0.1 * defects.grain(np.clip(smooth + noise[..., :1], 0, 1))[0]


def test_rims_of_many_hues_are_fringes_and_grey_ridges_are_not(smooth: FloatArray) -> None:
    ridges = 0.15 * np.sin(np.mgrid[:96, :128][1] / 2).astype(np.float32)[..., None]
    hues = np.concatenate([np.roll(ridges, shift, axis=1) for shift in (0, 4, 8)], axis=2)
    grey, rimmed = (np.clip(smooth + each, 0, 1).astype(np.float32) for each in (ridges, hues))
    clean, calm = defects.fringes(smooth), defects.calm_part(smooth)
    assert defects.fringes(grey, calm) < 2 * clean
    assert defects.fringes(rimmed, calm) > 4 * clean
    assert defects.grain(rimmed, calm)[0] < 2 * defects.grain(grey, calm)[0]


def test_half_the_chroma_is_half_the_saturation(smooth: FloatArray) -> None:
    grey = smooth.mean(axis=2, keepdims=True)
    assert defects.saturation(smooth, smooth) == pytest.approx(1)
    assert 0.3 < defects.saturation((smooth + grey) / 2, smooth) < 0.7


def test_a_busy_rim_is_told_from_a_busy_picture(smooth: FloatArray, noise: FloatArray) -> None:
    rim = smooth + noise
    rim[8:-8, 8:-8] = smooth[8:-8, 8:-8]
    assert defects.border(smooth, smooth) == pytest.approx(1)
    assert defects.border(smooth + noise, smooth) == pytest.approx(1, abs=0.3)
    assert defects.border(rim, smooth) > 2


def test_a_step_between_tiles_is_a_seam(smooth: FloatArray) -> None:
    tiled = smooth.copy()
    tiled[:, 64:] += 0.02
    before, after = defects.seam(smooth, [64], []), defects.seam(tiled, [64], [])
    assert before == pytest.approx(1, abs=0.03)
    assert after is not None
    assert after > 1.2
    assert defects.seam(smooth, [], []) is None


def test_psnr_of_one_level_in_all_pixels() -> None:
    black = np.zeros((4, 4, 3), np.float32)
    assert defects.psnr(black, black + np.float32(0.1)) == pytest.approx(20, abs=0.01)
    assert defects.psnr(black, black) == 120
