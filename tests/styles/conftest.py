"""Pictures of waves, broad and fine, that engines are tried on."""

import numpy as np
import pytest

from composer.operation import StyleImage, StyleSet
from composer.pixels.raster import Raster


def waves(width: int, height: int, period: float, colour: tuple[float, float, float], seed: int) -> Raster:
    """Broad or fine waves between black and a colour, with a little noise."""
    y, x = np.mgrid[:height, :width]
    value = 0.5 + 0.4 * np.sin((x + 0.7 * y) / period) * np.cos((y - 0.4 * x) / period)
    noise = np.random.default_rng(seed).uniform(0, 0.1, (height, width, 1))
    rgb = value[..., None] * np.array(colour) + noise
    return Raster.from_float(np.concatenate([rgb, np.ones_like(noise)], axis=2).astype(np.float32))


@pytest.fixture(scope="session")
def content() -> Raster:
    """Broad waves in blue, 96×72."""
    return waves(96, 72, 12.0, (0.4, 0.7, 0.9), 1)


@pytest.fixture(scope="session")
def styles() -> StyleSet:
    """Fine waves in orange."""
    return StyleSet((StyleImage(waves(80, 80, 2.5, (1.0, 0.5, 0.1), 2)),), seed=3, canvas_long_side=96)
