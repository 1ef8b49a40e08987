"""Two builds at once do the work once; a dead one keeps nobody waiting."""

from __future__ import annotations

import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from composer.errors import Cancelled
from composer.store.store import Store

Actor = Callable[..., "subprocess.Popen[str]"]


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def never() -> bool:
    return False


def test_four_processes_do_each_piece_of_work_once(root: Path, actor: Actor) -> None:
    keys = [f"key {number}" for number in range(12)]
    builders = [actor("work_once", ",".join(keys[start:] + keys[:start])) for start in (0, 0, 3, 6)]
    assert [builder.wait(30) for builder in builders] == [0, 0, 0, 0]
    runs = Counter((root.parent / "runs").read_text().split())
    assert len(runs) == len(keys)
    assert set(runs.values()) == {1}


def test_never_two_inside_though_lock_files_come_and_go(root: Path, actor: Actor) -> None:
    takers = [actor("take_turns", "150") for _ in range(4)]
    assert [taker.wait(60) for taker in takers] == [0, 0, 0, 0]
    assert list((root / "locks").iterdir()) == []


def test_threads_take_turns_too(store: Store) -> None:
    inside, most = 0, 0

    def take() -> None:
        nonlocal inside, most
        for _ in range(10):
            with store.lock("turn", never):
                inside += 1
                most = max(most, inside)
                time.sleep(0.001)
                inside -= 1

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


@pytest.mark.parametrize("child", ["alone", "child"])
def test_a_killed_builder_lets_go_even_when_a_child_of_it_lives_on(
    root: Path, store: Store, actor: Actor, child: str
) -> None:
    holder = actor("lock_and_wait", child)
    assert first_line(holder) == "ready\n"
    with pytest.raises(Cancelled), store.lock("work", lambda: True):
        pytest.fail("two hold one lock")
    holder.kill()
    holder.wait()
    deadline = time.monotonic() + 5
    with store.lock("work", lambda: time.monotonic() > deadline):
        (root.parent / "test is over").touch()


def test_waiting_can_be_cancelled(store: Store) -> None:
    asked = iter([False, False, True])
    with store.lock("work", never):
        with pytest.raises(Cancelled), store.lock("work", lambda: next(asked)):
            pytest.fail("two hold one lock")
        with store.lock("other work", lambda: True):
            pass


def test_a_failed_run_lets_go(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.lock("work", never):
        _ = 1 // 0
    with store.lock("work", lambda: True):
        pass
