"""Eviction: what leaves the store, and in which order.

Knows when each blob was last used, which are pinned and which builds run. Does not know what the
blobs mean; an action entry whose blob left is no more than a miss.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .actions import Actions
from .blobs import Blobs
from .checkpoints import Checkpoints
from .durable import sweep
from .failures import writing
from .holders import collecting, oldest_hold_ns
from .layout import Layout
from .locks import release, seize
from .stat_index import StatIndex


@dataclass(frozen=True)
class Collected:
    """What a collection removed, and what is left.

    evicted: blobs, least recently used. garbled: blobs whose bytes were not as put. dangling: action
    entries that were garbled or whose blob is gone. stray: unfinished writes of dead processes.
    checkpoints: those that nothing goes on from any more. freed: bytes of all these. left: bytes of the
    blobs that stay.
    """

    evicted: int
    garbled: int
    dangling: int
    stray: int
    checkpoints: int
    freed: int
    left: int


@dataclass(frozen=True)
class Keeping:
    """Which blobs must stay: the pinned, and those used at or after `since_ns`."""

    pinned: Set[str]
    since_ns: int

    def keeps(self, digest: str, last_used_ns: int) -> bool:
        """Must this blob stay?"""
        return digest in self.pinned or last_used_ns >= self.since_ns


@dataclass(frozen=True)
class Eviction:
    """The parts of a store that a collection works on."""

    layout: Layout
    blobs: Blobs
    actions: Actions
    checkpoints: Checkpoints
    index: StatIndex

    def collect(
        self, quota: int | None, pinned: Iterable[str], older_than: float, unfinished: int | None
    ) -> Collected:
        """See `Store.collect`."""
        garbled, lost = self._drop_garbled()
        with collecting(self.layout), writing(self.layout.root):
            keeping = Keeping(frozenset(pinned), self._kept_since_ns(older_than))
            stray, swept = sweep(self.layout.tmp)
            _sweep_locks(self.layout.locks)
            left = sum(size for _, size in self.blobs.sizes())
            evicted, freed = (0, 0) if quota is None else self._evict(left - quota, keeping)
            dangling, forgotten = self._drop_dangling()
            done = {path.name for path in self.layout.actions.glob("*/*")}
            checkpoints, dropped = self.checkpoints.collect(done, unfinished)
            self._forget_absent()
        removed = freed + lost + swept + forgotten + dropped
        return Collected(evicted, garbled, dangling, stray, checkpoints, removed, left - freed)

    def _kept_since_ns(self, older_than: float) -> int:
        recent = time.time_ns() - int(older_than * 1e9)
        oldest = oldest_hold_ns(self.layout)
        if oldest is not None and oldest > time.time_ns():
            return 0  # the clock went back since a build began: what it used looks older than the build
        return recent if oldest is None else min(recent, oldest)

    def _drop_garbled(self) -> tuple[int, int]:
        garbled = [size for path, size in self.blobs.sizes() if not self.blobs.is_intact(path.name)]
        return len(garbled), sum(garbled)

    def _evict(self, excess: int, keeping: Keeping) -> tuple[int, int]:
        evicted = freed = 0
        for last_used_ns, path in self.blobs.by_last_use():
            if freed >= excess:
                break
            if not keeping.keeps(path.name, last_used_ns):
                size = self.blobs.evict(path, last_used_ns)
                evicted += size is not None
                freed += size or 0
        return evicted, freed

    def _drop_dangling(self) -> tuple[int, int]:
        dropped = freed = 0
        for path, entry in self.actions.files():
            if entry is None or not self.blobs.path_of(entry.output).exists():
                freed += path.stat().st_size
                path.unlink(missing_ok=True)
                dropped += 1
        return dropped, freed

    def _forget_absent(self) -> None:
        present = {path.name for path, _ in self.blobs.sizes()}
        for marker in self.layout.used.glob("*"):
            if marker.name not in present:
                marker.unlink(missing_ok=True)
        self.index.retain(present.__contains__)


def _sweep_locks(folder: Path) -> None:
    """Remove the lock files that dead processes left."""
    for path in folder.glob("*"):
        with suppress(FileNotFoundError):
            fd = seize(path, os.O_RDWR)
            if fd is not None:
                release(path, fd)
