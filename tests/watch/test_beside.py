"""A watch is not alone: a second one on its piece, one on another piece, a build beside it."""

import threading

import pytest

from composer.build.project import Project
from composer.cli.main import main
from composer.errors import UsageError
from composer.watch.builder import Wish
from composer.watch.events import Origin
from composer.watch.watch import Watch
from tests.watch.conftest import Studio, wait_until


def test_a_second_watch_says_that_there_is_one(studio: Studio) -> None:
    studio.watch()
    wait_until(lambda: studio.shows(100))
    studio.watch()
    wait_until(lambda: studio.mistakes, "both watch it")
    assert isinstance(studio.mistakes[0], UsageError)
    assert "watched already" in str(studio.mistakes.pop())
    studio.edit("opacity = 1.0", "opacity = 0.5")
    wait_until(lambda: studio.shows(50))
    studio.close()
    studio.watch()
    wait_until(lambda: studio.shows(50))
    assert not studio.mistakes


def test_two_pieces_of_a_folder_are_watched_at_once(studio: Studio) -> None:
    other = Studio(studio.folder)
    text = studio.piece.read_text(encoding="utf-8")
    second = studio.folder / "second.toml"
    second.write_text(text.replace("opacity = 1.0", "opacity = 0.5"), encoding="utf-8")
    studio.watch()
    watch = Watch(Project(second), Wish("cpu"))
    watch.subscribe(other.events.append)
    thread = threading.Thread(target=watch.run)
    thread.start()
    studio.watches.append((watch, thread))
    wait_until(lambda: studio.shows(100) and other.shows(50))
    studio.photo.write_bytes(studio.encoded(60))
    wait_until(lambda: studio.shows(60) and other.shows(30))


def test_a_build_beside_a_watch(studio: Studio, capsys: pytest.CaptureFixture[str]) -> None:
    studio.watch()
    for level in range(5):
        studio.edit("opacity =", f"opacity = 0.{level + 1} #")
        assert main(["build", str(studio.piece), "--device", "cpu"]) == 0
    wait_until(lambda: studio.shows(50))
    assert not capsys.readouterr().err
    assert not studio.told(Origin.BUILD)
    assert not list((studio.folder / "build").glob("*.edited*"))
