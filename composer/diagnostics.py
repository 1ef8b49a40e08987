"""Diagnostics: a mistake in the artist's file as a value, and how it is shown.

Knows spans, messages, hints and near misses. Does not know what a piece is.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_LONGEST = 240
"""Characters of a line that are shown whole."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Where something stands in a text: 1-based line and column, and its length, in characters."""

    line: int
    column: int
    length: int = 1


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake: file name, span, the line itself, what is wrong, and hints.

    Shown as

        piece.toml:41:9: error: layer "figure" blends with "mutliply"
           41 | blend = "mutliply"
              |         ^^^^^^^^^^
           hint: did you mean "multiply"?
    """

    file: str
    span: Span
    line_text: str
    message: str
    hints: tuple[str, ...] = ()

    def __str__(self) -> str:
        number = f"{self.span.line:>5}"
        before, marked, behind = self._parted()
        lines = [
            f"{self.file}:{self.span.line}:{self.span.column}: error: {self.message}",
            f"{number} | {before}{marked}{behind}",
            f"{' ' * len(number)} | {_blank(before)}{'^' * max(1, _columns(marked))}",
            *(f"   hint: {hint}" for hint in self.hints),
        ]
        return "\n".join(lines)

    def _parted(self) -> tuple[str, str, str]:
        """The line before, at and behind the span; of a very long line what is around it."""
        start = self.span.column - 1
        end = start + self.span.length
        before, marked, behind = (
            self.line_text[:start],
            self.line_text[start:end],
            self.line_text[end:],
        )
        if len(self.line_text) <= _LONGEST:
            return before, marked, behind
        rest = marked[_LONGEST // 2 :] + behind
        behind = rest[: _LONGEST // 4] + "…" if len(rest) > _LONGEST // 4 else rest
        before = "…" + before[-_LONGEST // 4 :] if len(before) > _LONGEST // 4 else before
        return before, marked[: _LONGEST // 2], behind


def _columns(text: str) -> int:
    return sum(_cell(character) for character in text)


def _cell(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _blank(text: str) -> str:
    return "".join("\t" if character == "\t" else " " * _cell(character) for character in text)


def did_you_mean(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """A hint that names the known words nearest to `word`, or else lists what there is."""
    names = sorted(set(known))
    near = difflib.get_close_matches(word, names, n=3, cutoff=0.6)
    if near:
        return (f"did you mean {_either(near)}?",)
    if not names:
        return ()
    shown = ", ".join(names[:30])
    return (f"known: {shown}{', …' if len(names) > 30 else ''}",)


def _either(words: list[str]) -> str:
    quoted = [f'"{word}"' for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
