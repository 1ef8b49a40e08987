"""Composites continued from what is kept: to the last byte what compositing all of the stack gives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from composer.composite import kept as room
from composer.composite import partials
from composer.composite.flatten import flatten
from composer.composite.partials import Partials
from composer.pixels.geometry import Bounds
from composer.pixels.raster import Mask, Raster
from composer.pixels.stack import LayerStack, StackItem

from .conftest import HEIGHT, WIDTH, clipped, group, layer, mask, stack, through
from .editing import Studio

AMPLE = 1 << 30
EDITS = 20
ROWS = 4


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Strips of four rows: the canvas of these tests would else be a single one."""
    monkeypatch.setattr(partials, "strips", lambda box, _: rows_of_four(box))


def rows_of_four(box: Bounds) -> list[Bounds]:
    tops = range(box.top, box.bottom, ROWS)
    return [Bounds(box.left, y, box.right, min(y + ROWS, box.bottom)) for y in tops]


def assert_same(found: Raster, wanted: Raster, what: str = "") -> None:
    assert found.bounds == wanted.bounds
    wrong = np.argwhere((found.pixels != wanted.pixels).any(axis=-1))
    assert not wrong.size, f"{what}: {len(wrong)} pixels differ, the first at {wrong[0]}"


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("budget", "lost"), [(AMPLE, False), (AMPLE, True), (150_000, False)])
def test_any_edits_of_any_stack_come_out_as_the_whole_does(
    kernel: Any, seed: int, budget: int, lost: bool
) -> None:
    """150 kB hold the picture and one or two partial composites of some strips."""
    studio, kept = Studio(seed, lost), Partials(budget)
    picture = studio.stack()
    for edit in range(EDITS):
        found = kept.flatten("picture", picture, studio.digest_of, studio.find, kernel=kernel)
        assert_same(found, flatten(picture, kernel=kernel), f"seed {seed}, edit {edit}")
        assert kept.bytes <= budget
        picture = studio.edited(picture)


class Watched:
    """Composites with what is kept, and counts the pixels of layers that it paints."""

    def __init__(self, budget: int = AMPLE) -> None:
        self.studio = Studio(0)
        self.kept = Partials(budget)
        self.painted = 0

    def show(self, picture: LayerStack) -> Raster:
        self.painted = 0
        with self.counted():
            shown = self.kept.flatten("picture", picture, self.studio.digest_of, self.studio.find)
        assert_same(shown, flatten(picture))
        return shown

    @contextmanager
    def counted(self) -> Iterator[None]:
        compose = room.compose_runs

        def counting(runs: Any, surface: Any, kernel: Any) -> None:
            self.painted += len(runs) * surface.bounds.extent.pixels
            compose(runs, surface, kernel)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(room, "compose_runs", counting)
            yield


CANVAS_PIXELS = WIDTH * HEIGHT
TEN = tuple(layer(seed, opaque=seed == 0) for seed in range(10))


def with_item(items: tuple[StackItem, ...], at: int, item: StackItem) -> LayerStack:
    return stack(*items[:at], item, *items[at + 1 :])


def test_an_opacity_edited_again_costs_the_layers_above_it() -> None:
    watched = Watched()
    watched.show(stack(*TEN))
    for opacity in (0.5, 0.6, 0.7):
        watched.show(with_item(TEN, 7, replace(TEN[7], opacity=opacity)))
    assert watched.painted == 3 * CANVAS_PIXELS


def test_the_first_edit_above_the_middle_begins_in_the_middle() -> None:
    watched = Watched()
    watched.show(stack(*TEN))
    watched.show(with_item(TEN, 7, replace(TEN[7], opacity=0.5)))
    assert watched.painted == 5 * CANVAS_PIXELS


def test_a_brush_mark_on_a_mask_costs_no_more_than_the_strips_it_touches() -> None:
    watched = Watched()
    items = (*TEN[:2], replace(TEN[2], mask=mask(5)), *TEN[3:])
    watched.show(stack(*items))
    values = mask(5).values.copy()
    values[10:14, 20:30] = ~values[10:14, 20:30]
    watched.show(with_item(items, 2, replace(items[2], mask=Mask(values))))
    assert watched.painted == 10 * (2 * ROWS) * 10  # ten layers, two strips, ten columns


def test_what_a_mask_hides_is_not_composited_for_an_opacity() -> None:
    watched = Watched()
    values = np.zeros((HEIGHT, WIDTH), np.uint8)
    values[8:12, 5:9] = 200
    items = (*TEN[:9], replace(TEN[9], mask=Mask(values)))
    watched.show(stack(*items))
    watched.show(with_item(items, 9, replace(items[9], opacity=0.3)))
    assert watched.painted == 5 * ROWS * 4  # from the middle, four columns of one strip


def test_another_name_and_layers_that_are_hidden_cost_nothing() -> None:
    watched = Watched()
    before = watched.show(stack(*TEN))
    assert watched.show(with_item(TEN, 4, replace(TEN[4], name="renamed"))) is before
    assert watched.show(stack(*TEN[:6], replace(layer(99), visible=False), *TEN[6:])) is before
    assert watched.painted == 0


def test_a_layer_inside_a_plain_pass_through_group_is_begun_at_like_any_other() -> None:
    watched = Watched()
    watched.show(stack(*TEN[:3], through(*TEN[3:9]), TEN[9]))
    for opacity in (0.5, 0.6):
        inside = (*TEN[3:8], replace(TEN[8], opacity=opacity))
        watched.show(stack(*TEN[:3], through(*inside), TEN[9]))
    assert watched.painted == 2 * CANVAS_PIXELS


def test_the_eye_of_a_layer_and_layers_moved_or_removed() -> None:
    watched = Watched()
    watched.show(stack(*TEN))
    watched.show(with_item(TEN, 8, replace(TEN[8], visible=False)))
    watched.show(stack(*TEN))
    assert watched.painted == 2 * CANVAS_PIXELS
    watched.show(stack(*TEN[:8], TEN[9], TEN[8]))
    assert watched.painted == 2 * CANVAS_PIXELS
    watched.show(stack(*TEN[:8]))
    assert watched.painted == 0  # nothing lies above what was kept below the eighth


SMALL = Raster(np.ascontiguousarray(layer(20).raster.pixels[:9, :12]), 20, 15)
HALF = Mask(mask(21).values // 2)
LAYER = replace(layer(22, "screen"), mask=HALF)
ISOLATED = replace(group(layer(23, "overlay"), layer(24, "hue")), mask=HALF, opacity=0.8)
THROUGH = replace(through(layer(25, "multiply"), layer(26, "hue")), opacity=0.7)
ON_IT = clipped(replace(layer(27, "multiply"), raster=SMALL))
EDITS_OF_ONE: dict[str, tuple[StackItem, StackItem]] = {
    "blend": (LAYER, replace(LAYER, blend=layer(0, "multiply").blend)),
    "opacity": (LAYER, replace(LAYER, opacity=0.5)),
    "eye": (LAYER, replace(LAYER, visible=False)),
    "mask": (LAYER, replace(LAYER, mask=mask(28))),
    "no mask": (LAYER, replace(LAYER, mask=None)),
    "the same numbers in sixteen bits": (LAYER, replace(LAYER, mask=Mask(HALF.values.astype(np.uint16)))),
    "pixels": (LAYER, replace(LAYER, raster=layer(29).raster)),
    "place": (LAYER, replace(LAYER, raster=replace(LAYER.raster, left=5))),
    "size": (LAYER, replace(LAYER, raster=SMALL)),
    "layer to group": (LAYER, ISOLATED),
    "group's blend": (ISOLATED, replace(ISOLATED, blend=layer(0, "multiply").blend)),
    "group's mask": (ISOLATED, replace(ISOLATED, mask=mask(28))),
    "group's opacity": (ISOLATED, replace(ISOLATED, opacity=0.4)),
    "order in a group": (ISOLATED, replace(ISOLATED, children=ISOLATED.children[::-1])),
    "isolated": (THROUGH, replace(THROUGH, pass_through=False)),
    "pass-through group's opacity": (THROUGH, replace(THROUGH, opacity=0.2)),
    "plain": (THROUGH, replace(THROUGH, opacity=1.0)),
}


@pytest.mark.parametrize("what", EDITS_OF_ONE)
@pytest.mark.parametrize("nested", [False, True])
def test_each_edit_is_seen_and_taken_back(what: str, nested: bool) -> None:
    def shown(item: StackItem) -> LayerStack:
        inner = (TEN[1], item, TEN[2])
        return stack(TEN[0], replace(group(*inner), opacity=0.9) if nested else through(*inner), TEN[3])

    watched, (old, new) = Watched(), EDITS_OF_ONE[what]
    before = watched.show(shown(old))
    assert (watched.show(shown(new)).pixels != before.pixels).any()
    assert_same(watched.show(shown(old)), before)


@pytest.mark.parametrize("base", [LAYER, ISOLATED, THROUGH], ids=["layer", "isolated", "through"])
def test_clipping_that_begins_changes_or_ends_is_seen(base: StackItem) -> None:
    watched, seen = Watched(), []
    for above in (
        [replace(ON_IT, clip=False)],
        [ON_IT],
        [replace(ON_IT, opacity=0.4)],
        [replace(ON_IT, visible=False)],
        [ON_IT, clipped(LAYER)],
        [clipped(LAYER), ON_IT],
        [],
    ):
        seen.append(watched.show(stack(TEN[0], base, *above, TEN[3])).pixels.tobytes())
        watched.show(stack(TEN[0], base, *above, TEN[3]))
    assert len({*seen}) == len(seen) - 1  # a hidden layer and none are the same


def test_layers_removed_from_the_middle_leave_no_surface_at_a_wrong_height() -> None:
    """The partial composite half-way up lies among them, and they paint in other strips than the edit."""
    watched = Watched()
    low = [replace(each, raster=replace(SMALL, top=HEIGHT - 4)) for each in TEN[3:7]]
    watched.show(stack(*TEN[:3], *low, *TEN[7:]))
    watched.show(stack(*TEN[:3], *TEN[7:]))
    watched.show(stack(*TEN[:3], *TEN[7:9], replace(TEN[9], opacity=0.5)))


def test_what_is_kept_cannot_be_written_to() -> None:
    shown = Watched().show(stack(*TEN))
    with pytest.raises(ValueError, match="read-only"):
        shown.pixels[0, 0] = 0


def test_two_pictures_share_the_budget_and_what_has_no_room_is_still_right() -> None:
    studio, surface, picture = Studio(0), 16 * CANVAS_PIXELS, 4 * CANVAS_PIXELS
    for budget in (picture // 2, picture, 2 * picture + surface, 3 * picture + 2 * surface):
        kept = Partials(budget)
        for opacity in (0.5, 0.6, 0.7):
            for name in ("one", "other"):
                edited = with_item(TEN, 8, replace(TEN[8], opacity=opacity))
                assert_same(kept.flatten(name, edited, studio.digest_of, studio.find), flatten(edited))
                assert kept.bytes <= budget
    assert kept.bytes > 2 * picture


def test_what_is_forgotten_is_made_anew() -> None:
    watched = Watched()
    watched.show(stack(*TEN))
    assert not watched.kept.forget(but=["picture"])
    assert watched.kept.bytes
    assert watched.kept.forget()
    assert not watched.kept.bytes
    watched.show(stack(*TEN))
    assert watched.painted == 10 * CANVAS_PIXELS


def test_a_composite_that_fails_leaves_what_was_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched()
    watched.show(stack(*TEN))
    edited = with_item(TEN, 5, replace(TEN[5], opacity=0.5))
    with monkeypatch.context() as broken:
        broken.setattr(room, "compose_runs", None)
        with pytest.raises(TypeError):
            watched.kept.flatten("picture", edited, watched.studio.digest_of, watched.studio.find)
    watched.show(edited)
    watched.show(stack(*TEN))
