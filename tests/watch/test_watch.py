"""Watching a piece: what is saved is shown, what goes wrong is told, and the last good picture stays."""

import shutil
import threading
import time
from pathlib import Path

import pytest

from composer.build.project import Project
from composer.cli.main import main
from composer.errors import ComposerError, StoreError
from composer.store.store import Store
from composer.watch.builder import Wish
from composer.watch.events import Building, Delivered, Ended, Event, Noted, Origin, Pictured
from composer.watch.watch import Watch
from tests.watch.conftest import Studio, wait_until


def test_the_piece_is_built_at_once_and_after_every_save(studio: Studio) -> None:
    studio.watch()
    wait_until(lambda: studio.shows(100))
    studio.edit("opacity = 1.0", "opacity = 0.5")
    wait_until(lambda: studio.shows(50))
    studio.photo.write_bytes(studio.encoded(40))
    wait_until(lambda: studio.shows(20))
    assert studio.delivered() == ["piece.png"] * 3
    assert not studio.told(Origin.BUILD)
    changed = [event.changed for event in studio.of(Building)]
    assert changed == [(), (studio.piece,), (studio.photo,)]


def test_what_is_watched_is_what_the_build_reads(studio: Studio) -> None:
    unused = studio.photo.with_name("unused.png")
    unused.write_bytes(studio.encoded(1))
    watch = studio.watch()
    wait_until(lambda: studio.shows(100))
    assert set(watch.watched) == {studio.piece, studio.photo}
    studio.edit("photos/hill.png", "photos/unused.png")
    wait_until(lambda: studio.shows(1))
    assert set(watch.watched) == {studio.piece, unused}


def test_the_forecast_says_why(studio: Studio) -> None:
    studio.watch()
    wait_until(lambda: studio.shows(100))
    studio.edit("opacity = 1.0", "opacity = 0.5")
    wait_until(lambda: studio.shows(50))
    changes = [str(change) for finding in studio.of(Building)[-1].forecast for change in finding.changes]
    assert any("opacity" in change and "0.5" in change for change in changes), changes


def test_a_mistake_is_told_with_its_line_and_the_picture_stays(studio: Studio) -> None:
    watch = studio.watch()
    wait_until(lambda: studio.shows(100))
    output = (studio.folder / "build" / "piece.png").read_bytes()
    studio.edit("opacity = 1.0", "opacity = 7")
    wait_until(lambda: studio.told(Origin.PIECE))
    assert "piece.toml:13" in studio.told(Origin.PIECE)
    assert watch.state.problems[0].diagnostics[0].span.line == 13
    assert watch.state.good is not None
    assert studio.level(watch.state.good) == 100
    assert (studio.folder / "build" / "piece.png").read_bytes() == output
    studio.edit("opacity = 7", "opacity = 0.2")
    wait_until(lambda: studio.shows(20))
    assert not watch.state.problems


def test_broken_toml_is_a_mistake_like_any_other(studio: Studio) -> None:
    studio.watch()
    wait_until(lambda: studio.shows(100))
    studio.edit("opacity = 1.0", "opacity = = 1.0")
    wait_until(lambda: "piece.toml:13" in studio.told(Origin.PIECE))
    studio.edit("opacity = = 1.0", "opacity = 0.9")
    wait_until(lambda: studio.shows(90))


def test_a_photo_that_is_deleted_is_told_and_taken_when_it_comes_back(studio: Studio) -> None:
    studio.watch()
    wait_until(lambda: studio.shows(100))
    studio.photo.unlink()
    wait_until(lambda: "hill.png" in studio.told(Origin.PIECE))
    studio.photo.write_bytes(studio.encoded(30))
    wait_until(lambda: studio.shows(30))
    assert not studio.told(Origin.PIECE)


def test_a_piece_that_is_deleted_is_told_and_taken_when_it_comes_back(studio: Studio) -> None:
    studio.watch()
    wait_until(lambda: studio.shows(100))
    text = studio.piece.read_text(encoding="utf-8")
    studio.piece.unlink()
    wait_until(lambda: "piece.toml" in studio.told(Origin.PIECE))
    studio.write(text.replace("opacity = 1.0", "opacity = 0.3"))
    wait_until(lambda: studio.shows(30))


def test_a_photo_the_piece_names_before_it_is_there(studio: Studio) -> None:
    studio.watch()
    wait_until(lambda: studio.shows(100))
    studio.edit("photos/hill.png", "later/far.png")
    wait_until(lambda: "far.png" in studio.told(Origin.PIECE))
    path = studio.folder / "later" / "far.png"
    path.parent.mkdir()
    path.write_bytes(studio.encoded(60))
    wait_until(lambda: studio.shows(60))


def test_a_photo_that_is_being_copied_is_no_mistake(studio: Studio) -> None:
    studio.watch()
    wait_until(lambda: studio.shows(100))
    content = studio.encoded(70)
    studio.photo.write_bytes(content[:20])
    time.sleep(0.9)  # longer than a photo has to be quiet: it is read, and cannot be
    studio.photo.write_bytes(content)
    wait_until(lambda: studio.shows(70))
    told = [event for event in studio.events if getattr(event, "origin", None) is Origin.BUILD]
    assert not any(event.problems for event in told), told


def test_a_photo_that_stays_broken_is_told(studio: Studio) -> None:
    watch = studio.watch()
    wait_until(lambda: studio.shows(100))
    studio.photo.write_bytes(b"this is no picture")
    wait_until(lambda: "hill" in studio.told(Origin.BUILD))
    assert watch.state.good is not None
    assert studio.level(watch.state.good) == 100
    studio.photo.write_bytes(studio.encoded(80))
    wait_until(lambda: studio.shows(80))
    assert not studio.told(Origin.BUILD)


def test_touching_a_file_renders_nothing(studio: Studio) -> None:
    studio.watch()
    wait_until(lambda: studio.shows(100))
    studio.photo.write_bytes(studio.photo.read_bytes())
    wait_until(lambda: len(studio.of(Ended)) == 2)
    assert studio.of(Ended)[-1].rendered == ()
    assert studio.of(Delivered)[-1].written is False


def test_an_edit_taken_back_renders_nothing(studio: Studio) -> None:
    studio.watch()
    wait_until(lambda: studio.shows(100))
    studio.edit("opacity = 1.0", "opacity = 0.5")
    wait_until(lambda: studio.shows(50))
    studio.edit("opacity = 0.5", "opacity = 1.0")
    wait_until(lambda: studio.shows(100))
    assert studio.of(Ended)[-1].rendered == ()


def test_the_store_may_be_deleted(studio: Studio) -> None:
    studio.watch()
    wait_until(lambda: studio.shows(100))
    shutil.rmtree(studio.folder / ".composer")
    studio.edit("opacity = 1.0", "opacity = 0.5")
    wait_until(lambda: studio.shows(50))
    assert not studio.told(Origin.BUILD)
    wait_until(lambda: len(studio.of(Delivered)) == 2)
    assert {event.kept for event in studio.of(Delivered)} == {None}, "the watch wrote the old one itself"


def test_an_output_that_cannot_be_written_is_told_and_the_next_one_is_written(studio: Studio) -> None:
    studio.watch()
    wait_until(lambda: studio.shows(100))
    output = studio.folder / "build" / "piece.png"
    output.unlink()
    output.mkdir()
    studio.edit("opacity = 1.0", "opacity = 0.5")
    wait_until(lambda: "is a folder" in studio.told(Origin.BUILD))
    output.rmdir()
    studio.edit("opacity = 0.5", "opacity = 0.4")
    wait_until(lambda: studio.shows(40))
    assert output.is_file()


def test_a_full_disk_is_told_and_tried_again_without_a_save(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = studio.watch()
    wait_until(lambda: studio.shows(100))
    monkeypatch.setattr("composer.watch.watch._DISK_SECONDS", 0.5)

    def refuse(*_: object) -> str:
        raise StoreError("cannot write the store: No space left on device", "free some space")

    with monkeypatch.context() as full:
        full.setattr(Store, "put", refuse)
        studio.edit("opacity = 1.0", "opacity = 0.5")
        wait_until(lambda: "No space left" in studio.told(Origin.BUILD))
        assert studio.level(watch.state.good) == 100
    wait_until(lambda: studio.shows(50))
    assert not studio.told(Origin.BUILD)


def test_the_first_edit_of_a_finished_piece_finds_all_loaded(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["build", str(studio.piece), "--device", "cpu"]) == 0
    warmed: list[object] = []
    monkeypatch.setattr("composer.watch.builder.warm_up", lambda *given: warmed.append(given))
    studio.watch()
    wait_until(lambda: studio.shows(100))
    studio.edit("opacity = 1.0", "opacity = 0.5")
    wait_until(lambda: studio.shows(50))
    assert len(warmed) == 1


def test_hand_work_is_moved_aside_and_told(studio: Studio) -> None:
    studio.watch()
    wait_until(lambda: studio.shows(100))
    output = studio.folder / "build" / "piece.png"
    output.write_bytes(b"painted over")
    studio.edit("opacity = 1.0", "opacity = 0.5")
    wait_until(lambda: studio.shows(50))
    assert [event.kept for event in studio.of(Delivered)][-1] == output.with_name("piece.edited.png")


def test_a_plan_that_must_not_be_built_is_not(studio: Studio) -> None:
    def refuse(_plan: object) -> None:
        raise ComposerError("build/piece.png is an input of this piece", "write to another file")

    events: list[Event] = []
    watch = Watch(Project(studio.piece), Wish("cpu"), refuse)
    watch.subscribe(events.append)
    thread = threading.Thread(target=watch.run)
    thread.start()
    wait_until(lambda: watch.state.problems)
    watch.stop()
    thread.join()
    assert watch.state.picture is None
    assert watch.state.problems[0].hint == "write to another file"


def test_a_listener_that_fails_or_leaves_does_no_harm(studio: Studio) -> None:
    watch = studio.watch()
    heard: list[Event] = []

    def fail(_event: Event) -> None:
        raise RuntimeError("a page that crashed")

    watch.subscribe(fail)
    watch.subscribe(heard.append)
    wait_until(lambda: studio.shows(100))
    watch.unsubscribe(heard.append)
    count = len(heard)
    studio.edit("opacity = 1.0", "opacity = 0.5")
    wait_until(lambda: studio.shows(50))
    assert len(heard) == count


def test_who_comes_late_learns_what_there_is(studio: Studio) -> None:
    watch = studio.watch()
    wait_until(lambda: studio.shows(100))
    state = watch.subscribe(lambda _: None)
    assert state.good is not None
    assert state.visible == state.wanted == 1
    assert not state.is_building
    assert [layer.name for layer in state.good.layers] == ["background", "hill"]
    pixels = state.good.layers[1].pixels
    assert pixels is not None
    assert Store(studio.folder / ".composer").has(pixels)
    assert state.outputs == (studio.folder / "build" / "piece.png",)
    assert (state.good.canvas.width, state.good.canvas.height) == (24, 16)


def test_the_picture_comes_before_the_layered_files(studio: Studio) -> None:
    studio.write(f'{studio.piece.read_text(encoding="utf-8")}psd = "build/a.psd"\nora = "build/b.ora"\n')
    studio.watch()
    wait_until(lambda: len(studio.of(Ended)) == 1)
    order = [event for event in studio.events if isinstance(event, Pictured | Delivered)]
    assert isinstance(order[0], Pictured)
    assert isinstance(order[1], Delivered)
    assert order[1].path.name == "piece.png"
    assert {Path(event.path).name for event in order[2:] if isinstance(event, Delivered)} == {
        "a.psd",
        "b.ora",
    }


def test_a_doubtful_mask_is_told_once_not_at_every_save(studio: Studio) -> None:
    studio.edit("opacity = 1.0", 'opacity = 1.0\nmask = "far"\n\n[mask.far]\nuse = "depth"\nof = "hill"')
    studio.watch()
    wait_until(lambda: len(studio.of(Ended)) == 1)
    (noted,) = studio.of(Noted)
    assert noted.message.startswith('mask "far" was guessed with a confidence of 0.00: look')
    studio.edit("opacity = 1.0", "opacity = 0.5")
    wait_until(lambda: len(studio.of(Ended)) == 2)
    assert studio.of(Noted) == [noted]
