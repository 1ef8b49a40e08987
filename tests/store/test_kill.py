"""A process is killed at any moment: what the store then holds is whole, and the rest is swept."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from composer.digest import digest_of_file
from composer.store.store import Store

KILLS = 30

Actor = Callable[..., "subprocess.Popen[str]"]


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.fixture
def strays_of_kills(root: Path, actor: Actor) -> int:
    """Kill two publishers at random moments, again and again; how often one was caught at writing."""
    chance, caught = random.Random(20), 0
    for pairing in range(KILLS // 2):
        pair = [actor("publish_for_ever", f"{name}{pairing // 2}") for name in "ab"]
        for process in pair:
            assert first_line(process) == "ready\n"
        for process in pair:
            time.sleep(chance.uniform(0.0, 0.05))
            process.kill()
            process.wait()
        caught += sum(1 for _ in (root / "tmp").iterdir())
        assert_whole(root)
        Store(root).collect(quota=20_000_000, pinned=[])
        assert list((root / "tmp").iterdir()) == []
    return caught


def assert_whole(root: Path) -> None:
    """Every blob has the bytes of its name, every entry its blob, and no unfinished file a final name."""
    store = Store(root)
    assert all(digest_of_file(path) == path.name for path in (root / "blobs").glob("*/*"))
    for path in (root / "actions").glob("*/*"):
        entry = store.action(path.name)
        assert entry is not None
        assert store.has(entry.output)
        assert len(store.open(entry.output)) == entry.size


def test_kill_at_random_moments_leaves_whole_results_only(strays_of_kills: int, root: Path) -> None:
    assert strays_of_kills > 0, "no kill caught a process at writing: the test proved nothing"
    assert Store(root).size().actions > 0


def test_what_was_remembered_survives_a_kill(store: Store, actor: Actor) -> None:
    publisher = actor("publish_for_ever", "a")
    deadline = time.monotonic() + 20
    while store.recall("a") is None and time.monotonic() < deadline:
        time.sleep(0.01)
    publisher.kill()
    publisher.wait()
    assert isinstance(store.recall("a"), int)


def test_locks_of_the_dead_are_swept(root: Path, store: Store, actor: Actor) -> None:
    holder = actor("lock_and_wait", "alone")
    assert first_line(holder) == "ready\n"
    store.collect(None, [])
    assert len(list((root / "locks").iterdir())) == 1
    holder.kill()
    holder.wait()
    store.collect(None, [])
    assert list((root / "locks").iterdir()) == []
