"""Housekeeping: the store of a running watch, kept from filling the disk.

Knows sizes and when to look. Does not know what results mean; what the last builds ended with stays, and so
does all that a running build uses.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable

from ..build.history import pinned
from ..build.project import Project
from ..errors import ComposerError
from ..sizes import readable
from ..store.store import Store, Usage
from .events import Ended, Event, Noted

ROOM = 20 * 10**9
"""Bytes that a watch lets the store grow to when nobody gives a quota."""
LOOK_SECONDS = 30.0
_LEFT = 0.9  # of the limit is left, so that not every edit has something to remove
_CHECKPOINTS = 0.25  # of the limit, for layers that were begun and are no longer wanted

_log = logging.getLogger(__name__)


class Housekeeper:
    """A listener that looks at the store now and then, once something was built; in a thread of its own.

    `quota`: bytes; None for what `limit_of` finds when the watch begins.
    """

    def __init__(self, project: Project, quota: int | None, publish: Callable[[Event], None]) -> None:
        self._project = project
        self._quota = quota
        self._publish = publish
        self._built = threading.Event()
        self._closed = threading.Event()
        self._is_short = False
        self._thread = threading.Thread(target=self._run, name="housekeeper", daemon=True)

    def __call__(self, event: Event) -> None:
        """Know that there may be something to remove."""
        if isinstance(event, Ended):
            self._built.set()

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Look no more; a clean-up that runs ends by itself."""
        self._closed.set()
        self._built.set()

    def _run(self) -> None:
        limit = self._limit()
        while self._built.wait() and not self._closed.wait(LOOK_SECONDS):
            self._built.clear()
            try:
                self._tidy(self._project.store, limit)
            except (ComposerError, OSError) as error:  # it is removed another time
                _log.debug("the store could not be tidied", exc_info=error)

    def _limit(self) -> int:
        if self._quota is not None:
            return self._quota
        try:
            return limit_of(self._project.store.size(), shutil.disk_usage(self._project.folder).free)
        except OSError:
            return ROOM

    def _tidy(self, store: Store, limit: int) -> None:
        size = store.size()
        if size.bytes + size.unfinished <= limit:
            return
        unfinished = min(size.unfinished, int(limit * _CHECKPOINTS))
        quota = max(0, int(limit * _LEFT) - unfinished)
        collected = store.collect(quota, pinned(store), unfinished=unfinished)
        if collected.freed:
            removed = f"what was not used for longest, {readable(collected.freed)}, was removed"
            self._publish(
                Noted(f"the store had grown to {readable(size.bytes + size.unfinished)}: {removed}")
            )
        is_short = collected.left > limit
        if is_short and not self._is_short:
            needed = f"the last builds alone take {readable(collected.left)}"
            self._publish(Noted(f"{needed}, more than the store is to take ({readable(limit)}); that stays"))
        self._is_short = is_short


def limit_of(store: Usage, free: int) -> int:
    """Bytes that the store may take on a disk with `free` bytes left.

    Half of what there is room for, and no more than `ROOM`; but never less than there is already, which took
    somebody's time.
    """
    there = store.bytes + store.unfinished
    return max(there, min(ROOM, (there + free) // 2))
