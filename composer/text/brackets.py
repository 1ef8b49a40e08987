"""Brackets: which brackets and strings are open at a place of a TOML text, and what stands outside strings.

Knows TOML's strings, comments and brackets. Does not know keys and values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_MARKS = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|'
    r"'''.*?'{3,5}|"
    r'(?P<unclosed>"""|\'\'\'|"(?:\\.|[^"\\\n])*(?=\n|\\?\Z)|\'[^\'\n]*(?=\n|\Z))|'
    r'"(?:\\.|[^"\\\n])*"|'
    r"'[^'\n]*'|"
    r"#[^\n]*|"
    r"(?P<bracket>[\[\]{}])",
    re.DOTALL,
)

_WORDS = re.compile(_MARKS.pattern + r"|(?P<word>[\w.+-]+)", re.DOTALL)


def opened(text: str, offset: int) -> list[int]:
    """The offsets of the brackets that are open at `offset`, outermost first."""
    stack: list[int] = []
    for match in _until(text, offset):
        if match["bracket"] in ("[", "{"):
            stack.append(match.start())
        elif match["bracket"] and stack:
            stack.pop()
    return stack


def unclosed_string(text: str, offset: int) -> int | None:
    """Where the string begins that is open at `offset` though its line, or the text, ends."""
    for match in _until(text, offset):
        if match["unclosed"]:
            return match.start()
    return None


def words(text: str) -> Iterator[re.Match[str]]:
    """What is neither in a string nor in a comment, word by word: keys, numbers and dates."""
    return (match for match in _WORDS.finditer(text) if match["word"])


def _until(text: str, offset: int) -> Iterator[re.Match[str]]:
    for match in _MARKS.finditer(text):
        if match.start() >= offset:
            return
        yield match
