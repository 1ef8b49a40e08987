"""A patch moves nothing but what changed, and comes as near to the style as painting all of it anew."""

from dataclasses import replace

import numpy as np
import pytest

from composer.neural import memory
from composer.neural.controls import Controls, Finish
from composer.neural.encoder import Encoder
from composer.neural.engine import Engine
from composer.neural.render import render
from composer.operation import REACH, Parent, Region, StyleImage, StyleSet
from composer.pixels.geometry import Bounds, Extent
from composer.pixels.raster import Mask, Raster

from .conftest import RecordingBench
from .studio import (
    box_mask,
    engine_of,
    moved,
    narrow_encoder,
    style_distance,
    with_confetti,
    with_margin,
)

STRIP = Extent(608, 20)
SPOT = Bounds(300, 4, 316, 14)
CORNER = Bounds(596, 12, 608, 20)


@pytest.fixture
def styles(painting: Raster) -> StyleSet:
    return StyleSet((StyleImage(painting),), seed=1, canvas_long_side=80)


def edited(content: Raster, box: Bounds) -> Raster:
    """The content, a box of it turned into its negative."""
    pixels, top = content.pixels.copy(), np.iinfo(content.pixels.dtype).max
    pixels[(*box.slices, slice(3))] = top - pixels[(*box.slices, slice(3))]
    return content.with_pixels(pixels)


def rendered(
    content: Raster,
    styles: StyleSet,
    engine: Engine,
    controls: Controls | None = None,
    bench: RecordingBench | None = None,
) -> Raster:
    return render(content, styles, controls or Controls(), engine, bench or RecordingBench())


def patched(
    content: Raster,
    styles: StyleSet,
    engine: Engine,
    controls: Controls | None = None,
    box: Bounds = SPOT,
    bench: RecordingBench | None = None,
) -> tuple[Raster, Raster]:
    """The render of the content as it was, and the patch after an edit in the box."""
    before = rendered(content, styles, engine, controls)
    dirty = box_mask(
        Extent(content.left + content.extent.width, content.top + content.extent.height),
        box.translate(content.left, content.top),
    )
    again = replace(styles, parent=Parent(content, before, dirty))
    return before, rendered(edited(content, box), again, engine, controls, bench)


def may_move(extent: Extent, box: Bounds) -> np.ndarray:
    """Where a patch for a change in the box may paint."""
    within = np.zeros((extent.height, extent.width), bool)
    within[box.pad(REACH).intersect(Bounds.of(extent)).slices] = True
    return within


def assert_patched(before: Raster, after: Raster, box: Bounds = SPOT) -> None:
    """Not a byte moved beyond the reach of the change; nearly everything in the change did."""
    steps, free = moved(before, after), may_move(before.extent, box)
    assert not steps[~free].any()
    assert (steps[box.slices] > 0).mean() > 0.9
    assert steps[free].mean() > 2 * before.pixels.dtype.itemsize


@pytest.mark.parametrize("box", [SPOT, CORNER, Bounds(0, 0, 608, 1)], ids=["middle", "corner", "edge"])
def test_nothing_moves_but_what_changed(box: Bounds, strip: Raster, styles: StyleSet, engine: Engine) -> None:
    assert_patched(*patched(strip, styles, engine, box=box), box)


def test_a_patch_comes_as_near_to_the_style_as_painting_it_all_anew(
    broad_strip: Raster, painting: Raster, styles: StyleSet, engine: Engine, encoder: Encoder
) -> None:
    _, after = patched(broad_strip, styles, engine)
    anew = rendered(edited(broad_strip, SPOT), styles, engine)
    distances = [style_distance(encoder, result, painting) for result in (after, anew)]
    assert distances[0] <= 1.03 * distances[1]


def test_a_patch_fades_into_what_stays(broad_strip: Raster, styles: StyleSet, engine: Engine) -> None:
    before, after = patched(broad_strip, styles, engine)
    steps = moved(before, after)[SPOT.slices[0]]
    rim = slice(SPOT.left - REACH, SPOT.left - REACH + 4)
    assert steps[:, rim].mean() < 0.05 * steps[:, SPOT.slices[1]].mean()
    assert steps[:, SPOT.left - 12 : SPOT.left].mean() > 2 * steps[:, rim].mean()


def test_alpha_is_that_of_the_new_content(strip: Raster, styles: StyleSet, engine: Engine) -> None:
    pixels = strip.pixels.copy()
    pixels[:, 250:290, 3] = 0
    pixels[:6, 290:, 3] = 128
    before, after = patched(strip.with_pixels(pixels), styles, engine)
    assert_patched(before, after)
    np.testing.assert_array_equal(after.pixels[..., 3], pixels[..., 3])


def test_what_becomes_transparent_is_cut_out(strip: Raster, styles: StyleSet, engine: Engine) -> None:
    before, cut = rendered(strip, styles, engine), strip.pixels.copy()
    cut[(*SPOT.slices, 3)] = 0
    dirty = box_mask(STRIP, SPOT)
    after = rendered(strip.with_pixels(cut), replace(styles, parent=Parent(strip, before, dirty)), engine)
    np.testing.assert_array_equal(after.pixels[..., 3], cut[..., 3])
    assert not moved(before, after)[~may_move(STRIP, SPOT)].any()


def test_a_layer_is_patched_where_it_lies(strip: Raster, styles: StyleSet, engine: Engine) -> None:
    before, after = patched(replace(strip, left=30, top=200), styles, engine)
    assert after.bounds == before.bounds
    assert_patched(before, after)


def test_sixteen_bits_are_patched(deep_photo: Raster, styles: StyleSet, engine: Engine) -> None:
    box = Bounds(0, 0, 10, 12)
    before, after = patched(deep_photo, styles, engine, box=box)
    assert after.depth == 16
    assert_patched(before, after, box)


@pytest.mark.parametrize("color", ["content", "luminance"])
def test_other_colours_are_patched(color: str, strip: Raster, styles: StyleSet, engine: Engine) -> None:
    assert_patched(*patched(strip, styles, engine, Controls.model_validate({"color": color})))


def test_matched_colours_are_painted_anew_and_it_is_said(
    strip: Raster, styles: StyleSet, engine: Engine, bench: RecordingBench
) -> None:
    matched = Controls(color="match")
    _, after = patched(strip, styles, engine, matched, bench=bench)
    np.testing.assert_array_equal(after.pixels, rendered(edited(strip, SPOT), styles, engine, matched).pixels)
    assert "painted anew" in bench.told[0]


@pytest.fixture
def regions(painting: Raster, sketch: Raster) -> StyleSet:
    """Two regions that meet in the middle of the spot; nothing paints the upper right corner."""
    left = Region(box_mask(STRIP, Bounds(0, 0, 308, 20)), (StyleImage(painting),))
    right = Region(box_mask(STRIP, Bounds(308, 0, 500, 20)), (StyleImage(sketch),))
    return StyleSet((), seed=1, canvas_long_side=80, regions=(left, right))


def test_regions_are_patched_each_in_its_style(strip: Raster, regions: StyleSet, engine: Engine) -> None:
    before, after = patched(strip, regions, engine)
    assert_patched(before, after)
    assert not moved(after, strip)[:, 500:].any()


def test_a_region_that_grows_is_patched_where_it_grew(
    strip: Raster, regions: StyleSet, engine: Engine
) -> None:
    before, (left, right) = rendered(strip, regions, engine), regions.regions
    grown = replace(right, mask=box_mask(STRIP, Bounds(308, 0, 540, 20)))
    dirty = box_mask(STRIP, Bounds(500, 0, 540, 20))
    wider = replace(regions, regions=(left, grown), parent=Parent(strip, before, dirty))
    after = rendered(strip, wider, engine)
    assert not moved(before, after)[~may_move(STRIP, Bounds(500, 0, 540, 20))].any()
    assert moved(strip, after)[:, 500:540].mean() > 2
    assert not moved(strip, after)[:, 540:].any()


@pytest.mark.parametrize("color", ["style", "luminance"])
def test_what_is_protected_keeps_its_bytes_in_a_patch(
    color: str, strip: Raster, styles: StyleSet, engine: Engine
) -> None:
    box = Bounds(0, 8, 608, 20)
    strip, guided = with_confetti(strip, box), replace(styles, protect=box_mask(STRIP, box))
    before, after = patched(strip, guided, engine, Controls.model_validate({"color": color}))
    assert not moved(after, edited(strip, SPOT))[box.slices].any()
    steps = moved(before, after)
    assert steps[4:8, 300:316].mean() > 2
    assert not steps[~may_move(STRIP, SPOT)].any()


def test_a_patch_in_tiles_is_the_same_patch(
    strip: Raster, styles: StyleSet, engine: Engine, monkeypatch: pytest.MonkeyPatch, bench: RecordingBench
) -> None:
    before, whole = patched(strip, styles, engine)
    painted = with_margin(STRIP)
    free = engine.footprint.of(painted, Extent(560, painted.height))
    monkeypatch.setattr(memory, "available_memory", lambda _: free)
    parent = Parent(strip, before, box_mask(STRIP, SPOT))
    in_tiles = rendered(edited(strip, SPOT), replace(styles, parent=parent), engine, bench=bench)
    assert "in tiles of" in bench.told[0]
    assert_patched(before, in_tiles)
    assert (moved(whole, in_tiles) <= 1).mean() > 0.999


@pytest.mark.parametrize("finish", ["adam", "lbfgs"])
def test_a_patch_killed_after_any_step_comes_to_the_same_picture(
    finish: Finish, strip: Raster, styles: StyleSet, bench: RecordingBench
) -> None:
    engine, controls = engine_of(narrow_encoder, steps=1 / 16), Controls(finish=finish)
    before, after = patched(strip, styles, engine, controls, bench=bench)
    again = replace(styles, parent=Parent(strip, before, box_mask(STRIP, SPOT)))
    assert len(bench.checkpoints) > 2
    for last in bench.checkpoints:
        resumed = rendered(edited(strip, SPOT), again, engine, controls, RecordingBench(last=last))
        np.testing.assert_array_equal(resumed.pixels, after.pixels)


def test_where_nothing_changed_nothing_is_painted(strip: Raster, styles: StyleSet, engine: Engine) -> None:
    before = rendered(strip, styles, engine)
    nothing = Parent(strip, before, Mask(np.zeros((20, 608), np.uint8)))
    after = rendered(strip, replace(styles, parent=nothing), engine)
    np.testing.assert_array_equal(after.pixels, before.pixels)
