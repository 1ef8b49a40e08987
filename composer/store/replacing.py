"""Replacing: an artist's file that holds its old bytes or its new ones, whatever happens.

Knows files outside of the store. Does not know what is in them, nor who else writes them: of two writers of
one file at once each needs a mark of its own, or they take turns.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .durable import sync
from .failures import writing


@contextmanager
def replacing(path: Path, mark: str = "") -> Iterator[Path]:
    """Where to write what will be at `path`; once it is on disk it takes that name, in one step.

    Of a body that fails nothing is left, and its OSError becomes a StoreError. What is no file, such as a
    pipe, is written as it is.
    """
    if path.exists() and not path.is_file():
        with writing(path):
            yield path
        return
    partial = partial_of(path, mark)
    try:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield partial
            sync(partial)
            partial.replace(path)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def partial_of(path: Path, mark: str = "") -> Path:
    """Where a file lies while it is written; a killed writer may leave it there."""
    return path.with_name(f".{path.name}{mark}.partial")
