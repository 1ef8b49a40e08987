"""Small pictures and a judge that needs no files."""

import numpy as np
import pytest

from benchmarks.quality.judge import Judge
from benchmarks.quality.patches import Patches
from composer.pixels.raster import Raster


def _waves(period: float, seed: int) -> Raster:
    noise = np.random.default_rng(seed).uniform(0, 0.2, (48, 64, 3))
    y, x = np.mgrid[:48, :64]
    phase = x[..., None] * [1.0, 0.6, 0.2] + y[..., None] * [0.3, 0.8, 1.0]
    rgb = np.clip(0.4 + 0.35 * np.sin(phase / period) + noise, 0, 1)
    return Raster.from_float(np.dstack([rgb, np.ones((48, 64))]).astype(np.float32))


@pytest.fixture(scope="session")
def photo() -> Raster:
    """Broad waves, 64×48."""
    return _waves(9.0, 1)


@pytest.fixture(scope="session")
def painting() -> Raster:
    """Fine waves in other colours, 64×48."""
    fine = _waves(2.0, 2)
    return fine.with_pixels(np.ascontiguousarray(fine.pixels[..., [2, 0, 1, 3]]))


@pytest.fixture(scope="session")
def judge() -> Judge:
    """The one that has learnt nothing."""
    return Judge("patches", Patches(), 2)
