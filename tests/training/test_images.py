"""Crops stay pictures whatever is done to them, and depend on the seed only."""

import numpy as np
import pytest
import torch
from torch import Generator, Tensor

from training.augment import augment
from training.photographs import bundled_images, random_crop, read_rgb
from training.procedural import PAINTERS, Painter, procedural_images


def seeded(seed: int) -> Generator:
    return Generator().manual_seed(seed)


@pytest.mark.parametrize("painter", dict.fromkeys(PAINTERS))
def test_every_painter_fills_the_canvas_with_something(painter: Painter) -> None:
    picture = painter(64, np.random.default_rng(4))
    assert picture.shape == (64, 64, 3)
    assert np.isfinite(picture).all()
    assert picture.std() > 0.001


def test_a_procedural_picture_depends_on_seed_and_number_only() -> None:
    few, many = procedural_images(2, 32, seed=9), procedural_images(3, 32, seed=9)
    assert all(torch.equal(a, b) for a, b in zip(few, many, strict=False))
    assert not torch.equal(procedural_images(1, 32, seed=8)[0], few[0])


def test_variation_keeps_pixels_in_range_and_changes_them() -> None:
    batch = torch.rand(8, 3, 24, 24, generator=seeded(1))
    varied = augment(batch, seeded(2))
    assert varied.shape == batch.shape
    assert varied.min() >= 0
    assert varied.max() <= 1
    assert not torch.equal(varied, batch)
    assert torch.equal(varied, augment(batch, seeded(2)))


@pytest.mark.parametrize("extent", [(3, 40, 200), (3, 64, 64), (3, 500, 300)])
def test_a_crop_has_the_side_asked_for_even_of_a_smaller_picture(extent: tuple[int, ...]) -> None:
    image = torch.full(extent, 128, dtype=torch.uint8)
    crops: list[Tensor] = [random_crop(image, 64, seeded(i)) for i in range(5)]
    assert all(crop.shape == (3, 64, 64) for crop in crops)
    assert all(torch.allclose(crop, torch.tensor(128 / 255), atol=1e-3) for crop in crops)


def test_bundled_photographs_are_read_as_rgb() -> None:
    paths = {path.stem: path for path in bundled_images()}
    assert {"astronaut", "camera", "coffee"} <= set(paths)
    assert read_rgb(paths["camera"]).shape == (3, 512, 512)
