"""Actions: action key → the digest of its output, and what is told about how it came to be.

Knows keys and entries. Does not know whether the output's blob is still there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ..digest import Json
from .documents import read_document, seal
from .durable import publish
from .layout import fan_out


@dataclass(frozen=True)
class ActionEntry:
    """What an action made, and from what.

    output: the digest of its blob. manifest: [field, value] pairs, plain JSON. seconds: how long it
    ran. created: seconds since the epoch. size: bytes of the blob.
    """

    output: str
    manifest: Sequence[Sequence[Json]]
    seconds: float
    created: float
    size: int


class Actions:
    """The entries below `folder`, one file a key."""

    def __init__(self, folder: Path, scratch_home: Path) -> None:
        self._folder = folder
        self._scratch_home = scratch_home

    def read(self, key: str) -> ActionEntry | None:
        """The entry of `key`; None when there is none or it is garbled."""
        return _entry(key, read_document(fan_out(self._folder, key)))

    def write(self, key: str, entry: ActionEntry) -> None:
        """Replace the entry of `key`. Raises StoreError, ValueError when key or output is no digest."""
        fan_out(self._folder, entry.output)
        content = seal({"key": key, **asdict(entry)})
        publish(self._scratch_home, fan_out(self._folder, key), content)

    def files(self) -> Iterator[tuple[Path, ActionEntry | None]]:
        """Each file and its entry, None for a garbled one."""
        for path in self._folder.glob("*/*"):
            yield path, _entry(path.name, read_document(path))


def _entry(key: str, document: Json) -> ActionEntry | None:
    if not isinstance(document, dict) or document.pop("key", None) != key:
        return None
    try:
        return ActionEntry(**document)  # type: ignore[arg-type]  # sealed: it is as `write` made it
    except TypeError:
        return None
