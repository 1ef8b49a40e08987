"""Holders: the builds that use a store now, so that nothing they use is evicted.

Knows when each began, from the name of a file it keeps locked. Does not know what it uses.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from ..errors import StoreError
from .durable import make_folder
from .failures import UNWRITABLE, writing
from .layout import Layout
from .locks import held, never, release, seize


def collecting(layout: Layout) -> AbstractContextManager[None]:
    """No build begins while the body runs, nor another collection. Raises StoreError."""
    return held(layout.locks / "gate", never)


@contextmanager
def holding(layout: Layout) -> Iterator[None]:
    """Be known as a build that began now while the body runs; a read-only store needs no holding."""
    try:
        hold = _begin(layout)
    except StoreError as error:
        if getattr(error.__cause__, "errno", None) not in UNWRITABLE:
            raise
        hold = None
    try:
        yield
    finally:
        if hold is not None:
            release(*hold)


def _begin(layout: Layout) -> tuple[Path, int]:
    layout.prepare()
    with collecting(layout), writing(layout.builds):
        make_folder(layout.builds)
        path = layout.builds / f"{time.time_ns()}-{os.urandom(4).hex()}"
        fd = seize(path)
    if fd is None:
        raise StoreError(f"cannot lock {path}", "another program locks the store's files")
    return path, fd


def oldest_hold_ns(layout: Layout) -> int | None:
    """When the oldest build that still runs began, None when none runs; dead ones' files are removed."""
    began = [_began_ns(path) for path in layout.builds.glob("*-*")]
    return min((moment for moment in began if moment is not None), default=None)


def _began_ns(path: Path) -> int | None:
    with suppress(FileNotFoundError):
        fd = seize(path, os.O_RDWR)
        if fd is None:
            return int(path.name.partition("-")[0])
        release(path, fd)
    return None
