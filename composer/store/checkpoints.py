"""Checkpoints: the state of an action that has begun, so that a killed one goes on where it was.

Knows one file an action key: bytes, and a seal at their end. Does not know what the bytes mean. One
that is garbled, cut short or another key's is not there. None is synced: the kernel keeps what a killed
process wrote; a power cut may cost a checkpoint, which the seal tells, and that is no more than time.
"""

from __future__ import annotations

import mmap
import os
import time
from collections.abc import Iterable, Set
from contextlib import suppress
from pathlib import Path

from ..digest import digest_of_parts
from .durable import digest_of_descriptor, make_folder, scratch, write_new
from .failures import writing
from .layout import fan_out

KEPT_SECONDS = 14 * 24 * 3600.0
_SEAL = 64  # bytes


class Checkpoints:
    """The checkpoints below `folder`."""

    def __init__(self, folder: Path, scratch_home: Path) -> None:
        self._folder = folder
        self._scratch_home = scratch_home

    def write(self, key: str, parts: Iterable[bytes | memoryview]) -> None:
        """Replace the checkpoint of `key` by the parts laid end to end. Raises StoreError."""
        final = fan_out(self._folder, key)
        with scratch(self._scratch_home) as folder, writing(final):
            path = folder / "checkpoint"
            seal = _seal(key, write_new(path, parts))
            with path.open("ab") as file:
                file.write(seal)
            make_folder(final.parent)
            path.replace(final)

    def read(self, key: str) -> memoryview | None:
        """The last bytes written, mapped read-only; they stay when they are replaced or removed."""
        try:
            fd = os.open(fan_out(self._folder, key), os.O_RDONLY)
        except OSError:
            return None
        try:
            return _unsealed(fd, key)
        except OSError:
            return None
        finally:
            os.close(fd)

    def remove(self, key: str) -> None:
        """Forget the checkpoint of `key`, if there is one; what cannot be removed now is collected later."""
        with suppress(OSError):
            fan_out(self._folder, key).unlink(missing_ok=True)

    def size(self) -> int:
        """The bytes of all of them."""
        total = 0
        for path in self._folder.glob("*/*"):
            with suppress(FileNotFoundError):
                total += path.stat().st_size
        return total

    def collect(self, done: Set[str]) -> tuple[int, int]:
        """Remove those of `done` actions and those older than 14 days: how many, and their bytes."""
        removed = freed = 0
        for path in self._folder.glob("*/*"):
            with suppress(FileNotFoundError):
                found = path.stat()
                if path.name in done or found.st_mtime < time.time() - KEPT_SECONDS:
                    path.unlink()
                    removed, freed = removed + 1, freed + found.st_size
        return removed, freed


def _seal(key: str, digest: str) -> bytes:
    return digest_of_parts([f"checkpoint {key} {digest}".encode("ascii")]).encode("ascii")


def _unsealed(fd: int, key: str) -> memoryview | None:
    length = os.fstat(fd).st_size - _SEAL
    if length < 0 or os.pread(fd, _SEAL, length) != _seal(key, digest_of_descriptor(fd, length)):
        return None
    return memoryview(mmap.mmap(fd, 0, access=mmap.ACCESS_READ))[:length]
