"""`composer log`: the revisions in git that changed the picture, and how it looked.

Knows what the artist reads. Does not know how a history is walked, nor how a sheet is laid out.
"""

from __future__ import annotations

import argparse
import sys

from ..errors import ComposerError, UsageError
from ..revisions.frame import Frame, broken_frame, whole_frame
from ..revisions.past import Past, past, unsaved
from ..revisions.pictures import Pictures
from ..revisions.sheet import CELL, Captioned, check_sheet, write_sheet
from ..revisions.version import version_at
from ..revisions.wanted import Wanted, split_words, wanted
from . import console
from .progress import Progress


def run(options: argparse.Namespace) -> int:
    """List the revisions, newest first; with --sheet, write their pictures."""
    if options.render and options.sheet is None:
        raise UsageError("--render makes pictures for the sheet", "composer log --sheet FILE --render")
    if options.sheet is not None:
        check_sheet(options.sheet)
    _, piece = split_words([str(options.piece)])
    asked = wanted(piece)
    listed = past(asked)
    if not listed:
        raise UsageError(f"{piece.name} was never committed", f"git add {piece.name}, then git commit")
    if words := unsaved(asked):
        print(console.plain(f"not committed: {'; '.join(words)}"))
    for each in listed:
        print(console.plain(line(each)))
    if options.sheet is not None:
        _write(asked, listed, options)
    return 0


def line(found: Past) -> str:
    """One revision on one line."""
    commit = found.commit
    return f"{commit.short}  {commit.date}  {commit.author}  {commit.subject}  [{'; '.join(found.words)}]"


def _write(asked: Wanted, listed: list[Past], options: argparse.Namespace) -> None:
    frames = [_captioned(asked, each, options) for each in listed]
    write_sheet(options.sheet, asked.project.piece.name, frames)
    print(console.plain(f"wrote {options.sheet}"))
    if any("--render" in frame.words for _, frame in frames):
        print("some pictures are not in the store: --render makes them")


def _captioned(asked: Wanted, found: Past, options: argparse.Namespace) -> Captioned:
    commit = found.commit
    return (f"{commit.short}  {commit.date}", commit.subject), _frame(asked, found, options)


def _frame(asked: Wanted, found: Past, options: argparse.Namespace) -> Frame:
    """The picture of a revision, or why there is none: the sheet goes on."""
    try:
        with version_at(asked.repository, found.commit, found.path) as version:
            pictures = Pictures(version, asked.project.store, options.device)
            if options.render:
                progress = Progress((), sys.stdout)
                errors = pictures.render([pictures.plan.merged], progress)
                progress.close()
                if errors:
                    return broken_frame(errors[0])
            return whole_frame(pictures, CELL)
    except ComposerError as error:
        return broken_frame(error)
