"""What a network gets to see: filled transparency, weights by layer, sizes it can read."""

import numpy as np
import torch

from composer.neural.encoder import Encoder
from composer.neural.picture import Picture, filled
from composer.pixels.geometry import Extent
from composer.pixels.raster import Raster


def cutout() -> Raster:
    """A red disc whose transparent surroundings hold green that nobody shall ever see."""
    y, x = np.mgrid[:40, :48]
    inside = (x - 24) ** 2 + (y - 20) ** 2 < 100
    pixels = np.where(inside[..., None], [200, 30, 20, 255], [0, 255, 0, 0]).astype(np.uint8)
    return Raster(pixels)


def test_transparent_pixels_take_the_nearest_opaque_colour() -> None:
    colour = filled(cutout().to_float())
    np.testing.assert_allclose(
        colour, np.broadcast_to(np.array([200, 30, 20]) / 255, colour.shape), atol=1e-6
    )


def test_opaque_pictures_are_left_as_they_are(photo: Raster) -> None:
    picture = Picture.of(photo)
    np.testing.assert_array_equal(picture.pixels(), photo.to_float()[..., :3])
    assert picture.is_opaque


def test_the_margin_mirrors_the_picture_and_is_cut_off_again(photo: Raster) -> None:
    picture = Picture.of(photo).mirrored(8)
    assert picture.extent == Extent(96, 80)
    torch.testing.assert_close(picture.rgb[..., 7], picture.rgb[..., 8])
    np.testing.assert_array_equal(picture.pixels(), photo.to_float()[..., :3])


def test_a_tiny_picture_is_mirrored_until_the_network_can_read_it() -> None:
    picture = Picture.of(Raster(np.full((1, 40, 4), 255, np.uint8))).mirrored(2)
    assert picture.extent == Extent(44, 16)
    assert picture.pixels().shape == (1, 40, 3)


def test_what_is_transparent_counts_by_its_alpha(encoder: Encoder) -> None:
    picture = Picture.of(cutout().crop(cutout().bounds.pad(-4)))
    weights = picture.guide(encoder, 4).weights
    assert weights is not None
    assert torch.equal(weights[0], picture.weight[0, 0])
    for weight in weights:
        torch.testing.assert_close(weight.mean(), picture.weight.mean())


def test_all_of_an_opaque_picture_counts(photo: Raster, encoder: Encoder) -> None:
    assert Picture.of(photo).guide(encoder, 4).weights is None


def test_an_opaque_picture_is_opaque_at_any_size(photo: Raster) -> None:
    picture = Picture.of(photo)
    assert all(picture.fitted(Extent(side, side + 5)).is_opaque for side in range(17, 64))


def test_a_region_of_an_opaque_picture_counts_alone(photo: Raster, encoder: Encoder) -> None:
    region = torch.zeros(1, 1, 64, 80)
    region[..., :40] = 1
    weights = Picture.of(photo).guide(encoder, 1, region).weights
    assert weights is not None
    assert not weights[0][:, 40:].any()


def test_shrinking_a_cutout_brings_no_hidden_colour_to_its_edge() -> None:
    small = Picture.of(cutout()).fitted(Extent(24, 20))
    assert float(small.rgb[0, 1].max()) < 0.2
    assert small.rgb.shape == (1, 3, 20, 24)
