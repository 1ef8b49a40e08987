"""Outputs: an export's bytes brought from the store to the path the artist asked for.

Knows what the tool wrote where, so it can tell hand work from its own. Hand work is never
overwritten: an output edited since it was written is moved aside first. Does not know formats.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from ..digest import Json, digest_of_file
from ..errors import StoreError
from ..store.store import Store

_WRITTEN = "outputs"


@dataclass(frozen=True)
class Delivery:
    """One output: whether its file was written now, and where an edited one was kept."""

    path: Path
    written: bool
    kept: Path | None = None


def deliver(store: Store, folder: Path, path: Path, digest: str) -> Delivery:
    """Make the file at `path` the blob `digest`. Raises StoreError when it cannot be written.

    `folder` is the project's; paths are remembered relative to it, so a moved project stays known.
    """
    written = _written(store)
    name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()
    kept = None
    try:
        if path.exists():
            present = digest_of_file(path)
            if present == digest:
                _remember(store, name, digest)
                return Delivery(path, written=False)
            if present != written.get(name):
                kept = _set_aside(path)
        _copy(store, digest, path)
    except OSError as error:
        raise StoreError(
            f"cannot write {path}: {error.strerror}", "make room, or choose another place in [output]"
        ) from error
    _remember(store, name, digest)
    return Delivery(path, written=True, kept=kept)


def _written(store: Store) -> dict[str, Json]:
    known = store.recall(_WRITTEN)
    return known if isinstance(known, dict) else {}


def _remember(store: Store, name: str, digest: str) -> None:
    known = _written(store)
    if known.get(name) != digest:
        store.remember(_WRITTEN, known | {name: digest})


def _set_aside(path: Path) -> Path:
    """Move an edited file to the first free `name.edited[-n].suffix`; a link makes the move atomic."""
    count = 1
    while True:
        mark = "" if count == 1 else f"-{count}"
        aside = path.with_name(f"{path.stem}.edited{mark}{path.suffix}")
        if not aside.exists():
            path.rename(aside)
            return aside
        count += 1


def _copy(store: Store, digest: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        shutil.copyfile(store.path_of(digest), partial)
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
