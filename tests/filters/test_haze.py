"""Haze: what goes into the air, and what does not."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from composer.operation import References
from composer.pixels.color import srgb_to_linear
from composer.pixels.raster import Array, Raster

from .trying import bare_edges, blobs, flat, mask, raster, run

PHOTO = raster(blobs(1, (0.35, 0.4, 0.3), 0.1))
LEFT_TO_RIGHT = np.linspace(0, 1, 128, dtype=np.float32)[None].repeat(128, 0)
EVERYWHERE = np.ones((128, 128), np.float32)


def hazed(image: Raster, depth: Array, air: Raster | None = None, **knobs: object) -> Raster:
    given = References(rasters={"from_picture": air} if air else {}, masks={"depth": mask(depth)})
    if air:
        knobs["from_picture"] = "air"
    return run("haze", image, given, depth="far", **knobs)


def light(image: Raster) -> Array:
    return srgb_to_linear(image.to_float()[..., :3])


@pytest.mark.parametrize("depth", [8, 16])
def test_it_mixes_light_with_the_air_by_depth(depth: int) -> None:
    photo = raster(PHOTO.to_float()[..., :3], depth)
    seen = np.exp(-2 * LEFT_TO_RIGHT)[..., None]
    expected = light(photo) * seen + srgb_to_linear(np.array([1, 0, 0])) * (1 - seen)
    assert light(hazed(photo, LEFT_TO_RIGHT, density=2, color="red")) == pytest.approx(expected, abs=0.006)


def test_near_things_stay() -> None:
    assert np.array_equal(hazed(PHOTO, 0 * EVERYWHERE, density=5).pixels, PHOTO.pixels)
    assert np.array_equal(hazed(PHOTO, LEFT_TO_RIGHT, density=0).pixels, PHOTO.pixels)


def test_contrast_and_colour_fade_with_distance() -> None:
    result = light(hazed(PHOTO, EVERYWHERE, density=1))
    assert result.std(axis=(0, 1)) == pytest.approx(light(PHOTO).std(axis=(0, 1)) / math.e, rel=0.05)


def test_the_air_takes_the_colour_of_what_is_far() -> None:
    """Of a photograph of another size, which is not placed, and only of its opaque far part."""
    near_and_far = np.full((40, 60, 3), (0.9, 0.1, 0.1), np.float32)
    near_and_far[:, 50:] = (0.3, 0.5, 0.8)
    alpha = np.ones((40, 60), np.float32)
    alpha[:20] = 0
    near_and_far[:20] = (0, 1, 0)
    result = hazed(PHOTO, LEFT_TO_RIGHT, raster(near_and_far, alpha=alpha), density=10)
    assert result.to_float()[64, 127, :3] == pytest.approx([0.3, 0.5, 0.8], abs=0.02)


def test_far_things_blur_and_near_ones_leave_no_halo() -> None:
    depth = np.where(np.arange(128) < 64, 0.0, 1.0)[None].repeat(128, 0)
    picture = np.where((np.arange(128) < 64)[None, :, None], (1.0, 0, 0), (0.2, 0.2, 0.2)).astype(np.float32)
    picture = np.broadcast_to(picture, (128, 128, 3)).copy()
    picture[::8, 64:] = 0.8
    result = hazed(raster(picture), depth, density=0, blur=6).to_float()
    assert result[..., :64, :3] == pytest.approx(picture[:, :64], abs=0.003)
    assert np.ptp(result[20:-20, 90, 1]) < 0.1, "the far stripes should be blurred"
    assert np.abs(result[..., 64:, 0] - result[..., 64:, 1]).max() < 0.004, "red bleeds into the distance"


def test_colours_under_what_is_transparent_do_not_bleed_into_the_distance() -> None:
    picture = np.full((128, 128, 3), 0.3, np.float32)
    picture[:, 64:] = (1, 0, 0)
    shown = (np.arange(128) < 64).astype(np.float32)[None].repeat(128, 0)
    result = hazed(raster(picture, alpha=shown), np.ones((128, 128)), density=0, blur=10).to_float()
    assert result[:, :64, :3] == pytest.approx(picture[:, :64], abs=0.01)


def test_a_layer_on_part_of_the_canvas_reads_its_own_part_of_the_depth() -> None:
    whole = hazed(PHOTO, LEFT_TO_RIGHT, density=3)
    part = Raster(np.ascontiguousarray(PHOTO.pixels[20:50, 70:100]), 70, 20)
    result = hazed(part, LEFT_TO_RIGHT, density=3)
    assert np.array_equal(result.pixels, whole.pixels[20:50, 70:100])
    assert (result.left, result.top) == (70, 20)


def test_strips_do_not_show() -> None:
    """A picture twice below itself, mirrored, comes out twice the same."""
    tall = np.concatenate((PHOTO.pixels, PHOTO.pixels[::-1]) * 40)
    far = raster(tall[..., :3] / np.float32(255))
    depth = np.ones(tall.shape[:2], np.float32)
    result = hazed(far, depth, blur=4).pixels.astype(int)
    assert np.abs(result - result[::-1]).max() <= 1


def test_alpha_stays_and_bare_layers_come_back() -> None:
    faded = raster(PHOTO.to_float()[..., :3], 8, LEFT_TO_RIGHT)
    assert np.array_equal(hazed(faded, LEFT_TO_RIGHT, blur=3).pixels[..., 3], faded.pixels[..., 3])
    for image in bare_edges():
        for air in (None, *bare_edges()):
            assert hazed(image, LEFT_TO_RIGHT, air, blur=2).pixels.shape == image.pixels.shape


def test_a_see_through_colour_is_a_mistake() -> None:
    with pytest.raises(ValidationError, match="see-through"):
        hazed(flat((0, 0, 0)), EVERYWHERE, color="#c3cfd980")


def test_a_colour_that_is_none_is_a_mistake() -> None:
    with pytest.raises(ValidationError, match="not a colour"):
        hazed(flat((0, 0, 0)), EVERYWHERE, color="greyish")
