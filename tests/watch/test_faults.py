"""What a watch meets over days (a deleted store, no memory, a full disk) is told once, and truly."""

import errno
import io
import re
import shutil
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from composer.build import memory, room
from composer.cli.watch import Teller
from composer.errors import StoreError
from composer.store.store import Store
from composer.watch.events import Building, Ended, Event, Mistaken, Origin, Pictured, Started
from composer.watch.watch import Watch
from tests.watch.conftest import Studio, wait_until

LOST = "the store no longer has the last picture (deleted, or emptied): what is missing is rendered anew"
STAYS = "the last good picture stays"


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What is free, in bytes, for the test to change; how often it is tried again."""
    found = SimpleNamespace(memory=100_000_000_000, disk=100_000_000_000)
    monkeypatch.setattr(memory, "free_bytes", lambda: found.memory)
    monkeypatch.setattr("composer.watch.watch.own_bytes", lambda: 0)
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _: SimpleNamespace(free=found.disk))
    monkeypatch.setattr("composer.watch.watch._DISK_SECONDS", 0.05)
    return found


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A disk that takes no output files while it `is_full`."""
    disk, kept = SimpleNamespace(is_full=False), Store.put_file

    def put_file(*given: object) -> str:
        if disk.is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return kept(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "put_file", put_file)
    monkeypatch.setattr("composer.watch.watch._DISK_SECONDS", 0.05)
    return disk


def printing(studio: Studio) -> tuple[Watch, Callable[[], str]]:
    """The piece, watched, and what the terminal shows."""
    watch, out = studio.watch(), io.StringIO()
    watch.subscribe(Teller(watch.project, out))
    return watch, out.getvalue


def test_a_store_that_was_deleted_is_why_all_is_rendered_anew(studio: Studio) -> None:
    _, printed = printing(studio)
    wait_until(lambda: studio.shows(100))
    studio.edit("opacity = 1.0", "opacity = 0.9")
    wait_until(lambda: studio.shows(90))
    assert LOST not in printed()
    shutil.rmtree(studio.folder / ".composer")
    studio.edit("opacity = 0.9", "opacity = 0.5")
    wait_until(lambda: studio.shows(50))
    studio.edit("opacity = 0.5", "opacity = 0.4")
    wait_until(lambda: studio.shows(40))
    assert printed().count(LOST) == 1
    shutil.rmtree(studio.folder / ".composer")
    studio.edit("opacity = 0.4", "opacity = 0.3")
    wait_until(lambda: studio.shows(30))
    assert printed().count(LOST) == 2


def test_a_store_that_is_deleted_within_a_build_is_made_anew_without_a_save(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("composer.watch.watch._AGAIN_SECONDS", 0.05)
    watch = studio.watch()
    wait_until(lambda: studio.shows(100))

    def delete(event: Event) -> None:
        if isinstance(event, Started):
            shutil.rmtree(studio.folder / ".composer")
            watch.unsubscribe(delete)

    watch.subscribe(delete)
    studio.edit("opacity = 1.0", "opacity = 0.5")
    wait_until(lambda: studio.shows(50), "it waits for a save")
    told = [str(problem) for event in studio.of(Mistaken) for problem in event.problems]
    assert any("the store has no intact blob" in problem for problem in told), (
        "the store was deleted too late"
    )
    wait_until(lambda: not studio.told(Origin.BUILD))


def test_a_result_that_was_lost_is_why_its_node_runs(studio: Studio) -> None:
    _, printed = printing(studio)
    wait_until(lambda: studio.shows(100))
    for blob in (studio.folder / ".composer/blobs").glob("*/*"):
        blob.unlink()
    studio.edit("opacity = 1.0", "opacity = 0.5")
    wait_until(lambda: studio.shows(50))
    assert 'layer "hill" placed: its result is no longer in the store' in printed()


def test_a_canvas_that_cannot_fit_is_told_at_its_line_and_built_once_it_can(
    studio: Studio, free: SimpleNamespace
) -> None:
    watch, printed = printing(studio)
    wait_until(lambda: studio.shows(100))
    free.memory = 2_000_000
    studio.edit("width = 24\nheight = 16", "width = 1200\nheight = 800")
    wait_until(lambda: studio.told(Origin.PIECE))
    assert "piece.toml:3:10: error: layer" in printed()
    assert re.search(r"1 megapixels take at least [\d.]+ MB of memory; 2\.0 MB are free", printed())
    assert "3 | height = 800" in printed()
    assert STAYS in printed()
    assert len(studio.of(Building)) == 1, "it must not be begun"
    assert watch.state.good is not None
    assert studio.level(watch.state.good) == 100
    free.memory = 100_000_000_000
    wait_until(lambda: studio.of(Pictured)[-1].picture.canvas.width == 1200)
    assert not studio.told(Origin.PIECE)


def test_a_save_that_renders_nothing_large_is_not_refused(studio: Studio, free: SimpleNamespace) -> None:
    studio.edit("width = 24\nheight = 16", "width = 1200\nheight = 800")
    studio.watch()
    wait_until(lambda: studio.of(Ended))
    free.memory = free.disk = 1
    studio.edit("[output]", "# nothing\n[output]")
    wait_until(lambda: len(studio.of(Building)) == 2)
    assert not studio.told(Origin.PIECE)


def test_a_disk_that_is_too_small_is_told_at_the_save_that_needs_it(
    studio: Studio, free: SimpleNamespace
) -> None:
    _, printed = printing(studio)
    wait_until(lambda: studio.shows(100))
    assert "warning" not in printed()
    free.disk = 1000
    studio.edit("opacity = 1.0", "opacity = 0.5")
    wait_until(lambda: studio.shows(50))
    assert re.search(
        r"warning: this build keeps [\d.]+ kB of pictures in .composer; 1\.0 kB are free", printed()
    )


def test_a_disk_that_stays_full_is_told_once(studio: Studio, full: SimpleNamespace) -> None:
    watch, printed = printing(studio)
    wait_until(lambda: studio.shows(100))
    full.is_full = True
    studio.edit("opacity = 1.0", "opacity = 0.5")
    wait_until(lambda: len(studio.of(Building)) >= 4, "it is not tried again")
    lines = printed().splitlines()
    assert len([line for line in lines if "No space left on device" in line]) == 1
    assert len([line for line in lines if line.endswith(" piece.toml")]) <= 2, "as it was saved; what is left"
    assert len([line for line in lines if STAYS in line]) == 1
    full.is_full = False
    wait_until(lambda: "all is well again" in printed())
    assert watch.state.problems == ()


def test_without_a_picture_none_is_said_to_stay(studio: Studio, full: SimpleNamespace) -> None:
    full.is_full = True
    studio.edit("photos/hill.png", "photos/hull.png")
    watch, printed = printing(studio)
    wait_until(lambda: watch.state.problems)
    assert STAYS not in printed()


def test_a_build_that_could_not_begin_is_over(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = studio.watch()
    wait_until(lambda: studio.shows(100))

    def refuse(_: Store) -> None:
        raise StoreError("cannot write .composer: No space left on device", "the disk is full")

    monkeypatch.setattr(Store, "hold", refuse)
    studio.edit("opacity = 1.0", "opacity = 0.5")
    wait_until(lambda: "No space left" in studio.told(Origin.BUILD))
    wait_until(lambda: not watch.state.is_building, "the page says for ever that it is being built")
