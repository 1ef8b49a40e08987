"""Alarm: says that something may have changed in the folders it watches; and that it cannot, and why.

Knows watchdog, the limits of inotify and which file systems tell nobody. Does not know what changed: who is
woken looks at the files themselves, so an event that is lost costs no more than the wait for the next look.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from watchdog.events import (
    DirDeletedEvent,
    DirMovedEvent,
    FileAttribEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

_LIMITS = {
    errno.ENOSPC: ("max_user_watches", "watches", 524_288),
    errno.EMFILE: ("max_user_instances", "instances", 1024),
}
_SYSTEM = Path("/proc/sys/fs/inotify")
_MOUNTS = Path("/proc/self/mounts")
_SILENT = ("nfs", "cifs", "smb", "9p", "afs", "ceph", "glusterfs", "vboxsf", "vmhgfs", "drvfs", "fuse.")
"""File systems on which a change made elsewhere raises no event here."""


_TELLING: list[type[FileSystemEvent]] = [
    FileCreatedEvent,
    FileModifiedEvent,
    FileClosedEvent,
    FileMovedEvent,
    FileDeletedEvent,
    FileAttribEvent,
    DirMovedEvent,
    DirDeletedEvent,
]
"""Those of a change; the others come with every reading too."""


class _Ears(FileSystemEventHandler):
    """Wakes for events that name one of the files, or the folder itself."""

    def __init__(self, folder: Path, wake: Callable[[], None]) -> None:
        self._folder = str(folder)
        self._wake = wake
        self.names: set[str] = set()

    def on_any_event(self, event: FileSystemEvent) -> None:
        for path in map(os.fsdecode, (event.src_path, event.dest_path)):
            if path == self._folder or os.path.basename(path) in self.names:
                self._wake()
                return


class Alarm:
    """`wake` is called from a thread of watchdog's. `deaf`: why events cannot be relied on, or nothing."""

    def __init__(self, wake: Callable[[], None], mounts: Path = _MOUNTS) -> None:
        self._wake = wake
        self._mounts = mounts
        self._observer: BaseObserver | None = None
        self._watched: dict[Path, tuple[tuple[int, int], ObservedWatch, _Ears]] = {}
        self.deaf = ""

    def attend(self, folders: Mapping[Path, set[str]]) -> None:
        """Watch these folders, and of each these names; a folder that was replaced is watched anew."""
        self.deaf = ""
        for folder in [*self._watched]:
            if folder not in folders or _place(folder) != self._watched[folder][0]:
                self._leave(folder)
        for folder, names in folders.items():
            if self._is_watched(folder):
                self._watched[folder][2].names = set(names)
        silent = {kind for folder in folders if (kind := _silent(folder, self._mounts))}
        if silent and not self.deaf:
            self.deaf = f"files on {', '.join(sorted(silent))} drives may change without notice"

    def close(self) -> None:
        """Watch nothing any more."""
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
            self._observer = None
        self._watched.clear()

    def _is_watched(self, folder: Path) -> bool:
        place = _place(folder)
        if folder not in self._watched and place is not None:
            try:
                self._listen(folder, place)
            except OSError as error:
                self.deaf = _reason(error)
        return folder in self._watched

    def _listen(self, folder: Path, place: tuple[int, int]) -> None:
        if self._observer is None:
            self._observer = Observer()
            self._observer.start()
        ears = _Ears(folder, self._wake)
        watch = self._observer.schedule(ears, str(folder), event_filter=_TELLING)
        self._watched[folder] = place, watch, ears

    def _leave(self, folder: Path) -> None:
        _, watch, _ = self._watched.pop(folder)
        if self._observer is not None:
            with suppress(KeyError, OSError):  # the folder is gone, and the watch with it
                self._observer.unschedule(watch)


def _place(folder: Path) -> tuple[int, int] | None:
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _reason(error: OSError) -> str:
    """Why nobody tells of changes, and how that is mended."""
    if error.errno not in _LIMITS:
        return f"this system does not tell of changes ({error.strerror or error})"
    setting, word, more = _LIMITS[error.errno]
    with suppress(OSError, ValueError):
        now = int((_SYSTEM / setting).read_text(encoding="ascii"))
        word, more = f"{word}, {now},", max(more, 2 * now)
    return f"the limit of inotify {word} is reached; to raise it: sudo sysctl fs.inotify.{setting}={more}"


def _silent(folder: Path, mounts: Path) -> str:
    """The kind of file system the folder is on, if it is one that tells nobody; else nothing."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    found = [(fields[1], fields[2]) for fields in map(str.split, lines) if len(fields) > 2]
    within = [(len(at), kind) for at, kind in found if folder.is_relative_to(at.replace("\\040", " "))]
    kind = max(within, default=(0, ""))[1]
    return kind if kind.startswith(_SILENT) else ""
