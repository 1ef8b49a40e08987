"""Git: the `git` program, asked about one repository.

Knows its words and how it answers. Does not know pieces. Nothing here writes into the working tree, nor
refreshes the index; names of files go to git after `--` and mean themselves, whatever signs are in them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..errors import ComposerError, UsageError

_QUIET = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_LITERAL_PATHSPECS": "1",
}
_NOT_LITERAL = {"GIT_LITERAL_PATHSPECS": "0"}  # which `check-ignore` refuses; it takes names as they are
_SETTINGS = (
    "log.showSignature=false",
    "i18n.logOutputEncoding=UTF-8",
    "color.ui=false",
    "diff.autoRefreshIndex=false",  # else `git diff` writes the index, and fails where the disk is full
)
_PLAIN = tuple(word for setting in _SETTINGS for word in ("-c", setting))
_LITTLE = 1 << 20  # bytes; with less than that git cannot do much
_ASTRAY = ("symlink", "dangling", "loop", "notdir")
_SILENT = "it says no"
_FIELDS = "%H%x1f%P%x1f%h%x1f%as%x1f%an%x1f%s"


@dataclass(frozen=True)
class Commit:
    """One revision. `parents`: hashes; in a history of some files, those of the last that touched them."""

    hash: str
    parents: tuple[str, ...]
    short: str
    date: str
    author: str
    subject: str


def git(folder: Path, *words: str, given: bytes | None = None) -> bytes:
    """What `git WORDS` prints when it runs in `folder`. Raises ComposerError with what git says."""
    command = ["git", *_PLAIN, *words]
    try:
        environment = os.environ | _QUIET | (_NOT_LITERAL if words[0] == "check-ignore" else {})
        ran = subprocess.run(command, cwd=folder, env=environment, input=given, capture_output=True)
    except FileNotFoundError as error:
        raise ComposerError(
            "there is no git on this machine's PATH", "install it: https://git-scm.com"
        ) from error
    if ran.returncode:
        told = ran.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        raise GitFailure(f"git {words[0]}: {told or _SILENT}", _hint(folder))
    return ran.stdout


def _hint(folder: Path) -> str:
    """What to do when git fails to write, of which it does not say why."""
    try:
        return "the disk is full: free some space" if shutil.disk_usage(folder).free < _LITTLE else ""
    except OSError:
        return ""


class GitFailure(ComposerError):
    """git ran, and refused; the message is git's own."""


@dataclass(frozen=True)
class Repository:
    """The repository whose working tree is at `root`."""

    root: Path

    def resolve(self, revision: str) -> Commit:
        """The commit that `revision` names. Raises UsageError when there is none."""
        try:
            verified = git(self.root, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}")
        except GitFailure as error:
            raise self._unknown(revision) from error
        shown = git(self.root, "log", "-1", f"--format={_FIELDS}", verified.decode().strip(), "--")
        return _commits(shown)[0]

    def history(self, start: str, paths: Sequence[str]) -> list[Commit]:
        """The commits up to `start` that touched one of `paths`, newest first."""
        listed = git(self.root, "log", "--parents", f"--format={_FIELDS}", start, "--", *paths)
        return _commits(listed)

    def renames(self, old: str, new: str | None = None) -> dict[str, str]:
        """What each file at `new` (the working tree) was called at `old`, as far as git sees that."""
        trees = [old] if new is None else [old, new]
        listed = git(self.root, "diff", "--name-status", "-z", "-M", "--diff-filter=R", *trees, "--")
        words = _text(listed).split("\0")[:-1]
        return {after: before for before, after in zip(words[1::3], words[2::3], strict=True)}

    def contents(self, places: Sequence[tuple[str, str]]) -> list[bytes | None]:
        """The file at each (commit, path), links inside the repository followed; None where there is none."""
        asked = [f"{commit}:{path}" for commit, path in places]
        if any("\n" in name for name in asked):
            raise UsageError("a file whose name has a line end cannot be asked of git", "rename it")
        given = "".join(f"{name}\n" for name in asked).encode()
        answer = git(self.root, "cat-file", "--batch", "--follow-symlinks", given=given)
        return _blobs(memoryview(answer), len(asked))

    def identities(self, places: Sequence[tuple[str, str]]) -> list[str | None]:
        """What git knows the bytes of each file by, without reading them; None where there is none."""
        given = "".join(f"{commit}:{path}\n" for commit, path in places).encode()
        check = ("cat-file", "--batch-check", "--follow-symlinks")
        lines = iter(_text(git(self.root, *check, given=given)).split("\n")[:-1])
        found: list[str | None] = []
        for line in lines:
            words = line.split(" ")
            found.append(words[0] if words[1] == "blob" and len(words) == 3 else None)
            if words[0] in _ASTRAY and len(words) == 2:
                next(lines)  # the link that leads nowhere
        return found

    def edited(self, commit: str, paths: Sequence[str]) -> list[str]:
        """Those of the files that differ on disk from what they are in `commit`."""
        named = git(self.root, "diff", "--name-only", "-z", commit, "--", *paths)
        touched = _text(named).split("\0")[:-1]  # perhaps no more than that
        then = self.identities([(commit, name) for name in touched])
        return [name for name, known in zip(touched, then, strict=True) if self._identity(name) != known]

    def _identity(self, name: str) -> str | None:
        """What git would know a file on disk by; None where there is none."""
        if not (self.root / name).is_file():
            return None
        return _text(git(self.root, "hash-object", "--", name)).strip()

    def names(self, commit: str) -> list[str]:
        """Every file of a commit."""
        return _text(git(self.root, "ls-tree", "-r", "-z", "--name-only", "--full-tree", commit)).split("\0")[
            :-1
        ]

    def is_ignored(self, path: Path) -> bool:
        """Whether git leaves a file out that it does not know yet."""
        try:
            git(self.root, "check-ignore", "-q", "--", str(path))
        except GitFailure as error:
            if not error.message.endswith(_SILENT):
                raise
            return False
        return True

    @cached_property
    def is_shallow(self) -> bool:
        """Whether the older history is not here."""
        return git(self.root, "rev-parse", "--is-shallow-repository").strip() == b"true"

    @cached_property
    def is_empty(self) -> bool:
        """Whether nothing was ever committed."""
        try:
            git(self.root, "rev-parse", "--verify", "-q", "HEAD")
        except GitFailure:
            return True
        return False

    @cached_property
    def store(self) -> Path:
        """Where git keeps what it knows, shared by all working trees of the repository."""
        return self.root / _text(git(self.root, "rev-parse", "--git-common-dir")).rstrip("\n")

    def _unknown(self, revision: str) -> UsageError:
        if self.is_empty:
            return UsageError(f"nothing is committed yet in {self.root}", "git add, then git commit")
        hint = "`git log --oneline` lists the revisions"
        if self.is_shallow:
            hint = "this clone has only the last revisions: git fetch --unshallow"
        return UsageError(f'git knows no revision "{revision}"', hint)


def repository_around(folder: Path) -> Repository | None:
    """The repository that `folder` lies in; None when it lies in none. Raises ComposerError without git."""
    try:
        found = git(folder, "rev-parse", "--show-toplevel")
    except GitFailure as error:
        if "not a git repository" in error.message:
            return None
        raise
    return Repository(Path(_text(found).rstrip("\n")).resolve())


def open_repository(folder: Path) -> Repository:
    """The repository that `folder` lies in. Raises UsageError when it lies in none."""
    found = repository_around(folder)
    if found is None:
        hint = "`composer new --git PIECE` sets one up, or run git init"
        raise UsageError(f"{folder} is in no git repository", hint)
    return found


def _text(answer: bytes) -> str:
    return os.fsdecode(answer)


def _commits(listed: bytes) -> list[Commit]:
    lines = listed.decode(errors="replace").split("\n")[:-1]
    rows = (line.split("\x1f", 5) for line in lines)
    return [Commit(whole, tuple(parents.split()), *rest) for whole, parents, *rest in rows]


def _blobs(answer: memoryview, count: int) -> list[bytes | None]:
    """The answers of `cat-file --batch`: a line with the kind and size, then so many bytes and a line end.

    Of what is no blob there is a line alone (missing), or one with the length of a text that follows.
    """
    found: list[bytes | None] = []
    raw, at = bytes(answer), 0
    while len(found) < count:
        end = raw.index(b"\n", at)
        words = raw[at:end].split(b" ")
        at = end + 1
        if words[-1] in (b"missing", b"ambiguous"):
            found.append(None)
            continue
        size = int(words[-1])
        found.append(raw[at : at + size] if words[-2] == b"blob" else None)
        at += size + 1
    return found
