"""Sightings: what the watched files looked like when they were last seen.

Knows that a file which was written differs in one of five numbers (`store.stat_index.identity`), and the
folders in which a change of it shows: its own, and those of every link on the way to it. Reads no file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..store.stat_index import Identity, identity

_MOST_LINKS = 40


class Sightings:
    """The files to look at, and how each looked last; a file that is not there looks like None."""

    def __init__(self) -> None:
        self._seen: dict[Path, Identity | None] = {}

    def attend(self, paths: Iterable[Path]) -> None:
        """Look at these files only; what is new is seen as it is now, before anyone reads it."""
        self._seen = {path: self._seen[path] if path in self._seen else look(path) for path in paths}

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that are looked at."""
        return tuple(self._seen)

    def changed(self) -> dict[Path, Identity | None]:
        """The files that look different from the last time, as they look now."""
        found = {path: look(path) for path in self._seen}
        different = {path: seen for path, seen in found.items() if seen != self._seen[path]}
        self._seen |= different
        return different


def look(path: Path) -> Identity | None:
    """How the file at the end of all links looks; None when it cannot be looked at."""
    try:
        return identity(path.stat())
    except OSError:
        return None


def folders_of(paths: Iterable[Path]) -> dict[Path, set[str]]:
    """The folders, links resolved, in which a change of the files shows → the names that matter there."""
    folders: dict[Path, set[str]] = {}
    for path in paths:
        for hop in _hops(path):
            folders.setdefault(Path(os.path.realpath(hop.parent)), set()).add(hop.name)
    return folders


def _hops(path: Path) -> Iterator[Path]:
    """The path and, where it is a link, each path it leads over."""
    for _ in range(_MOST_LINKS):
        yield path
        try:
            target = os.readlink(path)
        except OSError:
            return
        path = path.parent / target
