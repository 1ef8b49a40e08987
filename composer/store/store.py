"""Store: digest → bytes and action key → what the action made; safe to use at once and to kill.

The one door to this room. Knows blobs, entries, checkpoints, documents and locks. Does not know what the
bytes mean, nor what an action key is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..digest import Json, digest_of_parts
from ..errors import BlobMissing
from .actions import ActionEntry, Actions
from .blobs import Blobs
from .checkpoints import Checkpoints
from .documents import Documents
from .durable import scratch
from .eviction import Collected, Eviction
from .failures import writing
from .holders import holding
from .inputs import copy_in, identify, snapshot
from .layout import Layout
from .locks import held, never
from .stat_index import StatIndex

__all__ = ["ActionEntry", "BlobMissing", "Collected", "Store", "Usage"]


@dataclass(frozen=True)
class Usage:
    """What a store holds: blobs and their bytes, action entries, and the bytes of checkpoints."""

    blobs: int
    bytes: int
    actions: int
    unfinished: int = 0


class Store:
    """The store at `root`, made when something is first written; a missing one is an empty one.

    Everything raises StoreError for a store of another version and, where it writes, for a disk that
    is full, read-only or failing; nothing half-written then has a final name. Digests and keys are
    lower-case hex, else ValueError. Threads may share one Store, processes the folder.
    """

    def __init__(self, root: Path) -> None:
        self._layout = Layout(root)
        self._index = StatIndex(self._layout.index, self._layout.tmp)
        self._blobs = Blobs(self._layout, self._index)
        self._actions = Actions(self._layout.actions, self._layout.tmp)
        self._checkpoints = Checkpoints(self._layout.checkpoints, self._layout.tmp)
        self._documents = Documents(self._layout.documents, self._layout.tmp)

    def snapshot(self, path: Path) -> str:
        """Copy an input file into the store; the digest of the bytes copied, whatever became of the file.

        An unchanged file whose copy is intact is not read. Raises InputError when it is missing, a
        folder or unreadable.
        """
        self._layout.exists()
        return snapshot(path, self._layout, self._blobs, self._index)

    def identify(self, path: Path) -> str | None:
        """The digest of a file's bytes, read only when it changed since it was last; None when it is no file.

        Nothing is copied. Raises OSError when it cannot be read.
        """
        return identify(path, self._index)

    def put(self, parts: Iterable[bytes | memoryview]) -> str:
        """Store the parts laid end to end as one blob; its digest. An equal blob is not written again."""
        self._layout.prepare()
        return self._blobs.put(parts)

    def put_file(self, path: Path) -> str:
        """Store a finished file; its digest. One from `temporary` is moved, any other copied."""
        self._layout.prepare()
        if self._layout.tmp in path.parents:
            return self._blobs.adopt(path)
        return copy_in(path, self._layout, self._blobs)

    @contextmanager
    def temporary(self, suffix: str = "") -> Iterator[Path]:
        """A path to write a file at, in a folder of its own that is removed after the body.

        An OSError of the body, which writes there, becomes a StoreError.
        """
        self._layout.prepare()
        with scratch(self._layout.tmp) as folder:
            path = folder / f"unfinished{suffix}"
            with writing(self._layout.tmp):  # not the path: what fails twice should read the same
                yield path

    def drop(self, digest: str) -> None:
        """Give up a blob that can be made again, to make room; who has it open goes on reading it."""
        self._blobs.drop(digest)

    def has(self, digest: str) -> bool:
        """Is the blob here, and intact? A garbled one is removed and counts as missing."""
        return self._layout.exists() and self._blobs.has(digest)

    def open(self, digest: str) -> memoryview:
        """The blob's bytes, verified and mapped read-only; they stay when it is evicted.

        Raises BlobMissing when it is missing or garbled.
        """
        self._layout.exists()
        return self._blobs.open(digest)

    def path_of(self, digest: str) -> Path:
        """Where the blob is, if it is; for readers that want a file. Never write there."""
        return self._blobs.path_of(digest)

    def action(self, key: str) -> ActionEntry | None:
        """What is known of an action; None when it never ran or its entry is garbled.

        Its output may have been evicted: ask `has`.
        """
        return self._actions.read(key) if self._layout.exists() else None

    def publish(self, key: str, entry: ActionEntry) -> None:
        """Make an action's result known, at once for everyone; its output must have been put before."""
        self._layout.prepare()
        self._actions.write(key, entry)

    def keep_checkpoint(self, key: str, parts: Iterable[bytes | memoryview]) -> None:
        """Replace the state that an action, begun but not done, would go on from; parts are not joined."""
        self._layout.prepare()
        self._checkpoints.write(key, parts)

    def checkpoint(self, key: str) -> memoryview | None:
        """The state kept last for an action, mapped read-only; None without one, or when it is garbled."""
        return self._checkpoints.read(key) if self._layout.exists() else None

    def drop_checkpoint(self, key: str) -> None:
        """Forget the state of an action that is done."""
        self._checkpoints.remove(key)

    @contextmanager
    def lock(self, key: str, cancelled: Callable[[], bool] = never) -> Iterator[None]:
        """Be the only one, of all threads and processes, that works on `key` (any text).

        Waits for its holder, or its death, asking `cancelled` in between. Not re-entrant. Look for the
        result once more when the lock is yours. Raises Cancelled.
        """
        self._layout.prepare()
        name = digest_of_parts([key.encode()])[:32]
        with held(self._layout.locks / name, cancelled):
            yield

    def hold(self) -> AbstractContextManager[None]:
        """A build holds the store while it runs: `collect` then spares all that was used since it began."""
        return holding(self._layout)

    def remember(self, name: str, value: Json) -> None:
        """Keep a small JSON value under a name (any text); the last one remembered is recalled."""
        self._layout.prepare()
        self._documents.write(name, value)

    def recall(self, name: str) -> Json | None:
        """The value remembered under a name; None when there is none or it is garbled."""
        return self._documents.read(name) if self._layout.exists() else None

    def collect(
        self,
        quota: int | None,
        pinned: Iterable[str],
        older_than: float = 0,
        unfinished: int | None = None,
    ) -> Collected:
        """Clean the store, and evict blobs, least recently used first, until their bytes fit `quota`.

        quota: bytes; None evicts nothing. Stay whatever the quota: `pinned` digests, blobs used in
        the last `older_than` seconds, blobs used since the oldest running build began (see `hold`).
        Cleaned: garbled blobs, garbled and dangling action entries, unfinished writes of the dead,
        checkpoints of actions that are done and those older than 14 days, and the oldest of the others until
        their bytes fit `unfinished`.
        """
        if not self._layout.exists():
            return Collected(0, 0, 0, 0, 0, 0, 0)
        eviction = Eviction(self._layout, self._blobs, self._actions, self._checkpoints, self._index)
        return eviction.collect(quota, pinned, older_than, unfinished)

    def size(self) -> Usage:
        """What the store holds now."""
        sizes = [size for _, size in self._blobs.sizes()]
        actions = sum(1 for _ in self._layout.actions.glob("*/*"))
        return Usage(len(sizes), sum(sizes), actions, self._checkpoints.size())
