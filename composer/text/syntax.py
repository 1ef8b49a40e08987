"""Syntax: what keeps a text from being TOML, in plain words, as many mistakes as can be told apart.

Knows the messages of `tomllib`, which stops at its first mistake. Where a mistake lies on a line
of its own, that line is taken out and the search goes on; it ends rather than report a mistake
that only follows from another. Does not know what a piece is.
"""

from __future__ import annotations

import re
import sys
import tomllib

from .brackets import opened, words
from .slips import ENDLESS, Slip, digits, slip
from .spans import Repeat, repeats

_WHERE = re.compile(r"\(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")
_TWICE = ("Cannot overwrite", "Cannot declare", "Cannot redefine", "Cannot mutate", "Duplicate inline")
_MOST = 30


def syntax_slips(text: str) -> list[Slip]:
    """The mistakes of a text that `tomllib` refuses; its line ends must be "\\n"."""
    found: list[Slip] = []
    rest = text
    while len(found) < _MOST and (error := _refusal(rest)) is not None:
        what, at = _located(rest, error)
        if what.startswith(_TWICE):
            return found or _repeated(rest, at)
        told = slip(rest, at, what)
        found.append(told)
        taken_out = _without(rest, told)
        if taken_out is None:
            break
        rest = taken_out
    return found


def _refusal(text: str) -> str | None:
    """What tomllib has against the text, if anything."""
    try:
        tomllib.loads(text)
    except RecursionError:
        return "nests too deeply"
    except ValueError as error:
        return str(error)
    return None


def _located(text: str, error: str) -> tuple[str, int]:
    """tomllib's message without its place, and the place as an offset."""
    match = _WHERE.search(error)
    if match is None:
        return error, _endless_number(text) if error.startswith(ENDLESS) else 0
    what = error[: match.start()].strip()
    if match["line"] is None:
        return what, len(text)
    start = 0
    for _ in range(int(match["line"]) - 1):
        start = text.index("\n", start) + 1
    return what, start + int(match["column"]) - 1


def _endless_number(text: str) -> int:
    """Where the first whole number stands that has more digits than Python reads."""
    most = sys.get_int_max_str_digits()
    numbers = (word for word in words(text) if re.fullmatch(r"[-+]?[\d_]+", word[0]))
    return next((each.start() for each in numbers if digits(each[0]) > most), 0)


def _without(text: str, told: Slip) -> str | None:
    """The text with the mistake's line replaced by one that is in order; None where that is not safe."""
    start = text.rfind("\n", 0, told.start) + 1
    end = text.find("\n", start)
    line = text[start:] if end < 0 else text[start:end]
    if opened(text, start) or '"""' in line or "'''" in line:
        return None
    is_header = re.match(r"\s*\[[^=]*$", line) is not None
    if not is_header and opened(line, len(line)):
        return None
    stand_in = f"[_{start}]" if is_header else ""
    return text[:start] + stand_in.ljust(len(line)) + text[start + len(line) :]


def _repeated(text: str, at: int) -> list[Slip]:
    """Keys and headers that are given again; the place of tomllib's complaint when none is found."""
    again = [_repeat(text, repeat) for repeat in repeats(text.encode())]
    start = text.rfind("\n", 0, at) + 1
    return again or [Slip(start, at, "this is given a second time, in another form")]


def _repeat(text: str, repeat: Repeat) -> Slip:
    content = text.encode()
    start, end = (len(content[:offset].decode()) for offset in repeat.second)
    line = content.count(b"\n", 0, repeat.first[0]) + 1
    name = ".".join(str(part) for part in repeat.path if isinstance(part, str))
    hint = f"it is on line {line} already"
    if text[start] != "[":
        return Slip(start, end, f'"{repeat.path[-1]}" is given a second time', hint)
    if content[: repeat.first[0]].rpartition(b"\n")[2].strip().startswith(b"["):
        hint += f"; for a list of tables write [[{name}]] each time"
    return Slip(start, end, f"{text[start:end]} is given a second time", hint)
