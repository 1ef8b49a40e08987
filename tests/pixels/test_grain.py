"""What is read as grain, and what is not taken for it."""

import cv2
import numpy as np
import pytest
from skimage import data

from composer.pixels.grain import Grain, estimate, from_axes, to_axes
from composer.pixels.raster import Array, Raster

SIZE = 384


def photograph() -> Array:
    """(SIZE, SIZE, 3) levels: a smooth sky over soft shapes with hard outlines."""
    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32)
    sky = np.stack((90 + 0.1 * y, 120 + 0.08 * y, 170 - 0.05 * x), axis=2)
    hills = (y > 240 + 30 * np.sin(x / 25))[..., None]
    return np.where(hills, np.stack((60 + 0.1 * x, 80 + 0.05 * y, 50 + 0 * x), axis=2), sky)


def photographed(material: str) -> Array:
    """(512, 512) levels."""
    return np.asarray(getattr(data, material)(), np.float32)


def speckle(seed: int = 4, channels: int = 1) -> Array:
    return np.random.default_rng(seed).normal(0, 1, (SIZE, SIZE, channels)).astype(np.float32)


def raster(levels: Array, depth: int = 8) -> Raster:
    return Raster.from_float(np.dstack((levels / 255, np.ones(levels.shape[:2]))), depth)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("sigma", [2.0, 4.0, 8.0, 12.0])
def test_the_grain_of_a_photograph_is_read(sigma: float, depth: int) -> None:
    read = estimate(raster(photograph() + sigma * speckle(), depth))
    assert read.luminance == pytest.approx(sigma, rel=0.1)
    assert read.chroma < 0.5


def test_colour_grain_is_read_apart() -> None:
    read = estimate(raster(photograph() + 6 * speckle(channels=3)))
    assert read.chroma == pytest.approx(6, rel=0.1)
    assert read.luminance == pytest.approx(6 / 3**0.5, rel=0.15)


def test_a_clean_picture_has_none() -> None:
    assert estimate(raster(photograph(), 16)).luminance < 0.1


@pytest.mark.parametrize("factor", [1.3, 2.0])
def test_the_grain_of_an_enlargement_is_read(factor: float) -> None:
    grainy = cv2.resize(
        photograph() + 6 * speckle(), None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC
    )
    clean = cv2.resize(photograph(), None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    assert estimate(raster(grainy)).luminance == pytest.approx((grainy - clean).std(), rel=0.25)


def test_the_grain_of_a_jpeg_is_read() -> None:
    def through_jpeg(levels: Array) -> Array:
        file = cv2.imencode(".jpg", np.rint(levels).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
        return cv2.imdecode(file, cv2.IMREAD_COLOR).astype(np.float32)

    grainy = through_jpeg(photograph() + 6 * speckle())
    assert estimate(raster(grainy)).luminance == pytest.approx((grainy - photograph()).std(), rel=0.3)


def test_texture_is_not_taken_for_grain() -> None:
    """Soft stones of all sizes over the whole picture, without grain."""
    stones = sum(
        cv2.GaussianBlur(speckle(seed), (0, 0), s) * s for seed, s in enumerate((1.5, 3.0, 6.0, 12.0))
    )
    stones = (stones * (1 + 0.9 * np.sin(np.arange(SIZE) / 20)))[..., None].repeat(3, 2)
    picture = 128 + 40 * stones / stones.std()
    assert estimate(raster(picture)).luminance < 3
    assert estimate(raster(picture + 8 * speckle())).luminance == pytest.approx(8, rel=0.35)


@pytest.mark.parametrize("size", [1.0, 1.2, 1.4, 1.7])
@pytest.mark.parametrize("material", ["brick", "grass", "gravel"])
def test_materials_are_not_taken_for_grain(material: str, size: float) -> None:
    """Photographs of nothing but texture, as they are and enlarged."""
    levels = cv2.resize(photographed(material), None, fx=size, fy=size, interpolation=cv2.INTER_CUBIC)
    assert estimate(raster(levels[..., None].repeat(3, 2))).luminance < 1.5


@pytest.mark.parametrize(("material", "sigma"), [("brick", 4), ("grass", 4), ("gravel", 8)])
def test_grain_on_a_material_is_read(material: str, sigma: float) -> None:
    grainy = photographed(material)[:SIZE, :SIZE, None].repeat(3, 2) + sigma * speckle()
    assert estimate(raster(grainy)).luminance == pytest.approx(sigma, rel=0.25)


@pytest.mark.parametrize("sigma", [4.0, 8.0])
def test_the_grain_of_film_is_read(sigma: float) -> None:
    """Grains a pixel wide, on a photograph that has some white grain already."""
    film = cv2.GaussianBlur(speckle(), (0, 0), 0.8)[..., None]
    read = estimate(raster(photograph() + 1.2 * speckle(9) + sigma * film / film.std()))
    assert read.luminance == pytest.approx(sigma, rel=0.25)


def test_what_is_clipped_or_transparent_is_not_read() -> None:
    levels = photograph() + 6 * speckle()
    levels[:, : SIZE // 2] = 255
    half = raster(levels)
    assert estimate(half).luminance == pytest.approx(6, rel=0.1)
    cut = raster(np.where(np.arange(SIZE)[:, None, None] < 200, levels, 128))
    cut.pixels[200:, :, 3] = 0
    assert estimate(cut).luminance == pytest.approx(6, rel=0.1)


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (15, 400), (40, 40)])
def test_nothing_to_read_reads_as_none(shape: tuple[int, int]) -> None:
    assert estimate(Raster(np.zeros((*shape, 4), np.uint8))) == Grain(0, 0)


def test_axes_come_back() -> None:
    rgb = photograph().astype(np.float32)
    assert from_axes(to_axes(rgb)) == pytest.approx(rgb, abs=1e-3)
