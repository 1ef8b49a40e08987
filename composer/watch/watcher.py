"""Watcher: waits until files were saved and are settled.

Knows that events only say when to look: the files themselves are looked at, also when no event came, so an
event that was lost (the system's queue ran over, a drive on the network) costs a second and nothing else.
Does not know what is done about a change.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from queue import Empty, SimpleQueue

from .alarm import Alarm
from .events import Noted, Writing
from .settling import Settling
from .sightings import Sightings, folders_of

LOOK_SECONDS = 1.0
DEAF_SECONDS = 0.3
"""How often the files are looked at where events tell of changes, and where they do not."""
_STEP_SECONDS = 0.02
_LINKS_SECONDS = 5.0

Tell = Callable[[Noted | Writing], None]


class Watcher:
    """The watched files of one piece. `tell` hears of files that are long in the writing, and of polling."""

    def __init__(self, tell: Tell, alarm: Callable[[Callable[[], None]], Alarm] = Alarm) -> None:
        self._tell = tell
        self._bell: SimpleQueue[None] = SimpleQueue()  # unlike an event it may be rung by a signal handler
        self._alarm = alarm(self.ring)
        self._sightings = Sightings()
        self._settling = Settling()
        self._touched: dict[Path, float] = {}
        self._due: dict[Path, float] = {}
        self._guard = threading.Lock()
        self._writing: tuple[Path, ...] = ()
        self._deaf = ""
        self._listened = 0.0
        self._is_closed = False

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that are watched."""
        return self._sightings.paths

    def attend(self, paths: Iterable[Path]) -> None:
        """Watch these files; whoever reads them does so afterwards, so that no change is missed."""
        self._sightings.attend(paths)
        self._touched = {path: at for path, at in self._touched.items() if path in self._sightings.paths}
        self._listen()

    def remind(self, paths: Iterable[Path], seconds: float) -> None:
        """Give these files as changed once more after so many seconds."""
        with self._guard:
            self._due |= dict.fromkeys(paths, time.monotonic() + seconds)

    def touched(self, path: Path) -> float | None:
        """How many seconds ago the file was seen to have changed; None when it never was."""
        return time.monotonic() - self._touched[path] if path in self._touched else None

    def ring(self) -> None:
        """Look at once."""
        self._bell.put(None)

    def close(self) -> None:
        """End `wait`; safe in a signal handler."""
        self._is_closed = True
        self.ring()

    def wait(self) -> tuple[Path, ...]:
        """The files that were saved, once they are settled; none when the watcher was closed."""
        while not self._is_closed:
            self._look()
            settled = self._settling.settled(time.monotonic())
            self._tell_writing()
            if settled:
                return settled
            self._pause()
        self._alarm.close()
        return ()

    def _look(self) -> None:
        now = time.monotonic()
        for path, seen in self._sightings.changed().items():
            self._settling.saw(path, now, is_gone=seen is None)
            self._touched[path] = now
        for path in self._reminders(now):
            self._settling.saw(path, now)
        if now - self._listened > _LINKS_SECONDS:
            self._listen()

    def _reminders(self, now: float) -> list[Path]:
        with self._guard:
            due = [path for path, moment in self._due.items() if moment <= now]
            for path in due:
                del self._due[path]
            return due

    def _pause(self) -> None:
        """Until someone rings, or it is time to look again."""
        looked = DEAF_SECONDS if self._deaf else LOOK_SECONDS
        try:
            self._bell.get(timeout=looked if self._settling.is_calm else _STEP_SECONDS)
            time.sleep(_STEP_SECONDS / 4)  # one save is many events
            while True:
                self._bell.get_nowait()
        except Empty:
            pass

    def _listen(self) -> None:
        self._alarm.attend(folders_of(self._sightings.paths))
        self._listened = time.monotonic()
        if self._alarm.deaf != self._deaf:
            self._deaf = self._alarm.deaf
            if self._deaf:
                self._tell(Noted(f"{self._deaf}. The files are looked at every {DEAF_SECONDS:g} s instead"))

    def _tell_writing(self) -> None:
        writing = self._settling.long_unsettled(time.monotonic())
        if writing != self._writing:
            self._writing = writing
            self._tell(Writing(writing))
