"""Denoise: grain goes, edges stay, and a clean layer is not touched."""

import cv2
import numpy as np
import pytest
from skimage import data

from composer.filters._scales import without_texture
from composer.operation import References
from composer.pixels.grain import estimate
from composer.pixels.raster import Array, Raster

from .trying import bare_edges, blobs, raster, run

SIZE = 256


def picture() -> Array:
    """(SIZE, SIZE, 3) 0…1: soft colours, cut by a hard slanted edge."""
    soft = blobs(3, (0.5, 0.45, 0.4), 0.06, SIZE)
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    return np.where((x + 0.3 * y > 170)[..., None], soft + 0.25, soft).astype(np.float32)


def grainy(sigma: float, depth: int = 8, color: float = 0.0) -> Raster:
    rng = np.random.default_rng(9)
    grey, own = rng.normal(0, 1, (SIZE, SIZE, 1)), rng.normal(0, 1, (SIZE, SIZE, 3))
    return raster((picture() + (sigma * grey + color * own) / 255).astype(np.float32), depth)


def error(image: Raster) -> float:
    return float(np.sqrt(((image.to_float()[..., :3] - picture()) ** 2).mean())) * 255


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("sigma", [3.0, 6.0])
def test_most_of_the_grain_goes_and_the_edge_stays(sigma: float, depth: int) -> None:
    result = run("denoise", grainy(sigma, depth))
    assert error(result) < 0.4 * sigma
    kept, real = (
        np.abs(np.diff(each[..., 1], axis=1)).max(axis=1) for each in (result.to_float(), picture())
    )
    assert np.median(kept / real) > 0.8


def test_speckles_of_colour_go_too() -> None:
    image = grainy(2, color=8)
    result = run("denoise", image)
    assert estimate(result).chroma < 0.15 * estimate(image).chroma
    only_grey = run("denoise", image, color=0)
    assert estimate(only_grey).chroma == pytest.approx(estimate(image).chroma, rel=0.1)


def test_so_much_grain_stays_as_is_asked_for() -> None:
    assert estimate(run("denoise", grainy(10), to=4)).luminance == pytest.approx(4, rel=0.12)
    assert estimate(run("denoise", grainy(10), strength=0.5)).luminance == pytest.approx(5, rel=0.15)


@pytest.mark.parametrize("blur", [0.0, 1.0])
@pytest.mark.parametrize("sigma", [4.0, 8.0, 12.0])
def test_what_is_left_in_each_channel_is_what_is_asked_for(sigma: float, blur: float) -> None:
    """White, and as coarse as film's; red, green and blue each their own. Measured against the clean ramp."""
    clean = np.repeat(np.linspace(0.35, 0.6, SIZE, dtype=np.float32)[None, :, None], SIZE, 0).repeat(3, 2)
    noise = np.random.default_rng(4).normal(0, 1, clean.shape).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), blur) if blur else noise
    image = raster(clean + noise * np.float32(sigma / 255) / noise.std())
    for asked in (2.0, 3.0):
        rest = (run("denoise", image, to=asked).to_float()[..., :3] - clean)[16:-16, 16:-16]
        assert rest.std(axis=(0, 1)).mean() * 255 == pytest.approx(asked, rel=0.1)
    rest = (run("denoise", image).to_float()[..., :3] - clean)[16:-16, 16:-16]
    assert rest.std() * 255 < max(0.13 * sigma, 0.6)


def test_the_least_grain_of_several_pictures_is_what_stays() -> None:
    given = References(rasters={"least_of 0": grainy(9), "least_of 1": grainy(3)})
    result = run("denoise", grainy(8), given, least_of=("a", "b"))
    assert estimate(result).luminance == pytest.approx(3, rel=0.12)


def test_a_layer_with_no_more_grain_than_wanted_is_not_touched() -> None:
    for image, knobs in ((grainy(3), {"to": 3.0}), (grainy(0, 16), {}), (grainy(8), {"strength": 0.0})):
        assert np.array_equal(run("denoise", image, **knobs).pixels, image.pixels)
    again = run("denoise", grainy(8), to=4)
    assert np.array_equal(run("denoise", again, to=4).pixels, again.pixels)


def test_grain_of_an_enlargement_goes() -> None:
    """Coarse grain is no detail: its own spectrum is what is taken."""
    large, clean = (
        cv2.resize(each, None, fx=1.6, fy=1.6, interpolation=cv2.INTER_CUBIC)
        for each in (grainy(8).to_float()[..., :3], picture())
    )
    result = run("denoise", raster(large))
    before, after = ((each - clean)[40:-40, 40:200].std() for each in (large, result.to_float()[..., :3]))
    assert after < 0.55 * before


def test_grain_out_of_a_jpeg_goes() -> None:
    pixels = np.ascontiguousarray(grainy(8).pixels[..., :3])
    file = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
    image = raster(cv2.imdecode(file, cv2.IMREAD_COLOR) / np.float32(255))
    assert error(run("denoise", image)) < 0.6 * error(image)


def gradients(image: Raster) -> float:
    grey = image.to_float()[..., :3].mean(axis=2)
    return float(np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean())


@pytest.mark.parametrize("size", [1.0, 1.2, 1.7])
@pytest.mark.parametrize("material", ["grass", "gravel"])
def test_texture_stays(material: str, size: float) -> None:
    """Clean grass and gravel, as photographed and enlarged."""
    photo = np.asarray(getattr(data, material)()[:SIZE, :SIZE], np.float32) / 255
    grey = cv2.resize(photo, None, fx=size, fy=size, interpolation=cv2.INTER_CUBIC)
    clean = raster(grey[..., None].repeat(3, 2))
    assert gradients(run("denoise", clean)) > 0.97 * gradients(clean)


def test_where_more_would_go_than_grain_less_goes() -> None:
    grain = np.random.default_rng(3).normal(0, 4, (96, 192)).astype(np.float32)
    eaten = grain.copy()
    eaten[:, 96:] *= 3
    left = without_texture(eaten, 4.0)
    assert left[:, :72] == pytest.approx(grain[:, :72], rel=1e-3)
    assert left[:, 120:].std() == pytest.approx(4.4**2 / 12, rel=0.05)


def test_no_colour_bleeds_in_from_under_transparency() -> None:
    image = grainy(6)
    pixels = image.pixels.copy()
    pixels[:, :64, 3] = 0
    pixels[:, :64, :3] = (255, 0, 0)
    result = run("denoise", Raster(pixels, 5, 9))
    assert np.array_equal(result.pixels[..., 3], pixels[..., 3])
    assert (result.left, result.top) == (5, 9)
    assert np.abs(result.to_float()[:, 64:68, :3] - picture()[:, 64:68]).mean() * 255 < 4


def test_strips_do_not_show() -> None:
    """The same picture twice below itself comes out twice the same."""
    tile = grainy(6).pixels[:, :128]
    twice = Raster(np.concatenate((tile, tile[::-1])))
    result = run("denoise", twice).pixels.astype(int)
    assert np.abs(result[:SIZE] - result[: SIZE - 1 : -1]).max() <= 1


def test_bare_layers_come_back() -> None:
    for image in bare_edges():
        assert np.array_equal(run("denoise", image).pixels, image.pixels)
