"""What the training tests share: the repository on the path (training is not installed), a small teacher."""

import sys
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from training.teacher import DEPTHS, Teacher  # noqa: E402

ASSETS = ROOT.parent / "shared" / "assets"


@pytest.fixture
def teacher() -> Teacher:
    """A random network of VGG-19's layout with six channels everywhere."""
    generator = torch.Generator().manual_seed(7)
    widths = [3] + [6] * sum(DEPTHS)
    kernels = [torch.randn(6, width, 3, 3, generator=generator) / width**0.5 / 2 for width in widths[:-1]]
    return Teacher(tuple((kernel, torch.zeros(6)) for kernel in kernels), gain=1.0, name="random")


@pytest.fixture
def assets() -> Path:
    """The shared test material; the test is skipped without it."""
    if not (ASSETS / "weights" / "vgg19_16x.safetensors").is_file():
        pytest.skip(f"no shared assets at {ASSETS}")
    return ASSETS
