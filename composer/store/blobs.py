"""Blobs: bytes under the name of their digest, verified whenever they are asked for.

Knows bytes. Does not know what they mean, nor which action made them.
"""

from __future__ import annotations

import mmap
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from ..errors import BlobMissing, StoreError
from .durable import digest_of_descriptor, make_folder, rename_durably, scratch, sync, write_new
from .failures import writing
from .layout import Layout, fan_out
from .stat_index import StatIndex, identity

# Every blob gets this mtime: any later write moves it, however coarse the clock of the file system
_PUBLISHED_NS = 1_000_000_000_000_000_000


class Blobs:
    """The blobs of one store."""

    def __init__(self, layout: Layout, index: StatIndex) -> None:
        self._layout = layout
        self._index = index

    def path_of(self, digest: str) -> Path:
        """Where the blob is, if it is."""
        return fan_out(self._layout.blobs, digest)

    def put(self, parts: Iterable[bytes | memoryview]) -> str:
        """Store the parts laid end to end; their digest. Raises StoreError."""
        with scratch(self._layout.tmp) as folder:
            path = folder / "blob"
            with writing(self._layout.blobs):
                digest = write_new(path, parts)
                self._place(path, digest)
        return digest

    def adopt(self, path: Path) -> str:
        """Make a finished file on the store's file system a blob; its digest. Raises StoreError."""
        with writing(self._layout.blobs):
            fd = os.open(path, os.O_RDONLY)
            try:
                digest = digest_of_descriptor(fd)
            finally:
                os.close(fd)
            self._place(path, digest)
        return digest

    def _place(self, path: Path, digest: str) -> None:
        self._mark_used(digest)
        if self.has(digest):  # an intact blob stays as it is
            path.unlink()
            return
        _finish(path)
        final = self.path_of(digest)
        rename_durably(path, final)
        with suppress(FileNotFoundError):  # evicted by another process at once
            self._index.record(final.stat(), digest)

    def has(self, digest: str) -> bool:
        """Is the blob here, and intact? Using it counts as a use."""
        fd = self._open_used(digest)
        if fd is not None:
            os.close(fd)
        return fd is not None

    def open(self, digest: str) -> memoryview:
        """The blob's bytes, mapped read-only. Raises BlobMissing."""
        fd = self._open_used(digest)
        if fd is None:
            raise BlobMissing(f"the store has no intact blob {digest}", "build again: it will be made anew")
        try:
            return memoryview(mmap.mmap(fd, 0, access=mmap.ACCESS_READ) if os.fstat(fd).st_size else b"")
        finally:
            os.close(fd)

    def is_intact(self, digest: str) -> bool:
        """Like `has`, but no use."""
        fd = self._open_intact(digest)
        if fd is not None:
            os.close(fd)
        return fd is not None

    def sizes(self) -> Iterator[tuple[Path, int]]:
        """Each blob's file and its bytes."""
        for path in self._layout.blobs.glob("*/*"):
            with suppress(FileNotFoundError):
                yield path, path.stat().st_size

    def by_last_use(self) -> list[tuple[int, Path]]:
        """When (ns since the epoch) each blob was last put, asked for or opened; the oldest first."""
        return sorted((self._last_used_ns(path) or 0, path) for path, _ in self.sizes())

    def evict(self, path: Path, last_used_ns: int) -> int | None:
        """Remove a blob not used since `last_used_ns`; its bytes, None when it stays or is gone already.

        Raises OSError and StoreError.
        """
        with suppress(FileNotFoundError):
            return self._remove(path, unless=lambda _: (self._last_used_ns(path) or 0) > last_used_ns)
        return None

    def drop(self, digest: str) -> None:
        """Remove a blob, used or not; nothing happens when that cannot be."""
        with suppress(OSError, StoreError):
            self._remove(self.path_of(digest), unless=lambda _: False)

    def _remove(self, path: Path, unless: Callable[[Path], bool]) -> int | None:
        # asked only once the blob has lost its name, `unless` misses no use: who comes later finds none
        with scratch(self._layout.tmp) as folder:
            aside = folder / "removed"
            path.rename(aside)
            if unless(aside):
                aside.rename(path)
                return None
            return aside.stat().st_size

    def _last_used_ns(self, path: Path) -> int | None:
        for witness in (self._layout.used / path.name, path):
            with suppress(FileNotFoundError):
                found = witness.stat()
                return found.st_ctime_ns if witness is path else found.st_mtime_ns
        return None

    def _open_used(self, digest: str) -> int | None:
        self._mark_used(digest, create=False)
        fd = self._open_intact(digest)
        if fd is not None:
            self._mark_used(digest)
        return fd

    def _open_intact(self, digest: str) -> int | None:
        path = self.path_of(digest)
        try:
            fd = os.open(path, os.O_RDONLY)
        except OSError:
            return None
        if self._verify(fd, digest):
            return fd
        self._discard(path, os.fstat(fd))
        os.close(fd)
        return None

    def _verify(self, fd: int, digest: str) -> bool:
        before, began_ns = os.fstat(fd), time.time_ns()
        if self._index.digest_of(before) == digest:
            return True
        try:
            if digest_of_descriptor(fd) != digest:
                return False
        except OSError:
            return False
        self._index.observe(before, os.fstat(fd), began_ns, digest)
        return True

    def _discard(self, path: Path, garbled: os.stat_result) -> None:
        # another process may have put an intact one in its place by now: that one stays
        with suppress(OSError, StoreError):
            self._remove(path, unless=lambda aside: identity(aside.stat())[:2] != identity(garbled)[:2])

    def _mark_used(self, digest: str, create: bool = True) -> None:
        with suppress(OSError):  # a store that cannot be written can still be read
            path, now = self._layout.used / digest, time.time_ns()
            if create and not path.exists():
                make_folder(path.parent)
                path.touch()
            os.utime(path, ns=(now, now))


def _finish(path: Path) -> None:
    path.chmod(0o444)
    os.utime(path, ns=(_PUBLISHED_NS, _PUBLISHED_NS))
    sync(path)
