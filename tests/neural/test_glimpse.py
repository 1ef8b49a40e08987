"""A look at a painting that is not finished."""

import pytest
import torch

from composer.neural.glimpse import LONGEST, glimpse


def test_a_small_painting_is_shown_as_it_is() -> None:
    x = torch.tensor([0.0, 0.5, 2.0]).reshape(1, 3, 1, 1).expand(1, 3, 4, 6)
    raster = glimpse(x)
    assert raster.pixels.shape == (4, 6, 4)
    assert raster.pixels[2, 3].tolist() == [0, 128, 255, 255]


@pytest.mark.parametrize("channels", [1, 3])
def test_a_large_painting_is_made_small(channels: int) -> None:
    x = torch.full((1, channels, 300, 1024), 0.25, requires_grad=True)
    raster = glimpse(x)
    assert raster.pixels.shape == (150, LONGEST, 4)
    assert raster.pixels[..., :3].max() == raster.pixels[..., :3].min() == 64
