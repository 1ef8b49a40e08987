"""Wanted: which piece of which repository an artist means, and how its versions are come by.

Knows the words of a command, and what a piece was called before it was renamed. Does not know what is done
with the versions.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..build.project import Project
from ..errors import UsageError
from .git import Commit, Repository, open_repository
from .version import Version, version_at, version_now

_SUFFIX = ".toml"


@dataclass(frozen=True)
class Wanted:
    """A piece in its repository; it need not be on disk any more. `path`: from the root, with slashes."""

    project: Project
    repository: Repository
    path: str

    def now(self) -> Version:
        """The piece as it stands on disk. Raises UsageError when it does not, and PieceError."""
        if not self.project.piece.is_file():
            hint = "name two revisions that have it"
            raise UsageError(f"there is no piece {self.project.piece.name} in the working tree", hint)
        return version_now(self.project)

    @contextmanager
    def pair(self, revisions: Sequence[str]) -> Iterator[tuple[Version, Version]]:
        """Two versions: HEAD and now without revisions, that one and now with one, and both with two.

        Raises UsageError for an unknown revision or one without the piece, PieceError for a broken piece.
        """
        old = self.repository.resolve(revisions[0] if revisions else "HEAD")
        new = self.repository.resolve(revisions[1]) if len(revisions) > 1 else None
        before, after = self._paths(old, new)
        with version_at(self.repository, old, before) as first:
            if new is None:
                yield first, self.now()
                return
            with version_at(self.repository, new, after) as second:
                yield first, second

    def _paths(self, old: Commit, new: Commit | None) -> tuple[str, str]:
        """What the piece is called in both, which may have been renamed in between."""
        if new is None:
            has_old, has_new = self._has(old), True
        else:
            has_old, has_new = self._has(old), self._has(new)
        if has_old == has_new:
            return self.path, self.path
        was = self.repository.renames(old.hash, None if new is None else new.hash)
        if has_new:
            return was.get(self.path, self.path), self.path
        now = {before: after for after, before in was.items()}
        return self.path, now.get(self.path, self.path)

    def _has(self, commit: Commit) -> bool:
        return self.repository.contents([(commit.hash, self.path)]) != [None]


def split_words(words: Sequence[str]) -> tuple[list[str], Path]:
    """The revisions and the piece that the words of a command name; `A..B` is two revisions.

    Raises UsageError when there are more than two, or when the folder does not have just one piece.
    """
    rest = list(words)
    piece = Path(rest.pop()) if rest and _is_piece(rest[-1]) else Path()
    revisions = [part or "HEAD" for word in rest for part in _ends(word)]
    if len(revisions) > 2:
        raise UsageError(f"{len(revisions)} revisions are named", "name at most two, the older one first")
    return revisions, only_piece(piece) if piece.suffix != _SUFFIX or piece.is_dir() else piece


def wanted(piece: Path) -> Wanted:
    """The piece at that path, in its repository. Raises UsageError when it is in none."""
    folder = piece.absolute().parent
    there = next(each for each in (folder, *folder.parents) if each.is_dir())
    repository = open_repository(there)
    real = there.resolve() / folder.relative_to(there) / piece.name
    if not real.is_relative_to(repository.root):
        raise UsageError(f"{piece} is not in {repository.root}", "name a piece of the repository")
    return Wanted(Project(real), repository, real.relative_to(repository.root).as_posix())


def only_piece(folder: Path) -> Path:
    """The one piece in a folder. Raises UsageError when there is none, or several."""
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}", "name a piece, such as piece.toml")
    pieces = sorted(path for path in folder.glob(f"*{_SUFFIX}") if _has_canvas(path))
    if len(pieces) == 1:
        return pieces[0]
    names = ", ".join(path.name for path in pieces)
    where = "this folder" if folder == Path() else str(folder)
    found = f"has {len(pieces)} pieces: {names}" if pieces else "has no piece"
    raise UsageError(f"{where} {found}", "name the piece, such as piece.toml")


def _is_piece(word: str) -> bool:
    return word.endswith(_SUFFIX) or Path(word).is_dir()


def _ends(word: str) -> list[str]:
    return word.split("..", 1) if ".." in word and "..." not in word else [word]


def _has_canvas(path: Path) -> bool:
    """Whether a TOML file looks like a piece, also one that is broken now."""
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        return "canvas" in tomllib.loads(text)
    except OSError:
        return False
    except tomllib.TOMLDecodeError:
        return "[canvas]" in text
