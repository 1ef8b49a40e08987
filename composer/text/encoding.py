"""Encoding: the bytes of a file as text, or where they stop being UTF-8.

Knows UTF-8 and how other encodings look in its place. Does not know TOML.
"""

from __future__ import annotations

import codecs

from ..diagnostics import Diagnostic, Span
from ..errors import PieceError

_SAVE = "save the file as UTF-8 in your editor"
_MARKS = {  # the longer ones first: one begins as a shorter one does
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def decode(source: bytes, file: str) -> str:
    """The text of a file, without a byte-order mark. Raises PieceError where it is not UTF-8."""
    content = source.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise PieceError([_diagnostic(content, error.start, file)]) from None


def _diagnostic(content: bytes, at: int, file: str) -> Diagnostic:
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return Diagnostic(file, Span(1, 1), "", f"this file is {encoding}, not UTF-8", (_SAVE,))
    before = content[:at].decode()
    number, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    line = content.split(b"\n")[number - 1].removesuffix(b"\r").decode(errors="replace")
    return Diagnostic(file, Span(number, column), line, "this is not UTF-8", (_hint(content[at]), _SAVE))


def _hint(byte: int) -> str:
    """What the byte is in the encoding of Western Windows systems, from which most such files come."""
    letter = bytes([byte]).decode("cp1252", "replace")
    return (
        f'the byte {byte:#04x} is "{letter}" in the Windows encoding'
        if letter != "\ufffd"
        else "the byte is damaged"
    )
