"""Builds on a disk that is full at the n-th attempt to write, or from then on: a program for its test.

    python -m tests.e2e.full_disk FOLDER ATTEMPT...

FOLDER has a project, `project`; for each attempt a copy of it is built on a disk that refuses there, which is
printed as one line of JSON, and built once more on a disk with room. Counts what makes or grows files in
the copy: opening to write, os.write, fsync, rename and mkdir. Of a negative number only that attempt fails.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from pathlib import Path

from .forked import ran


class Disk:
    """Refuses below `folder` from its `attempt`-th write on, or only then."""

    def __init__(self, folder: Path, attempt: int) -> None:
        self._folder = str(folder)
        self._attempt = attempt
        self._count = 0
        self._write, self._fsync = os.write, os.fsync

    def begin(self) -> None:
        sys.addaudithook(self._audit)
        os.write, os.fsync = self._written, self._synced

    def _audit(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_CREAT:
            self._meet(str(arguments[0]))
        elif event in ("os.mkdir", "os.rename"):
            self._meet(str(arguments[event == "os.rename"]))

    def _written(self, fd: int, octets: bytes | memoryview) -> int:
        self._meet(os.readlink(f"/proc/self/fd/{fd}"))
        return self._write(fd, octets)

    def _synced(self, fd: int) -> None:
        self._meet(os.readlink(f"/proc/self/fd/{fd}"))
        self._fsync(fd)

    def _meet(self, path: str) -> None:
        if not path.startswith(self._folder):
            return
        self._count += 1
        if self._count == abs(self._attempt) or (0 < self._attempt < self._count):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)


def built(folder: Path, attempt: int | None) -> dict[str, object]:
    """Build in a child process, which the disk refuses; what the artist reads, and the exit status."""
    words = ["build", str(folder / "piece.toml"), "--device", "cpu", "--jobs", "1"]
    return ran(words) if attempt is None else {**ran(words, Disk(folder, attempt).begin), "attempt": attempt}


def remains(folder: Path) -> list[str]:
    """What lies in the project besides the store, by name."""
    return sorted(path.name for path in folder.rglob("*") if ".composer" not in path.parts and path.is_file())


if __name__ == "__main__":
    home = Path(sys.argv[1])
    for attempt in map(int, sys.argv[2:]):
        folder = home / f"attempt {attempt}"
        shutil.copytree(home / "project", folder)
        answer = built(folder, attempt)
        answer["partial"] = [name for name in remains(folder) if "partial" in name]
        answer["after"] = built(folder, None)["status"]
        sys.stdout.write(json.dumps(answer) + "\n")
