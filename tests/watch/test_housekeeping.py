"""A watch that runs for days does not fill the disk; what the picture needs is never removed."""

import os
from collections.abc import Callable
from functools import partial

import pytest

from composer.errors import StoreError
from composer.store.store import Store, Usage
from composer.watch import housekeeping
from composer.watch.builder import Wish
from composer.watch.events import Noted, Origin, Pictured
from composer.watch.housekeeping import ROOM, limit_of
from tests.watch.conftest import Studio, wait_until

LIMIT = 10_000
"""Bytes: some five pictures of the piece."""
EDITS = 15

GB = 10**9


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A housekeeper that looks all the time, and a disk that is small."""
    monkeypatch.setattr(housekeeping, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(housekeeping, "ROOM", LIMIT)
    monkeypatch.setattr(os, "fsync", lambda _: None)  # waiting for the disk would take most of the time


@pytest.fixture
def store(studio: Studio) -> Store:
    return Store(studio.folder / ".composer")


def edit_often(studio: Studio, after_each: Callable[[], object] = bool) -> None:
    wait_until(lambda: studio.shows(100))
    for level in range(1, EDITS):
        studio.edit("opacity = ", f"opacity = 0.{level:02} #")
        wait_until(partial(studio.shows, level))
        after_each()


def noted(studio: Studio) -> str:
    return "\n".join(event.message for event in studio.of(Noted))


def test_without_a_quota_the_store_stays_within_bounds_and_what_was_removed_is_made_again(
    studio: Studio, store: Store
) -> None:
    largest = 0

    def measure() -> None:
        nonlocal largest
        largest = max(largest, store.size().bytes)

    studio.watch()
    edit_often(studio, measure)
    wait_until(lambda: store.size().bytes <= LIMIT, "the store has grown without end")
    assert largest < 2 * LIMIT
    assert "the store had grown to" in noted(studio)
    assert "what was not used for longest" in noted(studio)
    assert studio.of(Pictured)[-1].picture.path.exists(), "the picture that is shown was removed"
    early = studio.of(Pictured)[1].picture
    wait_until(lambda: not early.path.exists(), "a picture that was not looked at for long is still there")
    studio.edit("opacity = ", "opacity = 0.01 #")
    wait_until(lambda: studio.shows(1))
    assert not studio.told(Origin.BUILD)


def test_a_quota_too_small_for_the_picture_is_told_once_and_the_picture_stays(studio: Studio) -> None:
    studio.watch(Wish("cpu", quota=10))
    edit_often(studio, lambda: studio.of(Pictured)[-1].picture.path.stat())
    wait_until(lambda: "more than the store is to take" in noted(studio))
    assert noted(studio).count("more than the store is to take") == 1
    assert studio.shows(EDITS - 1)


def test_layers_that_were_begun_and_forgotten_do_not_fill_it_either(studio: Studio, store: Store) -> None:
    for number in range(10):
        store.keep_checkpoint(f"{number:064x}", [bytes(LIMIT // 8)])
    studio.watch(Wish("cpu", quota=LIMIT))
    wait_until(lambda: studio.shows(100))
    wait_until(lambda: store.size().unfinished <= LIMIT // 4)
    assert store.checkpoint(f"{9:064x}") is not None, "the newest may still be wanted"


def test_a_store_that_cannot_be_cleaned_now_ends_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def refused(*_: object, **__: object) -> None:
        tried.append(True)
        raise StoreError("cannot write .composer: Read-only file system")

    monkeypatch.setattr(Store, "collect", refused)
    studio.watch(Wish("cpu", quota=10))
    edit_often(studio)
    assert len(tried) > 1
    assert not studio.mistakes


def test_the_limit_leaves_room_on_every_disk_and_takes_nothing_that_was_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(housekeeping, "ROOM", ROOM)
    assert limit_of(Usage(0, 0, 0), free=1000 * GB) == 20 * GB
    assert limit_of(Usage(0, 0, 0), free=8 * GB) == 4 * GB
    assert limit_of(Usage(9, 30 * GB, 9), free=1000 * GB) == 30 * GB
    assert limit_of(Usage(9, 3 * GB, 9, unfinished=GB), free=GB) == 4 * GB
