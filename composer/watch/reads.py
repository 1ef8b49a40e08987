"""Reads: which files a piece is made from, so that exactly these are watched.

Knows plans, and what to look for while a piece cannot be planned: a file it names may come back, and weights
may be fetched. Does not know how files are watched.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..build.project import Project
from ..errors import ComposerError, MissingWeights
from ..graph.node import Plan
from ..weights import KNOWN, places

_LONGEST_NAME = 255  # bytes; a longer text is no path


def read_by(plan: Plan, project: Project) -> frozenset[Path]:
    """The piece and every file that a build of the plan reads."""
    return frozenset({project.piece, *(path for node in plan.nodes.values() for _, path in node.files)})


def hoped_for(error: ComposerError, project: Project) -> frozenset[Path]:
    """The files that may mend what is wrong with a piece that could not be planned."""
    found = {project.piece}
    if isinstance(error, MissingWeights):
        found.update(path for name in KNOWN for path in places(name))
    try:
        table = project.reading().document.table
    except ComposerError:
        return frozenset(found)
    return frozenset({*found, *(project.folder / text for text in _texts(table) if _may_be_a_path(text))})


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _may_be_a_path(text: str) -> bool:
    """Whether the text has a suffix or a folder, as the names of files have, and could be one."""
    return ("." in text or "/" in text) and text.isprintable() and len(text.encode()) <= _LONGEST_NAME
