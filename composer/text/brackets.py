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

_CHAIN = re.compile(r"(?:\.[ \t]*+[\w\"'-]++[ \t]*+){100}")


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


def endless_key(text: str) -> int | None:
    """Where a key goes on after a dot for a hundred parts and more, outside strings and comments."""
    at = 0
    while (chain := _CHAIN.search(text, at)) is not None:
        start = chain.start()
        around = next((each for each in _until(text, start) if each.end() > start), None)
        if around is None:
            return start
        at = around.end()
    return None


def _until(text: str, offset: int) -> Iterator[re.Match[str]]:
    for match in _MARKS.finditer(text):
        if match.start() >= offset:
            return
        yield match
