"""Console: printing that cannot fail, whatever standard output and error are connected to.

Knows streams that are closed, full or cannot show a character, and control characters that a
stranger's piece could use to play tricks on a terminal. Does not know what is printed.
"""

from __future__ import annotations

import io
import os
import sys
import unicodedata


def prepare() -> None:
    """Make both streams take every character, shown as its escape where the terminal lacks it."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # the shell closed it
            setattr(sys, name, io.StringIO())
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def plain(text: str) -> str:
    """The text with control characters other than line ends and tabs shown as their escapes."""
    return "".join(map(_visible, text)) if not text.isprintable() else text


def settle() -> bool:
    """Write out what standard output still holds; False when nobody takes it, and it is dropped."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())  # else the interpreter complains when it flushes at its end
        os.close(nowhere)
        return False
    return True


def _visible(character: str) -> str:
    if character in "\n\t" or unicodedata.category(character) != "Cc":
        return character
    return f"\\x{ord(character):02x}"
