"""Stat index: which files are known to have which digest, so that an unchanged file is not read again.

Knows the five numbers of a file that move when it is written: device, inode, size, mtime, ctime.
Does not know whether the file is an input or a blob.

An entry says that a file had these numbers and that digest at a moment when its times were two seconds old.
Whatever was written since has a later ctime, which no program can set – restored times and sizes, an edit and
its undo, another file under the name are all seen. Two things are not: a clock that is set back to the very
tick of an earlier write; and a program that has the file mapped into its memory and writes a page that it has
written before, which the system does not date anew until the page was put on disk in between.

The index is a log; each line carries its own check. One write appends one line, so several
processes may append at once. A log with a line that fails its check is dropped whole; all that is
lost is time.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from blake3 import blake3

from ..errors import StoreError
from .durable import publish

Identity = tuple[int, int, int, int, int]

GRANULARITY_NS = 2_000_000_000  # the coarsest clock of a file system in use: FAT's
_SLACK = 256  # lines that may be out of date before the log is written anew


def identity(found: os.stat_result) -> Identity:
    """(device, inode, size, mtime_ns, ctime_ns): a file that was written since differs in one of them."""
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def settled(found: os.stat_result, moment_ns: int) -> bool:
    """Was the file last changed so long before `moment_ns` that a change since would show in its times?"""
    return moment_ns - max(found.st_mtime_ns, found.st_ctime_ns) >= GRANULARITY_NS


class StatIndex:
    """File identity → digest, kept in the log at `path`; never raises when the log cannot be written."""

    def __init__(self, path: Path, scratch_home: Path) -> None:
        self._path = path
        self._scratch_home = scratch_home
        self._entries: dict[tuple[int, int], tuple[Identity, str]] = {}
        self._lines = 0
        self._log: int | None = None  # the inode of the log that was read so far,
        self._offset = 0  # and how much of it
        self._guard = threading.Lock()

    def digest_of(self, found: os.stat_result) -> str | None:
        """The digest of the file with this stat, None when it is unknown or changed since."""
        with self._guard:
            known = self._find(identity(found))
            if known is None and self._read_on():
                known = self._find(identity(found))
            return known

    def record(self, found: os.stat_result, digest: str) -> None:
        """Trust from now on that the file with this stat has this digest."""
        with self._guard, suppress(OSError):
            entry = identity(found)
            self._entries[entry[:2]] = (entry, digest)
            _append(self._path, _line(entry, digest))

    def observe(self, before: os.stat_result, after: os.stat_result, began_ns: int, digest: str) -> None:
        """Record a file that was read from `began_ns` on, unless a change could have gone unseen.

        A file as young as its reading could be written again within one tick of its file system's
        clock; it is not recorded and will be read again.
        """
        if identity(before) == identity(after) and settled(after, began_ns):
            self.record(after, digest)

    def retain(self, wanted: Callable[[str], bool]) -> None:
        """Write the log anew with the entries of wanted digests only."""
        with self._guard:
            self._read_on()
            self._entries = {file: entry for file, entry in self._entries.items() if wanted(entry[1])}
            self._rewrite()

    def _find(self, wanted: Identity) -> str | None:
        entry, digest = self._entries.get(wanted[:2], (None, None))
        return digest if entry == wanted else None

    def _read_on(self) -> bool:
        """Take in what was appended since; False when that is nothing."""
        try:
            with self._path.open("rb") as log:
                found = os.fstat(log.fileno())
                if found.st_ino != self._log or found.st_size < self._offset:
                    self._forget()
                self._log = found.st_ino
                log.seek(self._offset)
                text = log.read()
        except OSError:
            return False
        text = text[: text.rfind(b"\n") + 1]  # a line without its end is still being written
        self._offset += len(text)
        self._take(text)
        return bool(text)

    def _take(self, text: bytes) -> None:
        for line in text.splitlines():
            parsed = _parse(line)
            if parsed is None:
                self._drop()
                return
            entry, digest = parsed
            self._entries[entry[:2]] = (entry, digest)
            self._lines += 1
        if self._lines > 2 * len(self._entries) + _SLACK:
            self._rewrite()

    def _forget(self) -> None:
        self._entries.clear()
        self._lines = self._offset = 0

    def _drop(self) -> None:
        self._forget()
        with suppress(OSError):
            self._path.unlink()

    def _rewrite(self) -> None:
        lines = [_line(entry, digest) for entry, digest in self._entries.values()]
        with suppress(StoreError):
            publish(self._scratch_home, self._path, b"".join(lines))
            self._lines = len(lines)


def _line(entry: Identity, digest: str) -> bytes:
    body = " ".join([*map(str, entry), digest]).encode("ascii")
    return _check(body) + b" " + body + b"\n"


def _check(body: bytes) -> bytes:
    return blake3(body).hexdigest(length=8).encode("ascii")


def _parse(line: bytes) -> tuple[Identity, str] | None:
    check, _, body = line.partition(b" ")
    if _check(body) != check:
        return None
    device, inode, size, mtime, ctime, digest = body.decode("ascii").split(" ")
    return (int(device), int(inode), int(size), int(mtime), int(ctime)), digest


def _append(path: Path, line: bytes) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        os.write(fd, line)
    finally:
        os.close(fd)
