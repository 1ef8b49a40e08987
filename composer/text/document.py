"""Document: a TOML text that was read, with the span of every key and value.

Knows files as text, TOML and spans. Does not know what a piece is.
"""

from __future__ import annotations

import bisect
import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..diagnostics import Diagnostic, Span
from ..errors import PieceError
from .brackets import endless_key
from .encoding import decode
from .slips import Slip
from .spans import Path, Place, places
from .strings import decoded_offsets
from .syntax import syntax_slips


@dataclass(frozen=True)
class Document:
    """A TOML text: the name shown to the user, the text, and the values in it."""

    file: str
    text: str
    table: dict[str, Any]

    def key_span(self, path: Path) -> Span:
        """Where the key of `path` stands; the nearest table around it when the text has no such key."""
        place = self._places.get(path)
        if place is None:
            return self.value_span(path[:-1])
        return self._span(*place.key)

    def value_span(self, path: Path) -> Span:
        """Where the value of `path` stands: its first line, a table's header; falls back to its parents."""
        while path and path not in self._places:
            path = path[:-1]
        if not path:
            return Span(1, 1)
        return self._span(*self._places[path].value)

    def part_span(self, path: Path, start: int, end: int) -> Span:
        """Where the characters start…end (half-open) of the text at `path` stand, escapes counted in."""
        place = self._places.get(path)
        if place is None:
            return self.value_span(path)
        return self._part(place.value, start, end)

    def key_part_span(self, path: Path, start: int, end: int) -> Span:
        """Where the characters start…end (half-open) of the key of `path` stand, escapes counted in."""
        place = self._places.get(path)
        return self.key_span(path) if place is None else self._part(place.key, start, end)

    def diagnostic(self, span: Span, message: str, hints: tuple[str, ...] = ()) -> Diagnostic:
        """A mistake at `span`, with the line it stands on."""
        return Diagnostic(self.file, span, self.line(span.line), message, hints)

    def slip(self, slip: Slip) -> Diagnostic:
        """A mistake of syntax as a diagnostic."""
        first, last = (len(self.text[:offset].encode()) for offset in (slip.start, slip.end))
        return self.diagnostic(self._span(first, last), slip.message, (slip.hint,) if slip.hint else ())

    def line(self, number: int) -> str:
        """The line of that number (from 1), without its end."""
        return self._lines[number - 1] if number <= len(self._lines) else ""

    def _part(self, literal: tuple[int, int], start: int, end: int) -> Span:
        """Characters start…end of a string or bare key that stands at those bytes, or all of it."""
        first, last = literal
        text = self._bytes[first:last].decode()
        offsets = decoded_offsets(text) if text[:1] in ("'", '"') else list(range(len(text) + 1))
        if end > len(offsets) - 1 or start >= end:
            return self._span(first, last)
        begin = first + len(text[: offsets[start]].encode())
        return self._span(begin, begin + len(text[offsets[start] : offsets[end]].encode()))

    @cached_property
    def _lines(self) -> list[str]:
        return [line.removesuffix("\r") for line in self.text.split("\n")]

    @cached_property
    def _bytes(self) -> bytes:
        return self.text.encode()

    @cached_property
    def _places(self) -> dict[Path, Place]:
        return places(self._bytes)

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self._bytes.split(b"\n"):
            starts.append(starts[-1] + len(line) + 1)
        return starts

    def _span(self, first: int, last: int) -> Span:
        """Bytes first…last as line, column and length in characters, cut at the end of the line."""
        line = bisect.bisect_right(self._starts, first)
        start = self._starts[line - 1]
        column = len(self._bytes[start:first].decode()) + 1
        here = self._bytes[first:last].partition(b"\n")[0].removesuffix(b"\r")
        return Span(line, column, max(1, len(here.decode())))


def parse(source: bytes | str, file: str) -> Document:
    """Read a TOML text; `file` is its name in messages. Raises PieceError for mistakes of syntax."""
    text = source.removeprefix("\ufeff") if isinstance(source, str) else decode(source, file)
    endless = endless_key(text)
    if endless is not None:  # `tomllib` would take minutes
        told = Slip(endless, endless + 1, "this key has more than a hundred parts", "tables nest a few deep")
        raise PieceError([Document(file, text, {}).slip(told)])
    try:
        return Document(file, text, tomllib.loads(text))
    except (ValueError, RecursionError):
        pass
    plain = Document(file, text.replace("\r\n", "\n"), {})
    raise PieceError([plain.slip(slip) for slip in sorted(syntax_slips(plain.text), key=_start)])


def _start(slip: Slip) -> int:
    return slip.start
