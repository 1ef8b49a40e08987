"""Journal: what this machine learnt beside all pieces, as lines of JSON in a file of the user's.

Knows where it lies, and how to add to it and read it while others do. Does not know what the lines mean.
Nothing that is in it is needed: a folder that cannot be written keeps nothing, one that cannot be read knows
nothing, and a line that is garbled is passed over.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..digest import Json, canonical_json

SETTING = "COMPOSER_STATE"
"""The environment variable with the folder in which journals lie."""
_SHARED = "XDG_STATE_HOME"

Condense = Callable[[list[Json]], Sequence[Json]]


def state_folder() -> Path | None:
    """COMPOSER_STATE, or $XDG_STATE_HOME/composer, or ~/.local/state/composer; None without a home."""
    shared = os.environ.get(_SHARED, "")
    default = Path(shared if os.path.isabs(shared) else "~/.local/state", "composer")
    try:
        return Path(os.environ.get(SETTING) or default).expanduser()
    except RuntimeError:
        return None


@dataclass(frozen=True)
class Journal:
    """The lines of the file `name` in the state folder, the last ones last; about `limit` bytes at most.

    Many may write at once: lines are appended, and a file grown too long is replaced, in one step, by what
    `condense` leaves of it. What others add in that moment may be lost.
    """

    name: str
    condense: Condense
    limit: int = 256 * 1024

    def read(self) -> list[Json]:
        """Every line that is whole; of a file that someone else made huge, those at its end."""
        path = self._path()
        try:
            return [] if path is None else list(_lines(_end_of(path, 2 * self.limit)))
        except OSError:
            return []

    def append(self, lines: Sequence[Json]) -> None:
        """Add lines at the end; nothing happens where that is not possible."""
        path = self._path()
        if path is None or not lines:
            return
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            if _append(path, _text(lines)) > self.limit:
                self._shorten(path)

    def _path(self) -> Path | None:
        folder = state_folder()
        return None if folder is None else folder / self.name

    def _shorten(self, path: Path) -> None:
        """Leave half of the limit at most, so that this is rare. Raises OSError."""
        kept = _text(self.condense(self.read()))
        partial = path.with_name(f".{path.name}.{os.urandom(8).hex()}.partial")
        try:
            partial.write_bytes(kept[-self.limit // 2 :])  # a line that is cut is passed over
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def _text(lines: Sequence[Json]) -> bytes:
    """A line each. The first is empty: the last writer may have been killed in the middle of its own."""
    return b"\n" + b"".join(canonical_json(line).encode() + b"\n" for line in lines)


def _append(path: Path, text: bytes) -> int:
    """Add to the file in one step; its bytes then. Raises OSError."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(fd, text)
        return os.fstat(fd).st_size
    finally:
        os.close(fd)


def _end_of(path: Path, limit: int) -> bytes:
    """The last `limit` bytes of a file, or all of a smaller one. Raises OSError."""
    with path.open("rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - limit))
        return file.read(limit)


def _lines(content: bytes) -> Iterator[Json]:
    for line in content.split(b"\n"):
        with suppress(ValueError, RecursionError):  # garbled, or cut
            if line:
                yield json.loads(line)
