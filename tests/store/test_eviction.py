"""`composer gc`: what goes, what stays."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import composer.store.blobs as blobs_module
from composer.digest import digest_of_parts
from composer.store.blobs import Blobs
from composer.store.durable import digest_of_descriptor
from composer.store.holders import collecting
from composer.store.layout import Layout
from composer.store.stat_index import StatIndex
from composer.store.store import ActionEntry, Store, Usage

Actor = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def blobs(store: Store) -> list[str]:
    """Five blobs of 1000 bytes, put one after the other."""
    return [store.put([bytes([number]) * 1000]) for number in range(5)]


def present(store: Store, digests: list[str]) -> list[int]:
    return [number for number, digest in enumerate(digests) if store.path_of(digest).exists()]


@pytest.mark.usefixtures("blobs")
def test_nothing_goes_without_a_quota(store: Store) -> None:
    collected = store.collect(None, [])
    assert (collected.evicted, collected.freed, collected.left) == (0, 0, 5000)


def test_the_least_recently_put_go_first(store: Store, blobs: list[str]) -> None:
    collected = store.collect(3000, [])
    assert present(store, blobs) == [2, 3, 4]
    assert (collected.evicted, collected.freed, collected.left) == (2, 2000, 3000)
    assert store.size() == Usage(blobs=3, bytes=3000, actions=0)


def test_use_keeps(store: Store, root: Path, blobs: list[str]) -> None:
    store.open(blobs[0])
    Store(root).has(blobs[1])
    store.put([bytes([2]) * 1000])
    store.collect(3000, [])
    assert present(store, blobs) == [0, 1, 2]


def test_collecting_is_no_use(store: Store, blobs: list[str]) -> None:
    store.collect(None, [])
    store.collect(1000, [])
    assert present(store, blobs) == [4]


def test_pinned_blobs_stay_whatever_the_quota(store: Store, blobs: list[str]) -> None:
    collected = store.collect(0, [blobs[1], blobs[3]])
    assert present(store, blobs) == [1, 3]
    assert collected.left == 2000


def test_recent_use_keeps_if_asked(store: Store, root: Path, blobs: list[str]) -> None:
    long_ago = time.time() - 3600
    os.utime(root / "used" / blobs[2], (long_ago, long_ago))
    store.collect(0, [], older_than=60)
    assert present(store, blobs) == [0, 1, 3, 4]


def test_an_entry_goes_with_its_blob(store: Store, blobs: list[str]) -> None:
    keys = [digest_of_parts([digest.encode()]) for digest in blobs]
    for key, digest in zip(keys, blobs, strict=True):
        store.publish(key, ActionEntry(digest, [], 1.0, 1.0, 1000))
    assert store.collect(2000, []).dangling == 3
    assert [store.action(key) is not None for key in keys] == [False, False, False, True, True]


def test_garbled_blobs_and_entries_go(store: Store, root: Path, blobs: list[str]) -> None:
    store.publish(blobs[0], ActionEntry(blobs[0], [], 1.0, 1.0, 1000))
    (entry,) = (root / "actions").glob("*/*")
    entry.write_bytes(entry.read_bytes()[:-1])
    os.truncate(store.path_of(blobs[1]), 999)
    collected = store.collect(None, [])
    assert (collected.garbled, collected.dangling) == (1, 1)
    assert collected.freed > 999
    assert present(store, blobs) == [0, 2, 3, 4]


@pytest.mark.usefixtures("blobs")
def test_unfinished_writes_go_only_when_their_writer_is_dead(store: Store, root: Path) -> None:
    dead = root / "tmp" / "of the dead"
    (dead / "deeper").mkdir(parents=True)
    (dead / "deeper" / "half").write_bytes(b"x" * 700)
    with store.temporary() as path:
        path.write_bytes(b"being written")
        collected = store.collect(None, [])
        assert path.exists()
    assert (collected.stray, collected.freed) == (1, 700)
    assert not dead.exists()


def test_no_traces_of_what_is_gone(store: Store, root: Path, blobs: list[str]) -> None:
    store.collect(1000, [])
    assert [path.name for path in (root / "used").iterdir()] == [blobs[4]]
    assert len((root / "stat-index").read_bytes().splitlines()) == 1
    assert store.put([bytes([0]) * 1000]) == blobs[0]
    assert store.open(blobs[0])[0] == 0


def test_collecting_a_store_that_is_not_there(store: Store, root: Path) -> None:
    assert store.collect(0, []).evicted == 0
    assert not root.exists()


def test_a_running_build_keeps_what_it_uses(store: Store, blobs: list[str], actor: Actor) -> None:
    builder = actor("hold_and_wait", blobs[2])
    assert builder.stdout is not None
    assert builder.stdout.readline() == "ready\n"
    store.collect(0, [])
    assert present(store, blobs) == [2]
    builder.kill()
    builder.wait()
    store.collect(0, [])
    assert present(store, blobs) == []


def test_builds_and_collections_at_once(store: Store, actor: Actor) -> None:
    """Two builds make the same results again and again while everything evictable is evicted."""
    builders = [actor("build_again_and_again", name, "40") for name in "aa"]
    evicted = 0
    while any(builder.poll() is None for builder in builders):
        evicted += store.collect(0, []).evicted
        time.sleep(0.02)
    answers = [json.loads(builder.communicate()[0].splitlines()[-1]) for builder in builders]
    assert answers == [{"lost": 0}, {"lost": 0}]
    assert evicted > 5


def test_sweeping_beside_writers_takes_nothing_of_theirs(store: Store, actor: Actor) -> None:
    """Four processes make scratch folders as fast as they can; a sweep may meet one not yet held."""
    writers = [actor("put_many", name, "60") for name in "abcd"]
    while any(writer.poll() is None for writer in writers):
        store.collect(None, [])
    assert [writer.returncode for writer in writers] == [0, 0, 0, 0]
    assert store.size().blobs == 240


@pytest.fixture
def inside(root: Path) -> Blobs:
    """The store's blobs, seen as a collection sees them."""
    layout = Layout(root)
    return Blobs(layout, StatIndex(layout.index, layout.tmp))


def test_a_blob_used_after_it_was_marked_down_stays(store: Store, inside: Blobs, blobs: list[str]) -> None:
    (moment, oldest), *_ = inside.by_last_use()
    assert store.has(oldest.name)
    assert inside.evict(oldest, moment) is None
    assert present(store, blobs) == [0, 1, 2, 3, 4]
    assert store.has(oldest.name)


def test_a_blob_that_is_being_verified_stays(
    root: Path, inside: Blobs, blobs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (moment, oldest), *_ = inside.by_last_use()
    (root / "stat-index").unlink()
    evicted: list[int | None] = []

    def read_while_another_evicts(fd: int) -> str:
        evicted.append(inside.evict(oldest, moment))
        return digest_of_descriptor(fd)

    with monkeypatch.context() as patch:
        patch.setattr(blobs_module, "digest_of_descriptor", read_while_another_evicts)
        assert Store(root).has(blobs[0])
    assert evicted == [None]


def test_a_blob_gone_before_its_eviction_is_no_trouble(inside: Blobs, blobs: list[str]) -> None:
    inside.path_of(blobs[0]).unlink()
    assert inside.evict(inside.path_of(blobs[0]), 0) is None


def test_a_repair_by_another_process_is_not_undone(
    store: Store, root: Path, blobs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process reads a garbled blob; before it can remove it, another has put an intact one there."""
    os.truncate(store.path_of(blobs[0]), 10)

    def read_while_another_repairs(fd: int) -> str:
        with monkeypatch.context() as patch:
            patch.setattr(blobs_module, "digest_of_descriptor", digest_of_descriptor)
            store.path_of(blobs[0]).unlink()
            Store(root).put([bytes(1000)])
        return digest_of_descriptor(fd)

    with monkeypatch.context() as patch:
        patch.setattr(blobs_module, "digest_of_descriptor", read_while_another_repairs)
        assert not store.has(blobs[0])
    assert bytes(Store(root).open(blobs[0])) == bytes(1000)


def test_a_build_begins_when_the_collection_is_over(store: Store, root: Path) -> None:
    store.put([b"x"])
    events: list[str] = []

    def build() -> None:
        with store.hold():
            events.append("build")

    building = threading.Thread(target=build)
    with collecting(Layout(root)):
        building.start()
        time.sleep(0.2)
        events.append("collected")
    building.join()
    assert events == ["collected", "build"]


def test_a_running_build_loses_nothing_when_the_clock_went_back(
    store: Store, blobs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.hold():
        clock = [time.time_ns() - 3600_000_000_000]
        monkeypatch.setattr(time, "time_ns", lambda: clock[0])
        store.open(blobs[0])
        clock[0] += 60_000_000_000
        store.collect(quota=0, pinned=[])
        assert present(store, blobs) == [0, 1, 2, 3, 4]
    monkeypatch.undo()
    store.collect(quota=0, pinned=[])
    assert present(store, blobs) == []
