"""What a network gets to see: filled transparency, weights by layer, sizes it can read."""

import numpy as np
import torch

from composer.neural.picture import Picture, filled, guides
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


def test_guides_halve_from_layer_to_layer_and_keep_their_mean() -> None:
    weight = Picture.of(cutout().crop(cutout().bounds.pad(-4))).weight
    layers = guides(weight, 4)
    assert [len(layer) for layer in layers] == [40 * 32, 20 * 16, 10 * 8, 5 * 4]
    for layer in layers:
        torch.testing.assert_close(layer.mean(), weight.mean())


def test_shrinking_a_cutout_brings_no_hidden_colour_to_its_edge() -> None:
    small = Picture.of(cutout()).fitted(Extent(24, 20))
    assert float(small.rgb[0, 1].max()) < 0.2
    assert small.rgb.shape == (1, 3, 20, 24)
