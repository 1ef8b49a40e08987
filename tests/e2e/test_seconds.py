"""What a build is said to take: of the machine, whichever clone of whichever piece it learnt it from."""

import os
import re
import shutil
from pathlib import Path

import pytest

from .conftest import Studio, set_up
from .test_unchanged import LIGHT, is_answered_at_once

JOURNAL = "seconds.jsonl"


def clone(studio: Studio, folder: Path, text: str) -> Studio:
    """The same project elsewhere, with nothing that was built in it."""
    shutil.copytree(studio.folder, folder, ignore=shutil.ignore_patterns(".composer", "build", "*.lock"))
    other = Studio(folder)
    other.write(text)
    return other


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A machine on which one project was built, the first that was; to be copied by each test."""
    folder = tmp_path_factory.mktemp("machine")
    studio = set_up(folder / "first")
    studio.write(LIGHT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPOSER_STATE", str(folder / "state"))
        told = studio.build("--dry-run").out
        assert "? s" in told
        assert "at least 0.0 s" in told
        assert studio.build().status == 0
    return folder


@pytest.fixture
def first(machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """The project of the machine."""
    shutil.copytree(machine, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("COMPOSER_STATE", str(tmp_path / "state"))
    return Studio(tmp_path / "first")


def test_a_fresh_clone_is_told_what_it_takes(first: Studio, tmp_path: Path) -> None:
    told = clone(first, tmp_path / "second", LIGHT).build("--dry-run").out
    assert "? s" not in told
    lines = re.findall(r"^(?:would run|may run) +([\d.]+) s  ", told, re.MULTILINE)
    assert len(lines) > 10
    assert re.search(rf"^{len(lines)} to run \(about [\d.]+ s\), 0 from the store$", told, re.MULTILINE)


def test_only_what_never_ran_here_is_unknown(first: Studio, tmp_path: Path) -> None:
    text = LIGHT.replace('use = "blur"\nradius = 1.5', 'use = "grain"')
    told = clone(first, tmp_path / "second", text).build("--dry-run").out
    assert re.findall(r"\? s  (.+)", told) == ['layer "sun" filter 1 (grain)']
    assert "(at least " in told


def test_another_size_is_told_in_proportion(first: Studio, tmp_path: Path) -> None:
    larger = LIGHT.replace("width = 96\nheight = 64", "width = 192\nheight = 128")
    assert "? s" not in clone(first, tmp_path / "second", larger).build("--dry-run").out
    huge = LIGHT.replace("width = 96\nheight = 64", "width = 9600\nheight = 6400")
    told = clone(first, tmp_path / "third", huge).build("--dry-run").out
    assert re.search(r"\? s  export psd$", told, re.MULTILINE)


def test_what_was_found_in_the_store_teaches_nothing(first: Studio) -> None:
    journal = Path(os.environ["COMPOSER_STATE"], JOURNAL)
    before = journal.read_bytes()
    assert "0 rendered" in first.build().out
    assert "0 rendered" in first.build("--locked").out
    assert journal.read_bytes() == before


def test_a_build_with_nothing_to_do_does_not_look(first: Studio) -> None:
    journal = Path(os.environ["COMPOSER_STATE"], JOURNAL)
    journal.unlink()
    os.mkfifo(journal)  # whoever opened it would wait for ever
    assert is_answered_at_once(first)
    assert first.build("--locked").status == 0


@pytest.mark.parametrize("state", [os.devnull, "/proc/nobody", "garbled"])
def test_a_machine_that_can_keep_nothing_builds_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    if state == "garbled":
        (tmp_path / state).mkdir()
        (tmp_path / state / JOURNAL).write_bytes(bytes(range(256)) * 100)
    monkeypatch.setenv("COMPOSER_STATE", str(tmp_path / state))
    studio = set_up(tmp_path / "project")
    studio.write(LIGHT)
    told = studio.build("--dry-run")
    assert (told.status, told.err, "? s" in told.out) == (0, "", True)
    ran = studio.build()
    assert (ran.status, ran.err) == (0, "")
    again = clone(studio, tmp_path / "second", LIGHT).build("--dry-run").out
    assert ("? s" in again) is (state != "garbled")


def test_where_times_are_kept_decides_nothing_else(first: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPOSER_STATE", os.devnull)
    assert is_answered_at_once(first)
