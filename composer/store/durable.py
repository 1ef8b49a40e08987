"""Durable: files that appear under their final name whole, on disk, or not at all.

A file is written in a folder of its own below `tmp/`, which its writer holds by a flock; so a
folder left by a dead process can be told from one in use. Knows files and locks. Does not know
blobs, actions or documents.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from blake3 import blake3

from .failures import writing
from .locks import seize, unseize

CHUNK = 1 << 20  # bytes
_HOLD = "hold"  # the file in a scratch folder that its writer keeps locked


def _octets(part: bytes | memoryview) -> memoryview:
    view = memoryview(part)
    return view.cast("B") if view.nbytes else memoryview(b"")


def write_all(fd: int, octets: memoryview) -> None:
    """Write every byte; the system may take fewer at a time. Raises OSError."""
    while octets:
        octets = octets[os.write(fd, octets) :]


def digest_of_descriptor(fd: int, end: int = sys.maxsize) -> str:
    """The digest of an open file from its first byte up to `end`, a chunk at a time. Raises OSError.

    Reads rather than maps: a mapped file that another program truncates kills the reader.
    """
    hasher, offset = blake3(), 0
    while chunk := os.pread(fd, min(CHUNK, end - offset), offset):
        hasher.update(chunk)
        offset += len(chunk)
    return hasher.hexdigest()


def sync(path: Path) -> None:
    """Put a file's bytes, or a folder's names, on disk. Raises OSError."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def make_folder(folder: Path) -> None:
    """Make `folder` and those above it, durably; nothing happens when it is there. Raises OSError."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync(folder.parent)


def rename_durably(path: Path, final: Path) -> None:
    """Give a finished, synced file its final name, replacing what had it. Raises OSError."""
    make_folder(final.parent)
    path.replace(final)
    sync(final.parent)


def publish(scratch_home: Path, final: Path, content: bytes) -> None:
    """Write `content` so that `final` holds the old bytes or the new ones, whatever happens.

    Raises StoreError.
    """
    with scratch(scratch_home) as folder, writing(final):
        path = folder / "publish"
        write_new(path, [content])
        sync(path)
        rename_durably(path, final)


def write_new(path: Path, parts: Iterable[bytes | memoryview]) -> str:
    """Write a new file, not yet synced; the digest of its bytes. Raises OSError."""
    fd, hasher = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), blake3()
    try:
        for octets in map(_octets, parts):
            hasher.update(octets)
            write_all(fd, octets)
    finally:
        os.close(fd)
    return hasher.hexdigest()


@contextmanager
def scratch(home: Path) -> Iterator[Path]:
    """A new folder for unfinished files, held while the body runs and removed afterwards.

    Raises StoreError when it cannot be made.
    """
    with writing(home):
        folder, fd = _claim(home)
    try:
        yield folder
    finally:
        with suppress(OSError):
            remove_tree(folder)
        unseize(fd)


def _claim(home: Path) -> tuple[Path, int]:
    while True:  # a sweep may take the folder in the moment before it is held
        make_folder(home)
        folder = home / os.urandom(8).hex()
        folder.mkdir()
        with suppress(FileNotFoundError):
            fd = seize(folder / _HOLD)
            if fd is not None:
                return folder, fd


def sweep(home: Path) -> tuple[int, int]:
    """Remove the folders of dead processes: how many, and their bytes. Raises OSError."""
    count = freed = 0
    for folder in list(home.iterdir()) if home.is_dir() else []:
        with suppress(FileNotFoundError, NotADirectoryError):
            fd = seize(folder / _HOLD)
            if fd is not None:
                freed += _remove_dead(folder, fd)
                count += 1
    return count, freed


def _remove_dead(folder: Path, fd: int) -> int:
    grave = folder.with_name(os.urandom(8).hex())
    try:
        folder.rename(grave)  # should its writer be alive and about to hold it, it will find no folder
        return remove_tree(grave)
    finally:
        unseize(fd)


def remove_tree(folder: Path) -> int:
    """Remove a folder with all in it; the bytes of its files. Raises OSError."""
    freed = 0
    for entry in os.scandir(folder):
        path = Path(entry.path)
        found = path.lstat()
        if stat.S_ISDIR(found.st_mode):
            freed += remove_tree(path)
        else:
            freed += found.st_size
            path.unlink()
    folder.rmdir()
    return freed
