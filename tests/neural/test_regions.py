"""Regions as an artist sees them: each in its own style, none in another's, the rest as it was."""

from dataclasses import replace

import numpy as np
import pytest

from composer.neural.controls import Controls
from composer.neural.encoder import Encoder
from composer.neural.engine import Engine
from composer.neural.render import render
from composer.operation import Region, StyleImage, StyleSet
from composer.pixels.color import srgb_to_oklab
from composer.pixels.geometry import Bounds, Extent
from composer.pixels.raster import Mask, Raster

from .conftest import RecordingBench
from .studio import box_mask, engine_of, moved, narrow_encoder, style_distance

CANVAS, STRIP = Extent(80, 64), Extent(608, 20)
LEFT, RIGHT = Bounds(0, 0, 40, 64), Bounds(40, 0, 80, 64)
ALL_STYLE = Controls(structure=1.0, strength=1.0)


def region(box: Bounds, style: Raster, canvas: Extent = CANVAS, value: float = 1.0) -> Region:
    return Region(box_mask(canvas, box, value), (StyleImage(style),))


def guided(*regions: Region, rest: Raster | None = None) -> StyleSet:
    images = () if rest is None else (StyleImage(rest),)
    return StyleSet(images, seed=1, canvas_long_side=80, regions=regions)


def rendered(content: Raster, styles: StyleSet, engine: Engine, controls: Controls = ALL_STYLE) -> Raster:
    return render(content, styles, controls, engine, RecordingBench())


def test_each_region_comes_out_in_its_own_style(
    photo: Raster, painting: Raster, sketch: Raster, encoder: Encoder
) -> None:
    engine = engine_of(narrow_encoder, steps=0.3)
    halves = guided(region(LEFT, painting), region(RIGHT, sketch))
    result = rendered(photo, halves, engine)
    for box, own, other in ((LEFT, painting, sketch), (RIGHT, sketch, painting)):
        part = Raster(result.crop(box).pixels)
        assert style_distance(encoder, part, own) < 0.5 * style_distance(encoder, part, other)


@pytest.mark.parametrize("side", [8, 24])
def test_even_a_small_region_takes_its_style(
    side: int, photo: Raster, painting: Raster, sketch: Raster
) -> None:
    """In a dark style it comes out darker than in a light one, and hardly anything else does."""
    bright = sketch.with_pixels(np.abs(np.array([255, 255, 255, 0]) - sketch.pixels).astype(np.uint8))
    box, engine = Bounds(30, 20, 30 + side, 20 + side), engine_of(narrow_encoder, steps=0.1)
    light, dark = (
        rendered(photo, guided(region(box, style), rest=painting), engine) for style in (bright, sketch)
    )
    darker = light.pixels[..., :3].mean(2) - dark.pixels[..., :3].mean(2)
    assert darker[box.slices].mean() > 15
    darker[box.slices] = 0
    assert abs(darker.mean()) < 3


def short_paint(strip: Raster, left: Raster, right: Raster, engine: Engine) -> Raster:
    boxes = Bounds(0, 0, 304, 20), Bounds(304, 0, 608, 20)
    styles = guided(*(region(box, style, STRIP) for box, style in zip(boxes, (left, right), strict=True)))
    return rendered(strip, styles, engine)


def test_another_style_here_changes_nothing_there(strip: Raster, painting: Raster, sketch: Raster) -> None:
    """One step: not a byte but in the cells of 4 pixels along the border, which are smoothed together. Some
    more: what is out of reach stays, to within rounding."""
    for steps, reach, allowed in ((1 / 40, 4, 0), (1 / 8, 130, 1)):
        engine = engine_of(narrow_encoder, steps=steps)
        plain, changed = (short_paint(strip, painting, style, engine) for style in (painting, sketch))
        off = moved(plain, changed)
        assert off[:, 304:].mean() > (1 if reach else 0.3)
        assert off[:, : 304 - reach].max() <= allowed


def test_regions_that_overlap_share_in_whatever_order(
    photo: Raster, painting: Raster, sketch: Raster
) -> None:
    """After one step; later ones let rounding grow."""
    engine = engine_of(narrow_encoder, steps=1 / 120)
    twins = [region(LEFT, style) for style in (painting, sketch)]
    both = [rendered(photo, guided(*pair, rest=painting), engine) for pair in (twins, twins[::-1])]
    single = rendered(photo, guided(twins[0], rest=painting), engine)
    assert (moved(*both) <= 1).mean() > 0.95
    assert moved(both[0], photo)[LEFT.slices].mean() > 2
    assert moved(both[0], single)[LEFT.slices].mean() > 2


def test_without_styles_of_its_own_the_rest_keeps_its_bytes(
    photo: Raster, painting: Raster, engine: Engine
) -> None:
    off = moved(rendered(photo, guided(region(LEFT, painting)), engine), photo)
    assert not off[RIGHT.slices].any()
    assert off[LEFT.slices].mean() > 5


def test_soft_edges_are_a_mix(photo: Raster, painting: Raster, engine: Engine) -> None:
    faint = rendered(photo, guided(region(LEFT, painting, value=0.2)), engine)
    limit = np.maximum(photo.pixels, 255 - photo.pixels)[..., :3].max(2) * 0.2 + 1
    assert (moved(faint, photo) <= limit).all()
    assert moved(faint, photo)[LEFT.slices].mean() > 1


def test_a_black_mask_changes_nothing(
    photo: Raster, painting: Raster, sketch: Raster, engine: Engine
) -> None:
    nothing = Region(Mask(np.zeros((64, 80), np.uint8)), (StyleImage(sketch),))
    assert rendered(photo, guided(nothing), engine) is photo
    alone, beside = (
        rendered(photo, styles, engine) for styles in (guided(rest=painting), guided(nothing, rest=painting))
    )
    assert (moved(alone, beside) <= 1).mean() > 0.99


@pytest.mark.parametrize("rest", [False, True], ids=["alone", "with a rest"])
def test_a_mask_over_nothing_but_transparency_paints_nothing_there(
    rest: bool, photo: Raster, painting: Raster, sketch: Raster, engine: Engine
) -> None:
    pixels = photo.pixels.copy()
    pixels[:, 40:, 3] = 0
    content = photo.with_pixels(pixels)
    styles = guided(region(RIGHT, sketch), rest=painting if rest else None)
    result = rendered(content, styles, engine)
    np.testing.assert_array_equal(result.pixels[..., 3], pixels[..., 3])
    off = moved(result, content)[LEFT.slices]
    assert off.mean() > 5 if rest else not off.any()


def test_a_region_may_be_protected_altogether(
    photo: Raster, painting: Raster, sketch: Raster, engine: Engine
) -> None:
    styles = guided(region(LEFT, sketch), rest=painting)
    off = moved(rendered(photo, replace(styles, protect=box_mask(CANVAS, LEFT)), engine), photo)
    assert not off[LEFT.slices].any()
    assert off[RIGHT.slices].mean() > 5


def oklab_mean(raster: Raster, box: Bounds) -> np.ndarray:
    mean: np.ndarray = srgb_to_oklab(raster.crop(box).to_float()[..., :3]).mean((0, 1))
    return mean


def test_matched_colours_are_those_of_each_region(
    photo: Raster, painting: Raster, sketch: Raster, engine: Engine
) -> None:
    red = photo.pixels.copy()
    red[:, :40, 0] = 255 - red[:, :40, 0] // 3
    content = photo.with_pixels(red)
    styles = guided(region(LEFT, painting), region(RIGHT, sketch))
    result = rendered(content, styles, engine, Controls(color="match"))
    for box in (LEFT, RIGHT):
        np.testing.assert_allclose(oklab_mean(result, box), oklab_mean(content, box), atol=0.025)


def test_the_contents_colours_are_those_of_each_region(photo: Raster, painting: Raster) -> None:
    red = photo.pixels.copy()
    red[:, :40, 0] = 255 - red[:, :40, 0] // 3
    content, engine = photo.with_pixels(red), engine_of(narrow_encoder, steps=0.1)
    styles = guided(region(LEFT, painting), region(RIGHT, painting))
    for box in (LEFT, RIGHT):
        off = [
            np.abs(oklab_mean(rendered(content, styles, engine, mode), box) - oklab_mean(content, box)).max()
            for mode in (Controls(color="content", strength=1.0), Controls(color="style", strength=1.0))
        ]
        assert off[0] < 0.5 * off[1]
