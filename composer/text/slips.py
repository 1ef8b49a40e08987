"""Slips: the usual ways in which a line is not TOML, each told in plain words.

Knows what `tomllib` says and where, and guesses from the text around it what was meant. Does not
know what a piece is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .brackets import opened, unclosed_string

ENDLESS = "Exceeds the limit"
"""How Python begins to tell of a whole number with thousands of digits."""


@dataclass(frozen=True, slots=True)
class Slip:
    """One mistake: the half-open range of characters it stands on, what is wrong, what to do."""

    start: int
    end: int
    message: str
    hint: str = ""


def slip(text: str, at: int, what: str) -> Slip:
    """What is wrong at the offset `at` of a text with "\\n" line ends, where `tomllib` says `what`."""
    string = unclosed_string(text, at)
    if string is not None:
        return _unclosed_string(text, string)
    for beginning, explain in _EXPLANATIONS.items():
        if what.startswith(beginning):
            return explain(text, at)
    return Slip(at, _word_end(text, at), "this does not read as TOML")


def _unclosed_string(text: str, start: int) -> Slip:
    quotes = text[start] * (3 if text.startswith(text[start] * 3, start) else 1)
    return Slip(start, _line_end(text, start), "this text is never closed", f"add {quotes} at its end")


def _escape(text: str, at: int) -> Slip:
    start = text.rfind("\\", 0, at + 1)
    hint = 'write paths with "/", as in "photos/dusk.jpg"; a backslash itself is written "\\\\"'
    return Slip(start, start + 2, "a backslash cannot stand alone in double quotes", hint)


def _control(text: str, at: int) -> Slip:
    message = f"an invisible control character (U+{ord(text[at]):04X}) stands here"
    return Slip(at, at + 1, message, "delete it and type the text anew")


def _depth(_text: str, _at: int) -> Slip:
    return Slip(0, 1, "lists or tables are nested too deeply")


def _header(text: str, at: int) -> Slip:
    start = text.rfind("\n", 0, at) + 1
    line = text[start : _line_end(text, at)].partition("#")[0].rstrip()
    name = line.strip().strip("[]").strip()
    closing = "]]" if line.lstrip().startswith("[[") else "]"
    if " " in name and line.endswith(closing):
        hint = f'a name with spaces stands in quotes: "{name.rpartition(".")[2]}"'
        return Slip(at, start + len(line), "a header's name ends before the space", hint)
    first = start + len(line) - len(line.lstrip())
    hint = f"write {'[' * len(closing)}{name}{closing}"
    return Slip(first, start + len(line), f'the header is not closed by "{closing}"', hint)


def _key(text: str, at: int) -> Slip:
    """A key was expected and something else stands there."""
    inside = opened(text, at)
    in_braces = bool(inside) and text[inside[-1]] == "{"
    if in_braces and _here(text, at) in ("", "\n", "#"):
        return _many_lines(text, inside[-1])
    if in_braces and text[at] == "}":
        comma = text.rfind(",", 0, at)
        return Slip(comma, comma + 1, 'the "," before "}" is one too many', "delete it")
    return Slip(at, _word_end(text, at), "a name is missing here")


def _many_lines(text: str, start: int) -> Slip:
    hint = 'close it with "}" on the same line, or write it as a table under a header of its own'
    return Slip(start, _line_end(text, start), "a table in braces stands on one line", hint)


def _equals(text: str, at: int) -> Slip:
    line, key = _line_before(text, at).strip(), _line_before(text, at).strip().rpartition(" ")[2]
    rest = text[at : _line_end(text, at)]
    start = at - len(_line_before(text, at).lstrip())
    if rest.lstrip().startswith(":"):
        return Slip(at, at + 1, 'key and value are joined by "=", not ":"', f"write {line} = …")
    if match := re.match(r"([^=\"'#]*\S)\s*=", rest):
        return _no_key(start, text[start : at + match.end(1)])
    return Slip(start, start + len(line), f'"=" is missing after "{key}"', f"write {key} = …")


def _no_key(start: int, written: str) -> Slip:
    hint = f'a key of anything but a–z, 0–9, "_" and "-" stands in quotes: "{written}"'
    return Slip(start, start + len(written), f'"{written}" is not a key', hint)


def _statement(text: str, at: int) -> Slip:
    line = text[at : _line_end(text, at)]
    end = at + len(line.rstrip())
    if line.startswith(("<<<<<<<", "=======", ">>>>>>>", "|||||||")):
        return Slip(at, end, "this is left over from a git merge", "keep one side and delete the marks")
    if line.startswith(("//", ";", "/*", "--", "%", "*")):
        return Slip(at, end, "this is neither a key nor a header", 'a comment begins with "#"')
    if match := re.match(r"[^\W\d_][^=\"'#]*?(?=\s*=)", line):
        return _no_key(at, match[0])
    hint = "a line is a key = value, a [header], a [[header of a list]] or a # comment"
    return Slip(at, end, "this is neither a key nor a header", hint)


def _unclosed(text: str, at: int) -> Slip:
    """A list or a table in braces goes on where it should have been closed or a comma is missing."""
    inside = opened(text, at)
    if not inside:
        return _header(text, at)
    start = inside[-1]
    kind, closing = ("list", "]") if text[start] == "[" else ("table in braces", "}")
    if at >= len(text.rstrip()):
        return Slip(start, start + 1, f"this {kind} is never closed", f'add a "{closing}" at its end')
    if closing == "}" and _here(text, at) in ("\n", "#"):
        return _many_lines(text, start)
    if re.match(r"\[|[\w.\"'-]+[ \t]*=", text[at:]) and not _line_before(text, at).strip():
        line = text.count("\n", 0, at) + 1
        return Slip(start, start + 1, f"this {kind} is never closed", f'add a "{closing}" before line {line}')
    line = text.count("\n", 0, start) + 1
    hint = f"the {kind} begins on line {line}"
    return Slip(at, _word_end(text, at), f'"," or "{closing}" is missing before this', hint)


def _value(text: str, at: int) -> Slip:
    """A value was expected and something else stands there."""
    end = _word_end(text, at)
    word = text[at:end]
    if at >= len(text.rstrip()) and opened(text, at):
        return _unclosed(text, at)
    if color := re.match(r"#([0-9A-Fa-f]{3,4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})\b", text[at:]):
        return Slip(at, at + color.end(), "a colour stands in quotes", f'write "{color[0]}"')
    if not word or word.startswith("#"):
        place = max(0, len(text[:at].rstrip()) - 1)
        return Slip(place, place + 1, f'a value is missing after "{text[place : place + 1]}"')
    if word.startswith(("“", "”", "„", "‘", "’", "«", "`")):
        return Slip(at, end, "these quotation marks do not count", 'write straight ones: "…"')
    return _word(Slip(at, end, f"{word} is not a value"), word)


def _word(plain: Slip, word: str) -> Slip:
    truth = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}
    if word.lower() in truth:
        hint = f"write {truth[word.lower()]}"
    elif re.fullmatch(r"[-+]?\.\d+", word):
        hint = f"write {word.replace('.', '0.')}"
    elif word[0].isalpha() or word[0] in "_./~{":
        hint = f'text stands in quotes: "{word}"'
    else:
        hint = ""
    return Slip(plain.start, plain.end, plain.message, hint)


def _after(text: str, at: int) -> Slip:
    """A value or header is complete, and something follows it on the same line."""
    rest = text[at : _line_end(text, at)].rstrip()
    written = re.split(r"[\s=\[,]", _line_before(text, at).rstrip())[-1]
    plain = Slip(at, at + max(1, len(rest)), f"{rest} is too much here")
    if re.fullmatch(r"[-+\d.]+", written) and not _line_before(text, at).endswith(" "):
        return _number(plain, written, rest)
    if _line_before(text, at).rstrip().endswith("]") and "=" not in _line_before(text, at) and "=" in rest:
        return Slip(plain.start, plain.end, "a header stands on a line of its own", "begin a new line here")
    if "=" in rest and re.match(r"[\w.\"'-]+\s*=", rest):
        return Slip(plain.start, plain.end, "two keys stand on one line", "begin a new line before it")
    if rest.startswith((",", ";")):
        return Slip(at, at + 1, f'a line does not end with "{rest[0]}"', "delete it")
    if written.endswith("'"):
        return Slip(plain.start, plain.end, plain.message, 'text with a \' in it stands in "…"')
    if rest.startswith("]"):
        return Slip(plain.start, plain.end, 'a "]" too many', "delete it")
    return Slip(plain.start, plain.end, plain.message, "a line ends after its value")


def _number(plain: Slip, written: str, rest: str) -> Slip:
    """A number and what was written right behind it."""
    whole = written + rest
    start = plain.start - len(written)
    hint = "a number is written as 3, 0.5 or -2"
    if match := re.match(r",(\d+)", rest):
        hint = f"decimals are written with a point: {written}.{match[1]}"
    elif rest.startswith("%"):
        hint = f"write {float(written) / 100:g}" if re.fullmatch(r"\d+(\.\d+)?", written) else ""
    elif rest == ".":
        hint = f"write {written}.0"
    elif re.fullmatch(r"[a-zA-Z°]{1,3}", rest) and rest not in ("e", "x"):
        hint = "numbers carry no unit: lengths are canvas pixels, angles degrees"
    elif re.fullmatch(r"\d+(\.\d+)?", whole):
        hint = f"write {float(whole):g}"
    elif rest.startswith((",", ";")):
        return Slip(plain.start, plain.start + 1, f'a line does not end with "{rest[0]}"', "delete it")
    return Slip(start, plain.end, f"{whole} is not a number", hint)


def _endless(text: str, at: int) -> Slip:
    end = _word_end(text, at)
    count = digits(text[at:end])
    return Slip(at, end, f"this number has {count:,} digits, more than can be read", "delete all but a few")


def digits(number: str) -> int:
    """How many digits are written."""
    return sum(character.isdigit() for character in number)


_EXPLANATIONS: dict[str, Callable[[str, int], Slip]] = {
    "Unescaped": _escape,
    "Invalid hex": _escape,
    "Escaped character": _escape,
    "Illegal character": _control,
    "Found invalid character": _control,
    "nests": _depth,
    ENDLESS: _endless,
    "Expected ']": _header,
    "Invalid initial": _key,
    "Expected '='": _equals,
    "Invalid statement": _statement,
    "Unclosed": _unclosed,
    "Invalid value": _value,
    "Expected newline": _after,
}


def _here(text: str, at: int) -> str:
    return text[at : at + 1]


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _line_before(text: str, at: int) -> str:
    return text[text.rfind("\n", 0, at) + 1 : at]


def _word_end(text: str, at: int) -> int:
    """The end of the word at `at`, or of a quoted text; at least one character on."""
    match = re.compile(r"[\"“„].*?[\"”“]|[^\s,\]}#=]+").match(text, at)
    return match.end() if match else at
