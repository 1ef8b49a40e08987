"""Rasters in, rasters out: depth, place, alpha, what is protected, where it begins, in whose colours."""

from dataclasses import replace

import numpy as np
import pytest

from composer.errors import Cancelled, OperationError
from composer.neural import memory
from composer.neural.controls import Controls
from composer.neural.encoder import Encoder
from composer.neural.engine import Engine
from composer.neural.memory import Footprint
from composer.neural.render import render
from composer.operation import Precision, StyleImage, StyleSet
from composer.pixels.color import srgb_to_oklab
from composer.pixels.geometry import Bounds, Extent
from composer.pixels.raster import Mask, Raster

from .conftest import RecordingBench
from .studio import box_mask, engine_of, moved, narrow_encoder, style_distance, with_confetti, with_margin

CANVAS = Extent(80, 64)
AT_ONCE = Controls(structure=1.0, strength=1.0, quality="draft")  # a step or two at full size


@pytest.fixture
def styles(painting: Raster) -> StyleSet:
    return StyleSet((StyleImage(painting),), seed=1, canvas_long_side=80)


@pytest.fixture
def hole(photo: Raster) -> Raster:
    """Broad waves that end at column 50."""
    pixels = photo.pixels.copy()
    pixels[:, 50:] = 0
    return photo.with_pixels(pixels)


def rendered(
    content: Raster,
    styles: StyleSet,
    engine: Engine,
    controls: Controls | None = None,
    bench: RecordingBench | None = None,
) -> Raster:
    return render(content, styles, controls or Controls(), engine, bench or RecordingBench())


def test_sixteen_bits_stay_sixteen_bits(deep_photo: Raster, styles: StyleSet, engine: Engine) -> None:
    result = rendered(deep_photo, styles, engine)
    assert result.depth == 16
    assert len(np.unique(result.pixels[..., 0])) > 256


def test_the_result_lies_where_the_content_lay(photo: Raster, styles: StyleSet, engine: Engine) -> None:
    placed = replace(photo, left=7, top=300)
    assert rendered(placed, styles, engine).bounds == placed.bounds


def test_alpha_comes_back_bit_for_bit(photo: Raster, styles: StyleSet, engine: Engine) -> None:
    pixels = photo.pixels.copy()
    pixels[..., 3] = np.random.default_rng(1).integers(0, 256, pixels.shape[:2])
    result = rendered(photo.with_pixels(pixels), styles, engine)
    np.testing.assert_array_equal(result.pixels[..., 3], pixels[..., 3])


def test_colours_under_transparent_pixels_never_show(hole: Raster, styles: StyleSet, engine: Engine) -> None:
    bright = hole.pixels.copy()
    bright[:, 50:, :3] = 255
    results = [rendered(content, styles, engine) for content in (hole, hole.with_pixels(bright))]
    np.testing.assert_array_equal(results[0].pixels, results[1].pixels)


def in_colours_of(color: str) -> Controls:
    return Controls.model_validate({"color": color})


def test_nothing_to_see_comes_back_as_it_is(
    photo: Raster, styles: StyleSet, engine: Engine, bench: RecordingBench
) -> None:
    invisible = photo.with_pixels(photo.pixels * np.array([1, 1, 1, 0], np.uint8))
    assert rendered(invisible, styles, engine, bench=bench) is invisible
    assert bench.steps[-1][0] == bench.steps[-1][1]


@pytest.mark.parametrize("extent", [(20, 20), (3, 3), (1, 60), (130, 5), (17, 33)], ids=str)
def test_odd_sizes_are_painted(
    photo: Raster, styles: StyleSet, engine: Engine, extent: tuple[int, int]
) -> None:
    content = Raster(np.resize(photo.pixels, (extent[1], extent[0], 4)) | np.array([0, 0, 0, 255], np.uint8))
    assert rendered(content, styles, engine).pixels.shape == content.pixels.shape


def test_the_same_call_gives_the_same_bytes(photo: Raster, styles: StyleSet, engine: Engine) -> None:
    first, second = (rendered(photo, styles, engine) for _ in range(2))
    np.testing.assert_array_equal(first.pixels, second.pixels)


def test_half_precision_repeats_itself_and_comes_as_near_to_the_style(
    photo: Raster, painting: Raster, styles: StyleSet, engine: Engine, encoder: Encoder
) -> None:
    def once(precision: Precision) -> Raster:
        return rendered(photo, styles, engine, bench=RecordingBench(precision=precision))

    halved, again, single = once("bf16"), once("bf16"), once("fp32")
    np.testing.assert_array_equal(halved.pixels, again.pixels)
    assert moved(halved, single).any()
    away = style_distance(encoder, photo, painting)
    distances = [style_distance(encoder, result, painting) for result in (halved, single)]
    assert distances[0] == pytest.approx(distances[1], abs=0.05 * away)


@pytest.mark.parametrize("color", ["style", "content", "luminance", "match"])
@pytest.mark.parametrize("depth", [8, 16])
def test_what_is_protected_keeps_its_bytes(
    color: str, depth: int, photo: Raster, deep_photo: Raster, styles: StyleSet, engine: Engine
) -> None:
    box = Bounds(20, 10, 50, 40)
    content = with_confetti(photo if depth == 8 else deep_photo, box)
    result = rendered(
        content,
        replace(styles, protect=box_mask(CANVAS, box)),
        engine,
        Controls.model_validate({"color": color}),
    )
    outside = moved(result, content)
    assert not outside[box.slices].any()
    outside[box.slices] = 0
    assert outside.mean() > 2


def test_a_faint_protection_leaves_a_mix(photo: Raster, styles: StyleSet, engine: Engine) -> None:
    half = replace(styles, protect=Mask(np.full((64, 80), 128, np.uint8)))
    loose, held = (rendered(photo, guided, engine) for guided in (styles, half))
    limit = np.maximum(photo.pixels, 255 - photo.pixels)[..., :3].max(2) * (1 - 128 / 255) + 1
    assert (moved(held, photo) <= limit).all()
    assert 0.1 < moved(held, photo).mean() / moved(loose, photo).mean() < 0.9


def test_everything_may_be_protected(photo: Raster, styles: StyleSet, engine: Engine) -> None:
    everything = replace(styles, protect=Mask(np.full((64, 80), 255, np.uint8)))
    np.testing.assert_array_equal(rendered(photo, everything, engine).pixels, photo.pixels)


def test_it_begins_where_it_is_told(photo: Raster, styles: StyleSet, engine: Engine) -> None:
    """After a step, of 3 % of the range at most, it is still near."""
    uncoloured = AT_ONCE.model_copy(update={"color": "content"})
    from_content = rendered(photo, replace(styles, init="content"), engine, uncoloured)
    assert moved(from_content, photo).max() < 20
    noise = rendered(photo, replace(styles, init="noise"), engine, uncoloured)
    assert moved(noise, photo).max() > 100
    grain = np.abs(np.diff(noise.pixels[..., :3].astype(int), axis=1)).mean()
    assert grain > 0.8 * 255 / 3  # the mean difference of two even numbers


@pytest.mark.parametrize("color", ["style", "content", "luminance"])
def test_what_lies_below_shows_in_the_big_shapes(
    color: str, photo: Raster, styles: StyleSet, engine: Engine
) -> None:
    """However long it is painted."""
    pixels = photo.pixels.copy()
    pixels[:, :40, :3], pixels[:, 40:, :3] = 230, 25
    controls = Controls.model_validate({"color": color, "strength": 1.0, "quality": "high"})
    lights = [
        oklab(rendered(photo, replace(styles, init=init), engine, controls))[..., 0]
        for init in ("content", photo.with_pixels(pixels))
    ]
    from_content, over_it = (light[:, :36].mean() - light[:, 44:].mean() for light in lights)
    assert over_it > from_content + 0.15


def test_at_no_strength_the_photo_stays_whatever_lies_below(
    photo: Raster, styles: StyleSet, engine: Engine
) -> None:
    below = photo.with_pixels(np.ascontiguousarray(photo.pixels[::-1]))
    found = [
        rendered(photo, replace(styles, init=init), engine, Controls(strength=0.0))
        for init in ("content", below)
    ]
    assert moved(*found).max() <= 1
    assert moved(found[1], photo).max() < 20


@pytest.mark.parametrize(("strength", "is_toned"), [(1.0, True), (0.0, False)])
def test_the_content_it_begins_from_takes_the_styles_colours(
    strength: float, is_toned: bool, photo: Raster, painting: Raster, styles: StyleSet, engine: Engine
) -> None:
    dark = painting.with_pixels(painting.pixels // np.array([4, 4, 4, 1], np.uint8))
    images = (replace(styles.images[0], raster=dark),)
    at_once = AT_ONCE.model_copy(update={"strength": strength})
    result = rendered(photo, replace(styles, images=images), engine, at_once)
    light, wanted = (raster.pixels[..., :3].mean() for raster in (result, dark if is_toned else photo))
    assert abs(light - wanted) < 12


def test_noise_follows_the_seed(photo: Raster, styles: StyleSet, engine: Engine) -> None:
    first, again, other = (
        rendered(photo, replace(styles, init="noise", seed=seed), engine) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.pixels, again.pixels)
    assert moved(first, other).mean() > 5


def test_where_nothing_lies_below_the_content_is_all_there_is(
    photo: Raster, styles: StyleSet, engine: Engine
) -> None:
    pixels = np.zeros((64, 80, 4), np.uint8)
    pixels[:, :40] = [255, 0, 255, 255]
    uncoloured = AT_ONCE.model_copy(update={"color": "content"})
    result = rendered(photo, replace(styles, init=Raster(pixels)), engine, uncoloured)
    assert moved(result, photo)[:, 48:].max() < 20
    towards = result.pixels[:, :36, :3].astype(float) - photo.pixels[:, :36, :3]
    assert (towards.mean((0, 1)) * [1, -1, 1] > 40).all()


def oklab(raster: Raster) -> np.ndarray:
    return srgb_to_oklab(raster.to_float()[..., :3])


def test_luminance_keeps_the_hues_of_the_content(photo: Raster, styles: StyleSet, engine: Engine) -> None:
    before, after = oklab(photo), oklab(rendered(photo, styles, engine, in_colours_of("luminance")))
    coloured = np.hypot(after[..., 1], after[..., 2]) > 0.03
    hues = [np.arctan2(lab[..., 2], lab[..., 1])[coloured] for lab in (before, after)]
    assert coloured.mean() > 0.3
    assert np.abs(np.angle(np.exp(1j * (hues[0] - hues[1])))).mean() < 0.1
    assert np.abs(before[..., 0] - after[..., 0]).mean() > 0.01


def test_whose_colours_come_out(photo: Raster, styles: StyleSet, engine: Engine) -> None:
    mean = oklab(photo).mean((0, 1))
    off = {}
    for color in ("style", "content", "match"):
        result = rendered(photo, styles, engine, in_colours_of(color))
        off[color] = np.abs(oklab(result).mean((0, 1)) - mean).max()
    assert off["content"] < off["style"]
    assert off["match"] < 0.01


def test_what_is_protected_has_no_say_in_matched_colours(
    photo: Raster, sketch: Raster, styles: StyleSet, engine: Engine
) -> None:
    """What is painted has the mean that the content has there, however much is protected."""
    box, free = Bounds(0, 0, 80, 40), Bounds(0, 40, 80, 64)
    dark = replace(styles, images=(StyleImage(sketch),), protect=box_mask(CANVAS, box))
    result = rendered(photo, dark, engine, in_colours_of("match"))
    before, after = (oklab(raster)[free.slices].mean((0, 1)) for raster in (photo, result))
    np.testing.assert_allclose(after, before, atol=0.02)


def test_cancelled_is_cancelled(photo: Raster, styles: StyleSet, engine: Engine) -> None:
    with pytest.raises(Cancelled):
        rendered(photo, styles, engine, bench=RecordingBench(patience=2))


def test_what_does_not_fit_into_memory_is_refused_with_a_way_out(photo: Raster, styles: StyleSet) -> None:
    hungry = engine_of(narrow_encoder, Footprint(per_tile_pixel=10**12))
    with pytest.raises(
        OperationError, match=rf"styling {with_margin(photo.extent)} needs about .* GB"
    ) as refusal:
        rendered(photo, styles, hungry)
    assert "--scale" in refusal.value.hint


def test_little_memory_makes_tiles_not_another_picture(
    strip: Raster, styles: StyleSet, engine: Engine, monkeypatch: pytest.MonkeyPatch, bench: RecordingBench
) -> None:
    whole = rendered(strip, styles, engine)
    painted = with_margin(strip.extent)
    free = engine.footprint.of(painted, Extent(560, painted.height))
    monkeypatch.setattr(memory, "available_memory", lambda _: free)
    in_tiles = rendered(strip, styles, engine, bench=bench)
    assert "in tiles of" in bench.told[0]
    off = moved(in_tiles, whole)
    assert (off <= 1).mean() > 0.999
    assert moved(whole, strip).mean() > 5
