"""Patches: a style layer is painted again only where it changed, and no build is misled by one that was."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from composer.build.difference import painted
from composer.build.execute import Result
from composer.build.patching import LONGEST, alias_of, lineage_of, whole
from composer.build.survey import Verdict
from composer.graph.manifest import action_key
from composer.store.store import Store

from .conftest import LAYER, Atelier, Dabs

Edit = Callable[[Atelier], None]


@pytest.fixture
def edited(atelier: Atelier) -> Atelier:
    """Painted whole, then edited in one place."""
    atelier.build()
    atelier.dab(200)
    return atelier


def _forget(atelier: Atelier, *keys: str) -> None:
    for key in keys:
        (atelier.folder / ".composer" / "actions" / key[:2] / key).unlink()


def _alias(result: Result) -> str:
    return alias_of(action_key(whole(result.look_ups[LAYER].manifest)))


def test_only_what_changed_is_painted_and_the_artist_reads_how_much(atelier: Atelier) -> None:
    before = atelier.picture(atelier.build()).pixels
    atelier.dab(200)
    result = atelier.build()
    assert atelier.painted == ["whole", "patch"]
    assert atelier.messages == [f"{LAYER}: patched 33.8 % of the layer"]
    assert result.patched == {LAYER: 0.338}
    dirty = np.zeros((80, 100), np.bool_)
    dirty[30:34, 40:44] = True
    moved = (atelier.picture(result).pixels != before).any(axis=2)
    assert moved[dirty].all()
    assert not moved[~painted(dirty)].any()


def test_the_same_build_again_an_undo_and_a_redo_are_hits(atelier: Atelier) -> None:
    first, plain = atelier.build(), atelier.load("photo")
    atelier.dab(200)
    patched, dabbed = atelier.build(), atelier.load("photo")
    for photo, expected in ((dabbed, patched), (plain, first), (dabbed, patched), (plain, first)):
        atelier.save("photo", photo)
        for _ in range(2):
            again = atelier.build()
            assert again.rendered == []
            assert again.entries[LAYER] == expected.entries[LAYER]
    assert atelier.painted == ["whole", "patch"]


def test_a_build_that_does_not_patch_never_shows_a_patched_picture(edited: Atelier, tmp_path: Path) -> None:
    patched = edited.build()
    plain = edited.build(patch=False)
    assert edited.painted == ["whole", "patch", "whole"]
    assert plain.entries[LAYER].output != patched.entries[LAYER].output
    (tmp_path / "clone").mkdir()
    clone = Atelier(tmp_path / "clone")
    clone.save("photo", edited.load("photo"))
    assert clone.build(patch=False).entries[LAYER].output == plain.entries[LAYER].output
    assert edited.build().entries[LAYER].output == plain.entries[LAYER].output, "of the two the whole one"


def test_a_whole_picture_that_is_there_is_shown_rather_than_a_patched_one(edited: Atelier) -> None:
    plain = edited.build(patch=False)
    assert edited.build().entries[LAYER].output == plain.entries[LAYER].output
    assert edited.painted == ["whole", "whole"]


def test_another_machine_on_the_same_store_finds_it(edited: Atelier, tmp_path: Path) -> None:
    patched = edited.build()
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    other = Atelier(folder)
    other.save("photo", edited.load("photo"))
    for shared in ("version", "blobs", "actions"):
        mine, theirs = edited.folder / ".composer" / shared, folder / ".composer" / shared
        theirs.parent.mkdir(exist_ok=True)
        (shutil.copytree if mine.is_dir() else shutil.copy)(mine, theirs)
    other.store = Store(folder / ".composer")
    result = other.build()
    assert result.rendered == []
    assert result.entries[LAYER].output == patched.entries[LAYER].output


def test_two_builds_at_once_patch_it_once(edited: Atelier) -> None:
    edited.seconds = 0.2
    results: list[Result] = []
    builds = [threading.Thread(target=lambda: results.append(edited.build())) for _ in range(2)]
    for build in builds:
        build.start()
    for build in builds:
        build.join()
    assert edited.painted == ["whole", "patch"]
    one, other = (result.entries[LAYER] for result in results)
    assert one == other


def test_its_manifest_names_its_parent(edited: Atelier) -> None:
    parent = action_key(edited.build(patch=False).look_ups[LAYER].manifest)
    edited.dab(90)
    made = edited.build()
    lineage = lineage_of(made.look_ups[LAYER].manifest)
    assert lineage is not None
    assert (lineage.parent, lineage.count, lineage.painted) == (parent, 1, 0.338)
    entry = edited.store.action(made.look_ups[LAYER].key)
    assert entry is not None
    assert ["patched from", parent] in entry.manifest


def test_a_row_of_patches_ends_in_a_whole_render(atelier: Atelier) -> None:
    for level in range(LONGEST + 3):
        atelier.dab(150 + level)
        atelier.build()
    assert atelier.painted == ["whole", *["patch"] * 8, "whole", "patch"]


@pytest.mark.parametrize(("size", "how"), [(8, "patch"), (9, "whole")])
def test_beyond_two_fifths_of_the_layer_it_is_painted_whole(atelier: Atelier, size: int, how: str) -> None:
    """(8 + 48)² = 3136 and (9 + 48)² = 3249 of 8000 pixels."""
    atelier.build()
    atelier.dab(200, size=size)
    atelier.build()
    assert atelier.painted == ["whole", how]


def _protect(atelier: Atelier) -> None:
    atelier.protect = not atelier.protect


FOLLOWED: dict[str, tuple[Edit, Edit]] = {
    "a region": (lambda a: setattr(a, "region", True), lambda a: a.dab(255, name="region")),
    "what is protected": (_protect, lambda a: a.dab(255, name="protect")),
    "the layer below": (lambda a: setattr(a, "init", "below"), lambda a: a.dab(255, name="below")),
    "protection, begun": (lambda a: a.dab(255, name="protect"), _protect),
    "protection, ended": (lambda a: (a.dab(255, name="protect"), _protect(a)), _protect),  # type: ignore
}


@pytest.mark.parametrize("guide", FOLLOWED)
def test_what_guides_a_layer_is_followed_where_it_changes(atelier: Atelier, guide: str) -> None:
    prepare, edit = FOLLOWED[guide]
    prepare(atelier)
    atelier.build()
    edit(atelier)
    result = atelier.build()
    assert atelier.painted == ["whole", "patch"]
    assert result.patched == {LAYER: 0.338}


def _sixteen_bits(atelier: Atelier) -> None:
    atelier.save("photo", atelier.load("photo").astype(np.uint16) * 257)


NOT_FOLLOWED: dict[str, Edit] = {
    "a parameter": lambda a: setattr(a, "params", Dabs(strength=0.6)),
    "the seed": lambda a: setattr(a, "seed", 2),
    "the style image": lambda a: a.dab(200, name="manner"),
    "a region more": lambda a: setattr(a, "region", True),
    "another beginning": lambda a: setattr(a, "init", "noise"),
    "the layer moved": lambda a: setattr(a, "offset", (20, 0)),
    "another depth": _sixteen_bits,
}


@pytest.mark.parametrize("change", NOT_FOLLOWED)
def test_whatever_else_changes_it_is_painted_whole(atelier: Atelier, change: str) -> None:
    atelier.build()
    NOT_FOLLOWED[change](atelier)
    atelier.build()
    assert atelier.painted == ["whole", "whole"]


def test_a_guide_that_changes_beside_the_layer_paints_nothing(atelier: Atelier) -> None:
    atelier.region, atelier.offset = True, (50, 0)
    before = atelier.build()
    atelier.dab(255, x=10, name="region")
    after = atelier.build()
    assert atelier.painted == ["whole"]
    assert after.entries[LAYER].output == before.entries[LAYER].output
    assert after.entries[LAYER].seconds == 0
    assert atelier.build().rendered == []


@pytest.mark.parametrize("lost", ["placed", LAYER])
def test_without_the_pixels_of_its_parent_it_is_painted_whole(atelier: Atelier, lost: str) -> None:
    first = atelier.build()
    atelier.dab(200)
    atelier.store.path_of(first.entries[lost].output).unlink()
    atelier.build()
    assert atelier.painted == ["whole", "whole"]


def test_a_patched_picture_that_was_lost_is_patched_again_from_the_same_parent(edited: Atelier) -> None:
    patched = edited.build()
    edited.store.path_of(patched.entries[LAYER].output).unlink()
    edited.shown_at = 3.0
    again = edited.build()
    assert edited.painted == ["whole", "patch", "patch"]
    assert again.look_ups[LAYER].key == patched.look_ups[LAYER].key
    assert again.entries[LAYER].output == patched.entries[LAYER].output


def test_a_patch_whose_build_was_killed_before_all_was_known_is_not_painted_again(edited: Atelier) -> None:
    before = edited.store.recall("plan piece")
    patched = edited.build()
    _forget(edited, _alias(patched))
    edited.store.remember("plan piece", before)
    for _ in range(2):
        again = edited.build()
        assert again.entries[LAYER].output == patched.entries[LAYER].output
    assert again.rendered == []
    assert edited.painted == ["whole", "patch"]


NO_PARTS: dict[str, Edit] = {
    "an engine that never does": lambda a: setattr(a, "patches", False),
    "an engine that does not with these parameters": lambda a: setattr(a, "params", Dabs(strength=1.0)),
}


@pytest.mark.parametrize("engine", NO_PARTS)
def test_what_paints_no_parts_is_never_asked_to(atelier: Atelier, engine: str) -> None:
    NO_PARTS[engine](atelier)
    atelier.build()
    atelier.dab(200)
    result = atelier.build()
    assert atelier.painted == ["whole", "whole"]
    assert result.patched == {}
    assert atelier.messages == []
    assert atelier.build(patch=False).rendered == []


@pytest.mark.parametrize("engine", NO_PARTS)
def test_what_paints_no_parts_is_not_painted_when_nothing_of_it_changed(
    atelier: Atelier, engine: str
) -> None:
    NO_PARTS[engine](atelier)
    atelier.region, atelier.offset = True, (50, 0)
    before = atelier.build()
    atelier.dab(255, x=10, name="region")
    assert atelier.build().entries[LAYER].output == before.entries[LAYER].output
    assert atelier.painted == ["whole"]


def test_a_layer_of_which_nothing_shows_any_more_is_no_patch(atelier: Atelier) -> None:
    """The engines give it back as it came, whatever was painted under what is transparent."""
    photo = np.zeros((80, 100, 4), np.uint8)
    photo[30:34, 40:44] = 255
    atelier.save("photo", photo)
    atelier.build()
    photo[..., 3] = 0
    atelier.save("photo", photo)
    atelier.build()
    assert atelier.painted == ["whole", "whole"]


def test_it_is_foretold_how_much_would_be_patched(edited: Atelier) -> None:
    plain = edited.load("photo")
    patched = edited.build()
    edited.save("photo", plain)
    edited.dab(0)
    edited.build(patch=False)
    edited.save("photo", plain)
    _forget(edited, _alias(patched), patched.look_ups[LAYER].key)
    finding = edited.foretold()
    assert finding.verdict is Verdict.RUN
    assert finding.patch is not None
    assert finding.patch.differs == 16 / 8000
    assert finding.patch.lineage.painted == 0.338
    assert [change.field for change in finding.changes] == ["input content"]


def test_a_build_that_does_not_patch_says_why_it_paints(edited: Atelier) -> None:
    edited.build()
    finding = edited.foretold(patch=False)
    assert (finding.verdict, finding.changes, finding.patch) == (Verdict.RUN, (), None)
    assert finding.lineage is not None
    hit = edited.foretold()
    assert hit.verdict is Verdict.HIT
    assert hit.lineage == finding.lineage
