"""Wording: what is wrong with a value, in an artist's words and at its own place.

Knows pydantic's errors and the spans of a document. Does not know pieces beyond their paths.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from ..diagnostics import Diagnostic
from ..text.document import Document
from ..text.spans import Path


def diagnostics_of(
    error: ValidationError, document: Document, prefix: Path, model: type[BaseModel] | None = None
) -> list[Diagnostic]:
    """Every mistake of a table that was checked against `model`; `prefix` is the path of the table."""
    found = []
    for each in error.errors(include_url=False):
        path = _path(document, prefix, each["loc"])
        span = document.key_span(path) if each["type"] == "extra_forbidden" else document.value_span(path)
        found.append(document.diagnostic(span, each["msg"]))
    return found


def _path(document: Document, prefix: Path, loc: tuple[int | str, ...]) -> Path:
    path, value = prefix, _value(document, prefix)
    for part in loc:
        if (isinstance(value, dict) and part in value) or (
            isinstance(value, list) and isinstance(part, int) and part < len(value)
        ):
            path, value = (*path, part), value[part]  # type: ignore[index]
    return path


def _value(document: Document, path: Path) -> Any:
    value: Any = document.table
    for part in path:
        value = value[part]
    return value
