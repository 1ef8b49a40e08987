"""Locks: one holder per file, over threads and processes, let go by the kernel when its holder dies.

An flock belongs to an open file, so two threads that each open the file exclude each other as two
processes do. Knows names in a folder. Does not know what they stand for.
"""

from __future__ import annotations

import fcntl
import functools
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import Cancelled
from .failures import writing

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.002, 0.05  # seconds

_seized: set[int] = set()


def seize(path: Path, flags: int = os.O_RDWR | os.O_CREAT) -> int | None:
    """Lock the file now called `path` for this caller alone; None while another has it.

    The answer is for `release` or `unseize`. Raises OSError.
    """
    _let_go_in_children()
    fd = os.open(path, flags, 0o666)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not is_named(fd, path):  # its last holder removed it between our open and our lock
            raise BlockingIOError
    except BlockingIOError:
        os.close(fd)
        return None
    except BaseException:
        os.close(fd)
        raise
    _seized.add(fd)
    return fd


def is_named(fd: int, path: Path) -> bool:
    """Is the open file the one that now has the name `path`?"""
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except FileNotFoundError:
        return False


def unseize(fd: int) -> None:
    """Let go of a lock, leaving its file; nothing happens in a child forked while it was held."""
    if fd in _seized:
        _seized.discard(fd)
        os.close(fd)


def release(path: Path, fd: int) -> None:
    """Let go of a lock and remove its file.

    The file is removed while it is still locked: whoever opened it before will see, once the lock
    is theirs, that it lost its name, and open the name again.
    """
    if fd in _seized and is_named(fd, path):
        with suppress(OSError):
            path.unlink()
    unseize(fd)


def never() -> bool:
    """For who waits for a lock however long it takes: its holders are quick."""
    return False


@contextmanager
def held(path: Path, cancelled: Callable[[], bool]) -> Iterator[None]:
    """Hold the lock `path` for the body; waits for it, asking `cancelled` in between.

    Raises Cancelled, and StoreError when the lock file cannot be made.
    """
    with writing(path):
        path.parent.mkdir(exist_ok=True)
        fd = _wait_for(path, cancelled)
    try:
        yield
    finally:
        release(path, fd)


def _wait_for(path: Path, cancelled: Callable[[], bool]) -> int:
    pause = _SHORTEST_PAUSE
    while (fd := seize(path)) is None:
        if cancelled():
            raise Cancelled
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)
    return fd


@functools.cache
def _let_go_in_children() -> None:
    # a forked child shares the open file: it would keep the lock after its parent's death
    os.register_at_fork(after_in_child=_let_go)


def _let_go() -> None:
    while _seized:
        os.close(_seized.pop())
