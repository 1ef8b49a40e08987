"""Settling: when a file that changed may be read – once nobody has written it for a moment.

Knows times and paths. Does not know files: who calls says what was seen when (seconds, any clock that
does not go back).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TEXT_SECONDS = 0.05
IMAGE_SECONDS = 0.5
"""GIMP closes a PNG twice, 0.4 s apart."""
GONE_SECONDS = 0.5
"""A file that is gone is looked for again: many programs save by removing and making anew."""
LONGEST_SECONDS = 1.0
"""A text is never held up for longer, whatever else is being written."""

_TEXTS = frozenset({".toml", ".cube", ".txt", ".json", ".svg"})


@dataclass
class _Moved:
    first: float
    last: float
    is_gone: bool


class Settling:
    """The files that changed and were not built yet."""

    def __init__(self) -> None:
        self._moved: dict[Path, _Moved] = {}

    def saw(self, path: Path, now: float, *, is_gone: bool = False) -> None:
        """The file has just changed."""
        known = self._moved.get(path)
        self._moved[path] = _Moved(now if known is None else known.first, now, is_gone)

    def settled(self, now: float) -> tuple[Path, ...]:
        """Every file that changed, once all of them are settled or a text waited long enough; else nothing.

        A file that is still being written then comes again when it is done.
        """
        unsettled = [path for path in self._moved if self._left(path, now) > 0]
        if unsettled and not any(
            self._waited_long(path, now) for path in self._moved if path not in unsettled
        ):
            return ()
        settled = tuple(path for path in self._moved if path not in unsettled)
        for path in settled:
            del self._moved[path]
        return (*settled, *unsettled)

    @property
    def is_calm(self) -> bool:
        """Whether nothing waits."""
        return not self._moved

    def long_unsettled(self, now: float) -> tuple[Path, ...]:
        """The files that are still being written after all that time."""
        return tuple(
            path
            for path, moved in self._moved.items()
            if now - moved.first > LONGEST_SECONDS and self._left(path, now) > 0
        )

    def _left(self, path: Path, now: float) -> float:
        moved = self._moved[path]
        quiet = TEXT_SECONDS if path.suffix.lower() in _TEXTS else IMAGE_SECONDS
        return moved.last + (max(quiet, GONE_SECONDS) if moved.is_gone else quiet) - now

    def _waited_long(self, path: Path, now: float) -> bool:
        return path.suffix.lower() in _TEXTS and now - self._moved[path].first >= LONGEST_SECONDS
