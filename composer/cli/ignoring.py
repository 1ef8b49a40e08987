"""Ignoring: telling once of a record that git would list, where a piece's .gitignore does not know of it yet.

Knows the records that a build makes beside its outputs, and that git leaves them out where
`composer new --git` was run since there are any. Does not write into .gitignore: that is the artist's.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ..build.project import Project
from ..build.written import RECORD
from ..errors import ComposerError
from ..graph.node import Plan
from ..revisions.git import repository_around
from . import console


def lacking_records(plan: Plan) -> tuple[Path, ...]:
    """The records beside the plan's outputs that are not there, so that a build would make them."""
    records = dict.fromkeys(output.path.with_name(RECORD) for output in plan.outputs)
    return tuple(record for record in records if not record.exists())


def tell_of_records(project: Project, made: Collection[Path]) -> None:
    """Say how git leaves out those of the records that exist by now, where it would list them."""
    for record in filter(Path.exists, made):
        if _is_listed(record):
            inside = record.is_relative_to(project.folder)
            shown = record.relative_to(project.folder) if inside else record
            told = f"git would list {shown}, a record of Composer's own"
            print(console.plain(f"{told}: `composer new {project.piece.name} --git` adds it to .gitignore"))


def _is_listed(record: Path) -> bool:
    """Whether the record lies in a repository that does not ignore it. Without git nobody lists it."""
    try:
        repository = repository_around(record.parent)
        return repository is not None and not repository.is_ignored(record)
    except ComposerError:
        return False
