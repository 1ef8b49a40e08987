"""The store is deleted: old outputs are replaced, hand work is kept, and only what is known is said."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from composer.build.written import RECORD

from .conftest import Studio
from .test_unchanged import LIGHT

ASIDE = ("*.edited*", "*.kept*")


def the_store(folder: Path) -> None:
    shutil.rmtree(folder / ".composer")


def what_it_remembers(folder: Path) -> None:
    shutil.rmtree(folder / ".composer/documents")


def its_results(folder: Path) -> None:
    for name in ("blobs", "actions", "used", "stat-index"):
        path = folder / ".composer" / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def the_store_and_the_record(folder: Path) -> None:
    the_store(folder)
    (folder / "build" / RECORD).unlink()


LOSSES = [the_store, what_it_remembers, its_results]


@pytest.fixture
def built(studio: Studio) -> Studio:
    """A project that is built, with a draft and a mask beside."""
    studio.write(LIGHT)
    assert studio.build().status == 0
    assert studio.build("--scale", "0.5").status == 0
    assert studio.run("mask", str(studio.piece), "frame").status == 0
    return studio


def aside(studio: Studio) -> list[str]:
    return sorted(path.name for pattern in ASIDE for path in (studio.folder / "build").glob(pattern))


@pytest.mark.parametrize("lose", LOSSES)
def test_old_outputs_of_every_kind_are_replaced_without_a_copy(
    built: Studio, lose: Callable[[Path], None]
) -> None:
    lose(built.folder)
    built.edit("opacity = 0.8", "opacity = 0.5")
    built.edit("box = [-50, -50, 110, 250]", "box = [0, 0, 50, 50]")
    ran = [built.build(), built.build("--scale", "0.5"), built.run("mask", str(built.piece), "frame")]
    assert [each.status for each in ran] == [0, 0, 0]
    assert "wrote build/piece.psd" in ran[0].out
    assert not any(" is kept as " in each.out for each in ran)
    assert aside(built) == []


@pytest.mark.parametrize("lose", LOSSES)
def test_a_file_edited_by_hand_is_kept_and_told(built: Studio, lose: Callable[[Path], None]) -> None:
    (built.folder / "build/piece.psd").write_bytes(b"hand work")
    lose(built.folder)
    ran = built.build()
    assert ran.status == 0
    assert "build/piece.psd was changed since it was written: the changed file is kept as" in ran.out
    assert aside(built) == ["piece.edited.psd"]
    assert (built.folder / "build/piece.edited.psd").read_bytes() == b"hand work"


def test_where_nothing_is_known_nothing_is_claimed(built: Studio) -> None:
    before = built.outputs()
    the_store_and_the_record(built.folder)
    built.edit("opacity = 0.8", "opacity = 0.5")
    ran = built.build()
    for suffix in ("ora", "png", "psd"):
        told = f"build/piece.{suffix} was there already, and nothing tells who wrote it: it is kept as"
        assert f"{told} build/piece.kept.{suffix}" in ran.out
        assert (built.folder / f"build/piece.kept.{suffix}").read_bytes() == before[f"piece.{suffix}"]
    assert "changed" not in ran.out


def test_the_same_picture_is_never_kept_twice(built: Studio) -> None:
    the_store_and_the_record(built.folder)
    ran = built.build()
    assert "unchanged build/piece.psd" in ran.out
    assert aside(built) == []
