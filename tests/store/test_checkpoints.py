"""Checkpoints: the last one whole, or none – however its writer ended and whatever became of the file."""

from __future__ import annotations

import os
import random
import subprocess
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from composer.digest import digest_of_parts
from composer.errors import StoreError
from composer.store.store import ActionEntry, Store

Actor = Callable[..., "subprocess.Popen[str]"]
KEY, OTHER = digest_of_parts([b"one"]), digest_of_parts([b"other"])
MB = 1_000_000


def file_of(root: Path, key: str = KEY) -> Path:
    return root / "checkpoints" / key[:2] / key


def test_the_last_one_is_read(store: Store) -> None:
    assert store.checkpoint(KEY) is None
    store.keep_checkpoint(KEY, [b"step ", b"1"])
    store.keep_checkpoint(KEY, [b"step 2", memoryview(b"!")])
    assert store.checkpoint(KEY) == b"step 2!"
    assert store.checkpoint(OTHER) is None
    store.drop_checkpoint(KEY)
    assert store.checkpoint(KEY) is None
    store.drop_checkpoint(KEY)


def test_one_without_bytes_is_one(store: Store) -> None:
    store.keep_checkpoint(KEY, [])
    assert store.checkpoint(KEY) == b""


def test_a_store_that_is_not_there_has_none(store: Store, root: Path) -> None:
    assert store.checkpoint(KEY) is None
    store.drop_checkpoint(KEY)
    assert not root.exists()


def test_what_is_read_stays_when_it_is_replaced_or_dropped(store: Store) -> None:
    store.keep_checkpoint(KEY, [b"first"])
    first = store.checkpoint(KEY)
    store.keep_checkpoint(KEY, [b"second"])
    store.drop_checkpoint(KEY)
    assert first == b"first"


@pytest.mark.parametrize("cut", [1, 40, 64, 65, 1000])
def test_one_cut_short_is_not_there(store: Store, root: Path, cut: int) -> None:
    store.keep_checkpoint(KEY, [bytes(1000)])
    os.truncate(file_of(root), 1064 - cut)
    assert store.checkpoint(KEY) is None


def test_one_of_which_any_byte_changed_is_not_there(store: Store, root: Path) -> None:
    store.keep_checkpoint(KEY, [random.Random(1).randbytes(100)])
    content = file_of(root).read_bytes()
    for position in range(len(content)):
        garbled = bytearray(content)
        garbled[position] ^= 1
        file_of(root).write_bytes(garbled)
        assert store.checkpoint(KEY) is None
    file_of(root).write_bytes(content)
    assert store.checkpoint(KEY) is not None


def test_one_under_another_actions_name_is_not_there(store: Store, root: Path) -> None:
    store.keep_checkpoint(KEY, [b"mine"])
    file_of(root, OTHER).parent.mkdir()
    file_of(root).rename(file_of(root, OTHER))
    assert store.checkpoint(OTHER) is None


def test_its_parts_are_never_joined(store: Store) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(20):
            yield bytes(MB)

    tracemalloc.start()
    store.keep_checkpoint(KEY, parts())
    kept = store.checkpoint(KEY)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept is not None
    assert len(kept) == 20 * MB
    assert peak < 5 * MB


def test_a_failure_while_it_is_made_leaves_the_one_before(store: Store, root: Path) -> None:
    def failing() -> Iterator[bytes]:
        yield b"half"
        raise OSError(5, "Input/output error")

    store.keep_checkpoint(KEY, [b"whole"])
    with pytest.raises(StoreError):
        store.keep_checkpoint(KEY, failing())
    assert store.checkpoint(KEY) == b"whole"
    assert list((root / "tmp").iterdir()) == []


def test_the_oldest_go_when_they_are_more_than_they_may_be(store: Store, root: Path) -> None:
    keys = [f"{number:064x}" for number in range(4)]
    for age, key in enumerate(reversed(keys)):
        store.keep_checkpoint(key, [bytes(1000)])
        wrote = time.time() - 100 * age
        os.utime(file_of(root, key), (wrote, wrote))
    assert store.collect(None, []).checkpoints == 0, "without a bound all may be gone on from"
    assert store.collect(None, [], unfinished=2200).checkpoints == 2
    assert [store.checkpoint(key) is not None for key in keys] == [False, False, True, True]


def test_kills_at_random_moments_leave_whole_ones_only(store: Store, actor: Actor) -> None:
    chance, found = random.Random(4), set()
    for _ in range(10):
        writer = actor("checkpoint_for_ever", KEY)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.05))
        writer.kill()
        writer.wait()
        kept = store.checkpoint(KEY)
        assert kept is not None, "the one before it was there"
        assert len(set(bytes(kept))) == 1, "it is of one step only"
        found.add(kept[0])
    assert len(found) > 1
    assert store.collect(None, []).stray > 0, "no kill caught it at writing: the test proved nothing"


def _done(store: Store, key: str) -> None:
    store.publish(key, ActionEntry(store.put([b"result"]), [], 1.0, 1.0, 6))


def test_a_clean_up_takes_those_of_actions_that_are_done(store: Store) -> None:
    for key in (KEY, OTHER):
        store.keep_checkpoint(key, [bytes(936)])
    _done(store, KEY)
    collected = store.collect(None, [])
    assert (collected.checkpoints, collected.freed, collected.left) == (1, 1000, 6)
    assert store.checkpoint(KEY) is None
    assert store.checkpoint(OTHER) is not None
    assert store.size().unfinished == 1000


def test_a_clean_up_keeps_that_of_an_action_whose_result_is_gone(store: Store) -> None:
    store.keep_checkpoint(KEY, [b"state"])
    _done(store, KEY)
    assert store.collect(0, []).checkpoints == 0
    assert store.checkpoint(KEY) == b"state"


def test_a_clean_up_takes_those_of_a_fortnight_ago(store: Store, root: Path) -> None:
    for key, days in ((KEY, 15), (OTHER, 13)):
        store.keep_checkpoint(key, [b"state"])
        then = time.time() - days * 24 * 3600
        os.utime(file_of(root, key), (then, then))
    assert store.collect(None, []).checkpoints == 1
    assert store.checkpoint(KEY) is None
    assert store.checkpoint(OTHER) == b"state"
