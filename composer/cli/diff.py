"""`composer diff`: what differs between two revisions of a piece, in words and side by side.

Knows what the artist reads and where the page goes. Does not know how versions are compared.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..build.project import Project
from ..errors import UsageError
from ..revisions.comparison import Comparison
from ..revisions.page import diff_page, write_page
from ..revisions.pictures import Pictures
from ..revisions.version import Version
from ..revisions.wanted import split_words, wanted
from . import console
from .progress import Progress

_SUFFIXES = (".html", ".htm")


def run(options: argparse.Namespace) -> int:
    """Compare the revisions of the options; with --html, write the page."""
    page, words = _page(options.html, options.words)
    revisions, piece = split_words(words)
    asked = wanted(piece)
    path = None if page is None else Path(page) if page else _default(asked.project)
    if options.render and path is None:
        raise UsageError("--render makes pictures for the page", "composer diff --render --html")
    with asked.pair(revisions) as versions:
        old, new = (Pictures(version, asked.project.store, options.device) for version in versions)
        comparison = Comparison(old, new)
        print(console.plain(_report(comparison)))
        if path is not None:
            _write(comparison, path, render=options.render)
    return 0


def _page(asked: str | None, words: list[str]) -> tuple[str | None, list[str]]:
    """The name of the page ("" for the usual one, None for no page), and the words.

    In `--html piece.toml` the name is a piece. Raises UsageError for another name that is none of a page:
    perhaps it is a revision.
    """
    if asked and asked.endswith(".toml"):
        return "", [*words, asked]
    if asked and not asked.lower().endswith(_SUFFIXES):
        raise UsageError(
            f'"{asked}" is no name of an HTML file', "put --html last, or write --html=FILE.html"
        )
    return asked, words


def _default(project: Project) -> Path:
    return project.folder / "build" / f"{project.piece.stem}.diff.html"


def label(version: Version) -> str:
    """A version as the artist reads it."""
    commit = version.commit
    return version.label if commit is None else f"{commit.short} ({commit.date}, {commit.subject})"


def _report(comparison: Comparison) -> str:
    old, new = comparison.old.version, comparison.new.version
    name = new.name if old.name == new.name else f"{old.name}, now {new.name}"
    lines = [f"{name}: {label(old)} → {label(new)}"]
    for subject, texts in comparison.told.items():
        lines += [subject, *(f"    {text}" for text in texts)]
    if not comparison.told:
        lines.append("nothing differs")
    lines += [f"{name} is only a Git LFS pointer here: git lfs pull" for name in comparison.unfetched]
    return "\n".join(lines)


def _write(comparison: Comparison, path: Path, *, render: bool) -> None:
    old, new = comparison.old.version, comparison.new.version
    if render:
        progress = Progress((), sys.stdout)
        comparison.render(progress)
        progress.close()
    pairs = list(comparison.pairs())
    page = diff_page(
        new.reading.document.table.get("title") or new.name,
        (label(old), label(new)),
        pairs,
        comparison.rest(pairs),
    )
    write_page(path, page)
    print(console.plain(f"wrote {path}"))
    if any(frame.image is None and "--render" in frame.words for p in pairs for frame in (p.before, p.after)):
        print("some pictures are not in the store: --render makes them")
