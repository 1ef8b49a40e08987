"""Inputs: the artist's files, copied into the store before anything reads them.

Knows files outside the store. Does not know what they show.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..digest import digest_of_file
from ..errors import InputError, StoreError
from .blobs import Blobs
from .durable import CHUNK, scratch, write_all
from .failures import writing
from .layout import Layout
from .stat_index import StatIndex


def snapshot(path: Path, layout: Layout, blobs: Blobs, index: StatIndex) -> str:
    """Copy the file at `path` into the store; the digest of the bytes copied.

    An unchanged file whose copy is intact is not read. Raises InputError and StoreError.
    """
    known = index.digest_of(_stat(path))
    if known is not None and blobs.has(known):
        return known
    try:
        return _taken(path, layout, blobs, index)
    except StoreError:  # full or read-only: what is in the store already need not be written
        with _reading(path):
            known = digest_of_file(path)
        if not blobs.has(known):
            raise
        return known


def _taken(path: Path, layout: Layout, blobs: Blobs, index: StatIndex) -> str:
    layout.prepare()
    with _opened(path) as source:
        before, began_ns = os.fstat(source), time.time_ns()
        digest = _copy_in(path, source, layout, blobs)
        index.observe(before, os.fstat(source), began_ns, digest)
    return digest


def identify(path: Path, index: StatIndex) -> str | None:
    """The digest of a file's bytes, from the index if it is unchanged; None when it is no file."""
    if not path.is_file():
        return None
    before, began_ns = path.stat(), time.time_ns()
    known = index.digest_of(before)
    if known is None:
        known = digest_of_file(path)
        index.observe(before, path.stat(), began_ns, known)
    return known


def copy_in(path: Path, layout: Layout, blobs: Blobs) -> str:
    """The same for a file that no index knows. Raises InputError and StoreError."""
    _stat(path)
    with _opened(path) as source:
        return _copy_in(path, source, layout, blobs)


def _copy_in(path: Path, source: int, layout: Layout, blobs: Blobs) -> str:
    with scratch(layout.tmp) as folder:
        copy = folder / "snapshot"
        with writing(layout.blobs):
            target = os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            _copy(path, source, target, layout.blobs)
        finally:
            os.close(target)
        return blobs.adopt(copy)


def _copy(path: Path, source: int, target: int, home: Path) -> None:
    # where the file system can, blocks are shared, not copied; where it cannot, or stops, we go on
    with suppress(OSError, AttributeError):  # macOS has no such call
        while os.copy_file_range(source, target, CHUNK * 64):
            pass
    while part := _read(path, source):
        with writing(home):
            write_all(target, memoryview(part))


def _read(path: Path, source: int) -> bytes:
    with _reading(path):
        return os.read(source, CHUNK)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    with _reading(path):
        fd = os.open(path, os.O_RDONLY)
    try:
        yield fd
    finally:
        os.close(fd)


def _stat(path: Path) -> os.stat_result:
    with _reading(path):
        found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise InputError(f"{path} is a folder, not a file", "name the file inside it")
    if not stat.S_ISREG(found.st_mode):
        raise InputError(f"{path} is not a regular file", "name a file on disk")
    return found


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        hint = "check its spelling; paths are relative to the piece"
        raise InputError(f"{path} does not exist", hint) from error
    except OSError as error:
        hint = "check that you may read it, and the disk it is on"
        raise InputError(f"cannot read {path}: {error.strerror or error}", hint) from error
