"""Rasters in, rasters out: depth, place, alpha, colour modes, odd sizes, and the memory it says it needs."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from composer.errors import OperationError
from composer.neural.encoder import Encoder
from composer.neural.loss import Weights
from composer.neural.pyramid import pyramid
from composer.neural.render import MARGIN, ColorMode, Footprint, render, style_source
from composer.neural.transfer import Recipe
from composer.operation import StyleImage, StyleSet
from composer.pixels.color import srgb_to_oklab
from composer.pixels.geometry import Extent
from composer.pixels.raster import Raster

from .conftest import RecordingBench

SMALL = Footprint(per_pixel=1000, per_style_pixel=300, fixed=0)
Render = Callable[..., Raster]


@pytest.fixture
def rendered(encoder: Encoder, painting: Raster, bench: RecordingBench) -> Render:
    """Renders with few steps: `rendered(content, color="style", footprint=SMALL)`."""
    styles = StyleSet((StyleImage(painting),), seed=1, canvas_long_side=80)
    weights = Weights((1.0,) * 5, content=0.3, neighbours=1.0, smoothness=1.0, anchor=0.0)

    def recipe(extent: Extent, _device: torch.device) -> Recipe:
        return Recipe(encoder, weights, pyramid(extent, 40, 0.1), seed=1)

    def run(content: Raster, color: ColorMode = "style", footprint: Footprint = SMALL) -> Raster:
        return render(content, styles, color, recipe, footprint, bench)

    return run


def test_sixteen_bits_stay_sixteen_bits(deep_photo: Raster, rendered: Render) -> None:
    result = rendered(deep_photo)
    assert result.depth == 16
    assert len(np.unique(result.pixels[..., 0])) > 256


def test_the_result_lies_where_the_content_lay(photo: Raster, rendered: Render) -> None:
    moved = replace(photo, left=-7, top=300)
    assert rendered(moved).bounds == moved.bounds


def test_alpha_comes_back_bit_for_bit(photo: Raster, rendered: Render) -> None:
    pixels = photo.pixels.copy()
    pixels[..., 3] = np.random.default_rng(1).integers(0, 256, pixels.shape[:2])
    np.testing.assert_array_equal(rendered(photo.with_pixels(pixels)).pixels[..., 3], pixels[..., 3])


def test_colours_under_transparent_pixels_never_show(photo: Raster, rendered: Render) -> None:
    results = []
    for hidden in (0, 255):
        pixels = photo.pixels.copy()
        pixels[:, 50:] = [hidden, hidden, 0, 0]
        results.append(rendered(photo.with_pixels(pixels)).pixels)
    np.testing.assert_array_equal(*results)


def test_nothing_to_see_comes_back_as_it_is(photo: Raster, rendered: Render, bench: RecordingBench) -> None:
    invisible = photo.with_pixels(photo.pixels * np.array([1, 1, 1, 0], np.uint8))
    assert rendered(invisible) is invisible
    assert bench.told[-1][0] == bench.told[-1][1]


@pytest.mark.parametrize("extent", [(20, 20), (3, 3), (1, 60), (200, 5), (17, 33)], ids=str)
def test_odd_sizes_are_painted(photo: Raster, rendered: Render, extent: tuple[int, int]) -> None:
    content = Raster(np.resize(photo.pixels, (extent[1], extent[0], 4)) | np.array([0, 0, 0, 255], np.uint8))
    assert rendered(content).pixels.shape == content.pixels.shape


def test_luminance_keeps_the_hues_of_the_content(photo: Raster, rendered: Render) -> None:
    before, after = (
        srgb_to_oklab(r.to_float()[..., :3]) for r in (photo, rendered(photo, color="luminance"))
    )
    coloured = np.hypot(after[..., 1], after[..., 2]) > 0.03
    hues = [np.arctan2(lab[..., 2], lab[..., 1])[coloured] for lab in (before, after)]
    assert coloured.mean() > 0.3
    assert np.abs(np.angle(np.exp(1j * (hues[0] - hues[1])))).mean() < 0.1
    assert np.abs(before[..., 0] - after[..., 0]).mean() > 0.02


def test_content_colours_are_nearer_to_the_content_than_style_colours(
    photo: Raster, rendered: Render
) -> None:
    mean = photo.pixels[..., :3].mean((0, 1))
    off = {
        c: np.abs(rendered(photo, color=c).pixels[..., :3].mean((0, 1)) - mean).sum()
        for c in ("style", "content")
    }
    assert off["content"] < off["style"]


def test_what_does_not_fit_into_memory_is_refused_with_a_way_out(photo: Raster, rendered: Render) -> None:
    with pytest.raises(OperationError, match=r"80×64 needs about .* GB") as refusal:
        rendered(photo, footprint=Footprint(per_pixel=10**12, per_style_pixel=0, fixed=0))
    assert "--scale" in refusal.value.hint


def test_a_style_is_read_at_the_size_its_scale_asks_for(painting: Raster) -> None:
    sizes = [
        style_source(StyleImage(painting, 1.0, scale), 60).picture.extent.long_side for scale in (0.5, 1, 4)
    ]
    assert sizes == [30 + 2 * MARGIN, 60 + 2 * MARGIN, 90 + 2 * MARGIN]
