"""Paths: that files of a piece stay in its folder, and that outputs overwrite nothing.

Knows paths as text. Does not look at the disk: symbolic links are judged where files are opened.
"""

from __future__ import annotations

import posixpath
import re
import string
import unicodedata
from collections.abc import Iterator

from ..diagnostics import Diagnostic
from ..text.document import Document
from ..text.spans import Path
from .piece import DEFAULT_OUTPUT
from .sites import each_mask, each_named, tabled
from .subjects import subject

_BELOW = "paths are relative to the piece file and stay in its folder"
_LONGEST_NAME = 250
"""Bytes; file systems take 255, and an output is first written beside its place."""
_RESERVED = {"piece.lock": "the lock file", "picks.toml": "the picks"}


def path_mistakes(document: Document) -> Iterator[Diagnostic]:
    """Every path that leaves the folder, and every output that would overwrite something."""
    inputs = list(_inputs(document))
    outputs = list(_outputs(document))
    for path, text in [*inputs, *outputs]:
        if (fault := _fault(text)) is not None:
            message = f"{subject(document.table, path)} {fault[0]}"
            yield document.diagnostic(document.value_span(path), message, (fault[1],))
    yield from _collisions(document, inputs, outputs)


def _inputs(document: Document) -> Iterator[tuple[Path, str]]:
    named = [each[1:] for kind in ("source", "style") for each in each_named(document.table, kind)]
    for path, table in [*named, *each_mask(document.table)]:
        file = table.get("file")
        if isinstance(file, str) and file:
            yield (*path, "file"), file


def _outputs(document: Document) -> Iterator[tuple[Path, str]]:
    given = document.table.get("output", DEFAULT_OUTPUT)
    for kind, output in tabled(given).items():
        template, key = (output.get("path"), ("path",)) if isinstance(output, dict) else (output, ())
        if isinstance(template, str) and template:
            yield ("output", kind, *key), template


def _fault(text: str) -> tuple[str, str] | None:
    """What is wrong with a path, and what to do."""
    if any(unicodedata.category(character) == "Cc" for character in text):
        return "has a control character in its path", 'a path is written with "/": "photos/new.jpg"'
    if any(len(part.encode(errors="replace")) > _LONGEST_NAME for part in text.split("/")):
        return f"has a name of more than {_LONGEST_NAME} bytes in its path", "give it a shorter one"
    if re.match(r"[A-Za-z]:", text) or text.startswith(("/", "~", "\\")):
        return "is not a path below the piece file", _BELOW
    if re.match(r"[a-z]+://", text):
        return "is an address, not a file", "download it into the folder of the piece"
    if "\\" in text:
        return 'has a "\\" in its path', f'write "{text.replace(chr(92), "/")}"'
    if (posixpath.normpath(text) + "/").startswith("../"):
        return "lies outside the folder of the piece", _BELOW
    return None


def _collisions(
    document: Document, inputs: list[tuple[Path, str]], outputs: list[tuple[Path, str]]
) -> Iterator[Diagnostic]:
    """Outputs whose template is wrong, or that would be written over something else."""
    taken = {_same(text): subject(document.table, path) for path, text in inputs}
    taken |= {_same(file): what for file, what in _RESERVED.items()}
    piece = posixpath.basename(document.file.replace("\\", "/"))
    taken[_same(piece)] = "the piece file"
    for path, template in outputs:
        span, whose = document.value_span(path), subject(document.table, path)
        if (wrong := _template_fault(template)) is not None:
            yield document.diagnostic(span, f"{whose} {wrong}", _TEMPLATE)
            continue
        file = _same(template.replace("{piece}", posixpath.splitext(piece)[0]))
        if file in taken:
            yield document.diagnostic(
                span, f"{whose} would overwrite {taken[file]}", ("choose another path",)
            )
        elif file.split("/")[0] == ".composer" or posixpath.normpath(template) == "." or template[-1] == "/":
            yield document.diagnostic(span, f"{whose} is not a path for a file", ('as "build/{piece}.png"',))
        taken.setdefault(file, whose)


_TEMPLATE = ("{piece} is the piece file's name and the only thing that is filled in",)


def _template_fault(template: str) -> str | None:
    try:
        fields = [field for _, field, *_ in string.Formatter().parse(template) if field is not None]
    except ValueError:
        return "has a brace that is not closed"
    unknown = [field for field in fields if field != "piece"]
    return f"has {{{unknown[0]}}} in its path" if unknown else None


def _same(path: str) -> str:
    """The same text for paths that are one file on some file system (letter case, Unicode form)."""
    return unicodedata.normalize("NFC", posixpath.normpath(path)).casefold()
