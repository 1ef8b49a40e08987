"""Small pictures, a small untrained encoder and a bench that remembers what it was told."""

from dataclasses import dataclass, field

import numpy as np
import pytest
import torch

from composer.errors import Cancelled
from composer.neural.encoder import Encoder
from composer.pixels.raster import Raster


@dataclass
class RecordingBench:
    """A CPU bench with one thread; it cancels after `patience` steps, when that is given."""

    device: str = "cpu"
    threads: int = 1
    patience: int | None = None
    told: list[tuple[int, int]] = field(default_factory=list)

    def step(self, done: int, total: int) -> None:
        self.told.append((done, total))
        if self.patience is not None and done >= self.patience:
            raise Cancelled


@pytest.fixture
def bench() -> RecordingBench:
    return RecordingBench()


@pytest.fixture
def impatient_bench() -> RecordingBench:
    return RecordingBench(patience=3)


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The shipped encoder's shape, narrow and untrained: its statistics still tell textures apart."""
    with torch.random.fork_rng():
        torch.manual_seed(7)
        network = Encoder(((8, 8), (12, 12), (16, 16), (16, 16), (16,)))
    return network.requires_grad_(False).eval().to(memory_format=torch.channels_last)


def _textured(width: int, height: int, period: float, depth: int, seed: int) -> Raster:
    noise = np.random.default_rng(seed).uniform(0, 0.15, (height, width, 3))
    y, x = np.mgrid[:height, :width]
    phase = x[..., None] * [1.0, 0.6, 0.2] + y[..., None] * [0.3, 0.8, 1.0]
    wave = 0.5 + 0.35 * np.sin(phase / period)
    rgba = np.concatenate([np.clip(wave * 0.85 + noise, 0, 1), np.ones((height, width, 1))], axis=2)
    return Raster.from_float(rgba.astype(np.float32), depth)


@pytest.fixture(scope="session")
def photo() -> Raster:
    """Broad waves, 80×64."""
    return _textured(80, 64, 9.0, 8, 1)


@pytest.fixture(scope="session")
def deep_photo() -> Raster:
    """Broad waves, 80×64, 16 bits a channel."""
    return _textured(80, 64, 9.0, 16, 1)


@pytest.fixture(scope="session")
def painting() -> Raster:
    """Fine waves in other colours, 72×90."""
    rough = _textured(72, 90, 2.0, 8, 2)
    return rough.with_pixels(rough.pixels[..., [2, 0, 1, 3]])
