"""Colour modes: whose colours come out, and that nothing leaves sRGB or turns grey on the way."""

import numpy as np
import pytest

from composer.neural.palette import (
    carried,
    colour_moments,
    lightness,
    recoloured,
    with_chroma,
)
from composer.neural.picture import Picture
from composer.pixels.color import srgb_to_oklab
from composer.pixels.raster import Raster


def lab(picture: Picture) -> np.ndarray:
    return srgb_to_oklab(picture.pixels()).reshape(-1, 3)


def test_a_style_carried_to_the_content_has_its_colours(photo: Raster, painting: Raster) -> None:
    style, content = Picture.of(painting), Picture.of(photo)
    wanted = colour_moments([(content, 1.0)])
    changed = carried(style, colour_moments([(style, 1.0)]), wanted)
    mean, covariance = colour_moments([(changed, 1.0)])
    np.testing.assert_allclose(mean, wanted[0], atol=0.02)
    np.testing.assert_allclose(covariance, wanted[1], atol=0.1 * wanted[1].max())


def test_a_flat_content_does_not_blow_the_style_up(painting: Raster) -> None:
    style = Picture.of(painting)
    flat = Picture.of(painting.with_pixels(np.full_like(painting.pixels, 128)))
    changed = recoloured(flat, colour_moments([(flat, 1.0)]), colour_moments([(style, 1.0)]))
    assert np.ptp(lab(changed), axis=0).max() < 0.05


def test_a_calm_style_in_hard_colours_keeps_its_drawing_in_lights_and_darks(painting: Raster) -> None:
    calm = Picture.of(painting.with_pixels((96 + painting.pixels // 4).astype(np.uint8)))
    hard = np.array([0.55, 0.0, 0.0]), np.diag([0.35, 0.1, 0.1]) ** 2
    cut, kept = (act(calm, colour_moments([(calm, 1.0)]), hard) for act in (carried, recoloured))
    ends = [np.isin(lab(picture)[:, 0].round(3), (0.0, 1.0)).mean() for picture in (cut, kept)]
    assert ends[0] > 0.02
    assert ends[1] < 0.005


def test_pixels_without_weight_do_not_dim_the_lights(photo: Raster) -> None:
    pixels = photo.pixels.copy()
    pixels[:, :20] = 255
    picture = Picture.of(photo.with_pixels(pixels))
    weight = picture.weight.clone()
    weight[..., :20] = 0
    part = picture.with_weight(weight)
    moments = colour_moments([(part, 1.0)])
    brighter = moments[0] + np.array([0.1, 0, 0]), moments[1]
    right = [recoloured(each, moments, brighter).pixels()[:, 20:] for each in (part, picture)]
    assert right[0].mean() > right[1].mean()


def test_hidden_pixels_have_no_say_in_the_colours(photo: Raster) -> None:
    pixels = photo.pixels.copy()
    pixels[:, 40:] = [255, 0, 255, 0]
    left = photo.with_pixels(np.ascontiguousarray(photo.pixels[:, :40]))
    hidden = colour_moments([(Picture.of(photo.with_pixels(pixels)), 1.0)])
    np.testing.assert_allclose(hidden[0], colour_moments([(Picture.of(left), 1.0)])[0], atol=1e-6)


def test_lightness_and_chroma_taken_apart_make_the_picture_again(photo: Raster) -> None:
    picture = Picture.of(photo)
    again = with_chroma(lightness(picture), picture)
    np.testing.assert_allclose(again.pixels(), picture.pixels(), atol=2e-3)


def test_bands_do_not_show(photo: Raster, painting: Raster, monkeypatch: pytest.MonkeyPatch) -> None:
    style, content = Picture.of(painting), Picture.of(photo)
    wanted = colour_moments([(content, 1.0)])
    at_once = recoloured(style, colour_moments([(style, 1.0)]), wanted)
    monkeypatch.setattr("composer.neural.tiles._BAND", 3 * 2 * style.extent.width)  # two rows
    in_bands = recoloured(style, colour_moments([(style, 1.0)]), wanted)
    np.testing.assert_allclose(in_bands.pixels(), at_once.pixels(), atol=1e-6)
