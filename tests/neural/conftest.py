"""Small pictures, a small untrained encoder and a bench that remembers what it was told and asked."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pytest
import torch

from composer.digest import Json
from composer.errors import Cancelled
from composer.neural.encoder import Encoder
from composer.neural.engine import Engine
from composer.operation import Precision
from composer.pixels.raster import Raster

from .studio import engine_of, narrow_encoder


@dataclass
class RecordingBench:
    """A CPU bench with one thread; it cancels after `patience` calls of `step`, when that is given.

    `last`: the checkpoint it hands out. `kept`: what `cached` made, by its ingredients.
    """

    device: str = "cpu"
    threads: int = 1
    precision: Precision = "fp32"
    patience: int | None = None
    last: bytes | None = None
    steps: list[tuple[int, int]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    checkpoints: list[bytes] = field(default_factory=list)
    shown: list[Raster] = field(default_factory=list)
    asked: list[Mapping[str, Json]] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)

    def step(self, done: int, total: int) -> None:
        self.steps.append((done, total))
        if self.patience is not None and len(self.steps) > self.patience:
            raise Cancelled

    def tell(self, message: str) -> None:
        self.told.append(message)

    def resumed(self) -> bytes | None:
        return self.last

    def checkpoint(self, parts: Callable[[], Iterable[bytes | memoryview]]) -> None:
        self.checkpoints.append(b"".join(parts()))

    def show(self, make: Callable[[], Raster]) -> None:
        self.shown.append(make())

    def cached(self, ingredients: Mapping[str, Json], make: Callable[[], bytes | memoryview]) -> bytes:
        self.asked.append(ingredients)
        name = repr(sorted(ingredients.items()))
        if name not in self.kept:
            self.kept[name] = bytes(make())
        return self.kept[name]


@pytest.fixture
def bench() -> RecordingBench:
    return RecordingBench()


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The shipped encoder's shape, narrow and untrained: its statistics still tell textures apart."""
    return narrow_encoder(torch.float32)


@pytest.fixture(scope="session")
def exact() -> Encoder:
    """The same encoder in double precision."""
    return narrow_encoder(torch.float64)


@pytest.fixture(scope="session")
def engine() -> Engine:
    """An engine with the narrow encoder that takes a twelfth of the usual steps."""
    return engine_of(narrow_encoder)


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
def strip() -> Raster:
    """Broad waves, 608×20: wider than a tile of the smallest size and its surroundings."""
    return _textured(608, 20, 9.0, 8, 3)


@pytest.fixture(scope="session")
def broad_strip() -> Raster:
    """Broad waves, 608×48."""
    return _textured(608, 48, 9.0, 8, 3)


@pytest.fixture(scope="session")
def painting() -> Raster:
    """Fine waves in other colours, 72×90."""
    rough = _textured(72, 90, 2.0, 8, 2)
    return rough.with_pixels(rough.pixels[..., [2, 0, 1, 3]])


@pytest.fixture(scope="session")
def sketch() -> Raster:
    """Dark, nearly grey waves of another size, 64×64: nothing like the painting."""
    rough = _textured(64, 64, 4.5, 8, 4)
    dark = rough.pixels[..., [0, 0, 0, 3]] // 2
    return rough.with_pixels(np.maximum(dark, np.array([0, 0, 0, 255], np.uint8)))
