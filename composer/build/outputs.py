"""Outputs: an export's bytes brought from the store to the path the artist asked for.

Knows what the tool wrote where, so it can tell hand work from its own. Hand work is never
overwritten: an output edited since it was written is moved aside first. Does not know formats.
"""

from __future__ import annotations

import contextlib
import itertools
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
    if path.is_dir():
        raise StoreError(f"cannot write {path}: it is a folder", "rename it, or the file in [output]")
    if path.exists() and not path.is_file():  # to read a pipe would last for ever
        raise StoreError(
            f"cannot write {path}: it is not a file", "remove it, or rename the file in [output]"
        )
    with store.lock(_WRITTEN):
        try:
            return _delivered(store, folder, path, digest)
        except OSError as error:
            hint = "make room, or choose another place in [output]"
            raise StoreError(f"cannot write {path}: {error.strerror or error}", hint) from error


def _delivered(store: Store, folder: Path, path: Path, digest: str) -> Delivery:
    name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()
    known = store.recall(_WRITTEN)
    written = known if isinstance(known, dict) else {}
    listed = written.get(name)
    ours = listed if isinstance(listed, list) else []
    present = digest_of_file(path) if path.exists() else None
    kept = None if present in (None, digest, *ours) else _set_aside(path)
    # Remembered before it is written: were the build killed in between, its own file, new or old, must
    # not be taken for hand work.
    latest: list[Json] = [*(each for each in ours if each != digest), digest][-2:]
    if latest != ours:
        store.remember(_WRITTEN, written | {name: latest})
    if present == digest:
        _partial(path).unlink(missing_ok=True)  # a killed build may have left one
        return Delivery(path, written=False)
    _copy(store, digest, path)
    return Delivery(path, written=True, kept=kept)


def _set_aside(path: Path) -> Path:
    """Move an edited file to the first free `name.edited[-n].suffix`; where it is now."""
    for count in itertools.count(1):
        mark = "" if count == 1 else f"-{count}"
        aside = path.with_name(f"{path.stem}.edited{mark}{path.suffix}")
        if not aside.exists():
            break
    return path.rename(aside)


def _copy(store: Store, digest: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _partial(path)
    try:
        shutil.copyfile(store.path_of(digest), partial)
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.name}.partial")
