"""Strings: which character of a TOML string literal each character of its value comes from.

Knows TOML's four kinds of strings and their escapes. Does not know where the literal stands.
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|[ \t]*\r?\n[ \t\r\n]*|.)")


def decoded_offsets(literal: str) -> list[int]:
    """For each character of the value its offset in `literal`, and the offset of the closing quotes."""
    quotes = 3 if literal[:3] in ('"""', "'''") else 1
    escapes = literal.startswith('"')
    position, end = _first(literal, quotes), len(literal) - quotes
    offsets = []
    while position < end:
        step, characters = _unit(literal, position, escapes)
        offsets += [position] * characters
        position += step
    return [*offsets, end]


def _first(literal: str, quotes: int) -> int:
    """The offset of the first character; a line break right after three quotes is not part of the value."""
    if quotes == 1:
        return 1
    return 3 + (2 if literal.startswith("\r\n", 3) else literal.startswith("\n", 3))


def _unit(literal: str, position: int, escapes: bool) -> tuple[int, int]:
    """How long the unit at `position` is in the literal, and how many characters it stands for."""
    escape = _ESCAPE.match(literal, position) if escapes else None
    if escape:
        return len(escape[0]), 0 if "\n" in escape[0] else 1
    # tomllib reads every line break as a single "\n"
    return (2 if literal.startswith("\r\n", position) else 1), 1
