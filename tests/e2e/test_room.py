"""Huge canvases: refused at once, with what may be done; no build begins that cannot end."""

import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.e2e.conftest import Studio, picture

PIECE = """\
[canvas]
width = {width}
height = {height}

[source.good]
file = "photos/good.png"

[[layer]]
name = "good"
source = "good"

[output]
png = "build/piece.png"
"""


@pytest.fixture
def desk(tmp_path: Path) -> Studio:
    """A project with a good photograph, on a canvas of 46,000 pixels a side."""
    studio = Studio(tmp_path)
    studio.paint("photos/good.png", picture(1, 60, 40))
    return _sized(studio, 46_000, 46_000)


def _sized(desk: Studio, width: int, height: int) -> Studio:
    desk.write(PIECE.format(width=width, height=height))
    return desk


@pytest.mark.parametrize("command", ["build", "check"])
def test_a_huge_canvas_is_refused_at_once_with_its_place(desk: Studio, command: str) -> None:
    began = time.monotonic()
    ran = desk.run(command, str(desk.piece))
    assert time.monotonic() - began < 5
    assert ran.status == 2
    assert "piece.toml:3:10: error: the canvas has 2,116 megapixels, more than 500" in ran.err
    assert "3 | height = 46000" in ran.err
    assert "COMPOSER_MAX_CANVAS_MEGAPIXELS" in ran.err
    assert not (desk.folder / ".composer").exists()


def test_its_draft_is_built(desk: Studio) -> None:
    ran = desk.build("--scale", "0.001")
    assert ran.status == 0, ran.err


def test_the_largest_canvas_is_a_setting(desk: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    _sized(desk, 60, 40)
    monkeypatch.setenv("COMPOSER_MAX_CANVAS_MEGAPIXELS", "0.001")
    ran = desk.build()
    assert ran.status == 2
    assert "the canvas has 0.0024 megapixels, more than 0.001" in ran.err
    monkeypatch.setenv("COMPOSER_MAX_CANVAS_MEGAPIXELS", "0.0024")
    assert desk.build().status == 0


def test_a_setting_that_is_no_number_is_told(desk: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPOSER_MAX_CANVAS_MEGAPIXELS", "lots")
    ran = desk.build()
    assert ran.status == 1
    assert "COMPOSER_MAX_CANVAS_MEGAPIXELS is 'lots'" in ran.err


@pytest.mark.parametrize("command", ["build", "check"])
@pytest.mark.parametrize(
    ("width", "height", "first"),
    [(250_000, 8_000, "composite: 2,000"), (46_000, 46_000, 'layer "good" placed: 1,411')],
)
def test_a_canvas_larger_than_memory_is_told_before_anything_is_painted(
    desk: Studio, monkeypatch: pytest.MonkeyPatch, command: str, width: int, height: int, first: str
) -> None:
    monkeypatch.setenv("COMPOSER_MAX_CANVAS_MEGAPIXELS", "2200")
    monkeypatch.setattr("composer.build.memory.free_bytes", lambda: 8_000_000_000)
    ran = _sized(desk, width, height).run(command, str(desk.piece))
    assert ran.status == 1
    assert f"piece.toml:3:10: error: {first} megapixels take at least " in ran.err
    assert f"3 | height = {height}" in ran.err
    assert "GB of memory; 8.0 GB are free" in ran.err
    assert "--scale 0.5" in ran.err
    assert ran.rendered == set()


def test_a_small_layer_does_not_take_what_its_canvas_takes(
    desk: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sized(desk, 2_000, 1_000)
    desk.edit('source = "good"', 'source = "good"\nplace = { fit = "none" }')
    monkeypatch.setattr("composer.build.memory.free_bytes", lambda: 19_000_000)
    ran = desk.build("--dry-run")
    assert ran.status == 0, ran.err


@pytest.mark.parametrize("command", ["build", "check"])
def test_a_disk_that_is_too_small_is_told_before_and_the_build_goes_on(
    desk: Studio, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    _sized(desk, 600, 400)
    monkeypatch.setattr("composer.build.room.shutil.disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    ran = desk.run(command, str(desk.piece))
    assert ran.status == 0
    assert "warning: this build keeps 1.9 MB of pictures in .composer; 1.0 MB are free on its disk" in ran.err


def test_a_build_that_has_nothing_to_do_warns_of_nothing(
    desk: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sized(desk, 600, 400)
    assert desk.build().status == 0
    monkeypatch.setattr("composer.build.memory.free_bytes", lambda: 0)
    monkeypatch.setattr("composer.build.room.shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    ran = desk.build("--dry-run")
    assert (ran.status, ran.err) == (0, "")


def test_a_canvas_beyond_every_format_is_a_mistake(desk: Studio) -> None:
    ran = _sized(desk, 300_000, 300_000).build()
    assert ran.status == 2
    assert "the canvas has 90,000 megapixels, more than 2,147" in ran.err
