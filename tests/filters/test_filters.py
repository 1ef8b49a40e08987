"""What each filter does to a picture, in an artist's terms."""

import numpy as np
import pytest
from pydantic import ValidationError

from composer import registry
from composer.pixels.raster import Array, Raster

GRAIN = 0.03  # standard deviation
PAINTERLY = ("facet", "kuwahara", "dry_brush", "painterly_base")


def run(name: str, image: Raster, **knobs: object) -> Raster:
    extension = registry.find("filter", name)
    result = extension.function(image, extension.params.model_validate(knobs))
    assert isinstance(result, Raster)
    return result


def grey(values: Array, depth: int = 8) -> Raster:
    return Raster.from_float(np.dstack((values, values, values, np.ones_like(values))), depth)


def noisy_step(depth: int = 8, size: int = 96) -> Raster:
    """Dark left, light right, with grain."""
    rng = np.random.default_rng(5)
    values = np.where(np.arange(size) < size // 2, 0.3, 0.7) + rng.normal(0, GRAIN, (size, size))
    return grey(values.astype(np.float32), depth)


def red(image: Raster) -> Array:
    values: Array = image.to_float()[..., 0]
    return values


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("name", PAINTERLY)
def test_painterly_filters_take_grain_and_keep_edges(name: str, depth: int) -> None:
    result = red(run(name, noisy_step(depth)))
    assert np.abs(np.diff(result[10:-10, 10:38])).mean() < 0.25 * GRAIN, "grain is left"
    assert result[10:-10, 40:56].mean(axis=0).max() > 0.65
    jump = np.diff(result[10:-10].mean(axis=0))
    assert np.sort(jump)[-3:].sum() > 0.3, "the edge has become soft"
    assert result[:, :40].mean() == pytest.approx(0.3, abs=0.01)


@pytest.mark.parametrize("name", PAINTERLY)
def test_painterly_filters_leave_no_blocks(name: str) -> None:
    """A slanted edge comes out as straight as it went in: blocks would make stairs."""
    y, x = np.mgrid[0:128, 0:128].astype(np.float32)
    result = red(run(name, grey(np.clip((x + 0.4 * y - 88) + 0.5, 0, 1) * 0.6 + 0.2)))
    crossing = np.argmax(result[16:-16] > 0.5, axis=1)
    line = np.polyval(np.polyfit(np.arange(crossing.size), crossing, 1), np.arange(crossing.size))
    assert np.abs(crossing - line).max() < 1.6


@pytest.mark.parametrize("name", PAINTERLY)
def test_large_radii_take_more_away(name: str) -> None:
    y, x = np.mgrid[0:160, 0:160]
    dots = grey(np.where((x % 16 < 5) & (y % 16 < 5), 0.75, 0.4).astype(np.float32))
    small, large = (red(run(name, dots, radius=radius))[40:-40, 40:-40].std() for radius in (1.5, 14.0))
    assert large < small


@pytest.mark.parametrize("radius", [4, 5])
def test_a_stroke_of_gouache_is_as_large_as_its_radius(radius: int) -> None:
    """A spot as wide as the radius goes for the most part, one twice as wide stays."""
    y, x = np.mgrid[-48:48, -48:48]
    for width, least, most in ((radius, 0.0, 0.3), (2 * radius, 0.8, 1.0)):
        spot = np.where(x * x + y * y <= width * width / 4, 0.9, 0.3).astype(np.float32)
        left = (red(run("kuwahara", grey(spot, 16), radius=radius))[44:53, 44:53].max() - 0.3) / 0.6
        assert least <= left <= most


@pytest.mark.parametrize("name", ["levels", "unsharp", "blur", *PAINTERLY])
def test_neutral_settings_change_nothing(name: str) -> None:
    neutral = {"levels": {}, "unsharp": {"amount": 0}}.get(name, {"radius": 0})
    image = noisy_step()
    assert np.array_equal(run(name, image, **neutral).pixels, image.pixels)


def test_large_layers_show_no_seams() -> None:
    """Rows are painted in bands; a picture that is the same all the way down must come out so."""
    column = np.random.default_rng(2).uniform(0.2, 0.8, 640).astype(np.float32)
    image = grey(np.tile(column, (2000, 1)))
    for name in ("kuwahara", "dry_brush"):
        rows = run(name, image).pixels[20:-20].astype(int)
        assert np.abs(rows - rows[0]).max() <= 1, name


@pytest.mark.parametrize("radius", [0.5, 3.0, 8.0, 20.0])
def test_blur_spreads_a_point_by_its_radius(radius: float) -> None:
    size = 301
    y, x = np.mgrid[0:size, 0:size] - size // 2
    spot = np.exp(-(x * x + y * y) / (2 * 6.0**2)).astype(np.float32)
    result = red(run("blur", grey(spot, 16), radius=radius))
    variance = (result * x * x).sum() / result.sum()
    assert variance**0.5 == pytest.approx((6.0**2 + radius**2) ** 0.5, rel=0.03)


def test_blur_keeps_the_outline_and_no_dark_fringe() -> None:
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[16:48, 16:48] = (250, 120, 30, 255)
    result = run("blur", Raster(pixels), radius=5).pixels
    inside = pixels[..., 3] > 0
    assert np.abs(result[inside].astype(int) - (250, 120, 30, 255)).max() <= 1
    assert np.array_equal(result[..., 3], pixels[..., 3])


def test_unsharp_adds_contrast_at_the_edge_only_above_its_threshold() -> None:
    step = grey(np.tile(np.where(np.arange(64) < 32, 0.3, 0.7), (32, 1)).astype(np.float32))
    sharp = red(run("unsharp", step, amount=1, radius=2))
    assert sharp[16].max() > 0.75
    assert sharp[16].min() < 0.25
    assert np.allclose(sharp[:, :20], 0.3, atol=0.01)
    assert np.array_equal(run("unsharp", step, threshold=0.5).pixels, step.pixels)


@pytest.mark.parametrize("depth", [8, 16])
def test_levels_set_black_white_and_the_middle(depth: int) -> None:
    ramp = grey(np.linspace(0, 1, 101, dtype=np.float32)[None], depth)
    result = red(run("levels", ramp, black=0.2, white=0.8, gamma=2))[0]
    assert result[20] == 0
    assert result[80] == 1
    assert result[50] == pytest.approx(0.5**0.5, abs=0.01)
    lifted = red(run("levels", ramp, output_black=0.25, output_white=0.5))[0]
    assert (lifted[0], lifted[100]) == pytest.approx((0.25, 0.5), abs=0.003)


def test_levels_of_one_channel_leave_the_others() -> None:
    image = noisy_step()
    result = run("levels", image, channel="green", black=0.5)
    assert np.array_equal(result.pixels[..., (0, 2, 3)], image.pixels[..., (0, 2, 3)])
    assert not np.array_equal(result.pixels[..., 1], image.pixels[..., 1])


def test_black_above_white_is_a_mistake() -> None:
    with pytest.raises(ValidationError, match="must lie below white"):
        run("levels", noisy_step(), black=0.8, white=0.3)
