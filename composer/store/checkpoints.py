"""Checkpoints: the state of an action that has begun, so that a killed one goes on where it was.

Knows one file an action key: bytes, and a seal at their end. Does not know what the bytes mean. One
that is garbled, cut short or another key's is not there. None is synced: the kernel keeps what a killed
process wrote; a power cut may cost a checkpoint, which the seal tells, and that is no more than time.
"""

from __future__ import annotations

import mmap
import os
import time
from collections.abc import Iterable, Iterator, Set
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
        return sum(size for _, size, _ in self._found())

    def collect(self, done: Set[str], quota: int | None = None) -> tuple[int, int]:
        """Remove those of `done` actions, those older than 14 days, and the oldest beyond `quota` bytes.

        How many, and their bytes.
        """
        removed = freed = kept = 0
        for wrote, size, path in sorted(self._found(), reverse=True):
            kept += 0 if path.name in done else size
            if (
                path.name in done
                or wrote < time.time() - KEPT_SECONDS
                or (quota is not None and kept > quota)
            ):
                with suppress(FileNotFoundError):
                    path.unlink()
                    removed, freed = removed + 1, freed + size
        return removed, freed

    def _found(self) -> Iterator[tuple[float, int, Path]]:
        """When each was written (seconds since the epoch), its bytes and its file."""
        for path in self._folder.glob("*/*"):
            with suppress(FileNotFoundError):
                found = path.stat()
                yield found.st_mtime, found.st_size, path


def _seal(key: str, digest: str) -> bytes:
    return digest_of_parts([f"checkpoint {key} {digest}".encode("ascii")]).encode("ascii")


def _unsealed(fd: int, key: str) -> memoryview | None:
    length = os.fstat(fd).st_size - _SEAL
    if length < 0 or os.pread(fd, _SEAL, length) != _seal(key, digest_of_descriptor(fd, length)):
        return None
    return memoryview(mmap.mmap(fd, 0, access=mmap.ACCESS_READ))[:length]
