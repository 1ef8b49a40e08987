"""Setting up: a repository for a piece – what git leaves out, how it shows layered files, what LFS keeps.

Knows .gitignore, .gitattributes and the repository's own configuration. Does not commit anything, and never
takes away or changes a line that stands in those files.
"""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..build.written import RECORD
from ..store.replacing import replacing
from .git import GitFailure, Repository, git, repository_around

_LARGE = ("psd", "psb", "ora", "png", "jpg", "jpeg", "tif", "tiff", "webp")
_LAYERED = ("psd", "psb", "ora")
_IGNORED = (
    "# The store: everything in it can be made again.",
    ".composer/",
    "# What a build writes. To commit outputs too, remove this line.",
    "build/",
    "# By this a build tells its own files from those you edited.",
    RECORD,
)
_SHOWN = (
    "# `git diff` shows the layers of these files as text.",
    *(f"*.{each} diff=composer" for each in _LAYERED),
)
_OFFERED = (
    "# Git LFS keeps large files outside of the history. To use it, install git-lfs and take the signs off:"
)
_LOCK_HINT = "# The lock belongs into the history: it shows which renders changed."
_DRIVER = "diff.composer.textconv"


def set_up(piece: Path, *, lfs: bool) -> list[str]:
    """Set up git in the folder of `piece`, which is there; what was done, a line each.

    Raises ComposerError when git is missing or refuses, StoreError when a file cannot be written.
    """
    return list(_set_up(piece, lfs))


def _set_up(piece: Path, lfs: bool) -> Iterator[str]:
    folder = piece.parent
    repository = repository_around(folder)
    if repository is None:
        git(folder, "init", "-q")
        repository = Repository(folder.resolve())
        yield f"git init in {folder}"
    yield from _appended(folder / ".gitignore", _IGNORED)
    yield from _appended(folder / ".gitattributes", _attributes(lfs))
    yield from _kept(repository, piece)
    yield from _driver(repository)
    if lfs and shutil.which("git-lfs") is None:
        yield "git-lfs is not installed: install it, and run git lfs install, before you commit pictures"


def _attributes(lfs: bool) -> tuple[str, ...]:
    """The layered files' driver, and LFS as an offer or as it is wanted."""
    tracked = [f"*.{each} filter=lfs {_diff(each)} merge=lfs -text" for each in _LARGE]
    if lfs:
        return (*_SHOWN, "# Git LFS keeps these files outside of the history.", *tracked)
    return (*_SHOWN, _OFFERED, *(f"# {each}" for each in tracked))


def _diff(suffix: str) -> str:
    return "diff=composer" if suffix in _LAYERED else "diff=lfs"


def _appended(path: Path, lines: Sequence[str]) -> Iterator[str]:
    """Append those of the lines that the file lacks."""
    text = path.read_text(encoding="utf-8", errors="surrogateescape") if path.exists() else ""
    there = {line.strip() for line in text.splitlines()}
    lacking = [line for line in lines if line not in there and line.removeprefix("# ") not in there]
    if all(line.startswith("#") for line in lacking) and text:
        lacking = [line for line in lacking if line.startswith("# *")]
    if not lacking:
        yield f"{path.name} has all it needs"
        return
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    added = gap + "".join(f"{line}\n" for line in lacking)
    before = path.read_bytes() if path.exists() else b""
    with replacing(path) as partial:
        partial.write_bytes(before + added.encode("utf-8", "surrogateescape"))
    rules = ", ".join(line for line in lacking if not line.startswith("#")) or "comments"
    yield f"{'appended to' if text else 'wrote'} {path.name}: {rules}"


def _kept(repository: Repository, piece: Path) -> Iterator[str]:
    """See to it that the lock file is not ignored, as `*.lock` in an older .gitignore would have it."""
    lock = piece.with_suffix(".lock").resolve()
    if not repository.is_ignored(lock):
        return
    yield from _appended(piece.parent / ".gitignore", (_LOCK_HINT, f"!/{lock.name}"))
    if repository.is_ignored(lock):
        yield f"{lock.name} is still ignored, by a folder above: git add -f {shlex.quote(str(lock))}"


def _driver(repository: Repository) -> Iterator[str]:
    """Tell this clone how to show layered files; the configuration is not part of a repository."""
    try:
        known = git(repository.root, "config", "--get", _DRIVER).decode().strip()
    except GitFailure:
        known = ""
    if known:
        yield f"git diff shows layers with: {known}"
        return
    command = (
        "composer layers" if shutil.which("composer") else f"{shlex.quote(sys.executable)} -m composer layers"
    )
    git(repository.root, "config", _DRIVER, command)
    yield f"git diff now shows the layers of PSD and ORA files ({_DRIVER} = {command})"
