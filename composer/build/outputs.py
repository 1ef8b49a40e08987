"""Outputs: an export's bytes brought from the store to the path the artist asked for.

Knows what the tool wrote where (`written`), so it can tell hand work from its own. Hand work is never
overwritten, nor is what nothing is known of: such a file is moved aside first. Does not know formats.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..digest import digest_of_file
from ..errors import StoreError
from ..store.durable import sync
from ..store.failures import writing
from ..store.replacing import partial_of, replacing
from ..store.store import Store
from .written import Written

_LOCK = "outputs"
EDITED, KEPT = "edited", "kept"
"""In the name of a file that was moved aside: it is not what was written there, or nothing is known of it."""


@dataclass(frozen=True)
class Delivery:
    """One output: whether its file was written now, and where one was kept that the tool did not write.

    `is_edited`: the tool wrote a file there before, and the one that is kept is another.
    """

    path: Path
    written: bool
    kept: Path | None = None
    is_edited: bool = False


def told_kept(name: str, kept: str, *, is_edited: bool) -> str:
    """What the artist reads of a file that was moved aside; names as they are shown."""
    if is_edited:
        return f"{name} was changed since it was written: the changed file is kept as {kept}"
    return f"{name} was there already, and nothing tells who wrote it: it is kept as {kept}"


def deliver(store: Store, folder: Path, path: Path, digest: str) -> Delivery:
    """Make the file at `path` the blob `digest`. Raises StoreError when it cannot be written.

    `folder` is the project's.
    """
    if path.is_dir():
        raise StoreError(f"cannot write {path}: it is a folder", "rename it, or the file in [output]")
    if path.exists() and not path.is_file():  # to read a pipe would last for ever
        raise StoreError(
            f"cannot write {path}: it is not a file", "remove it, or rename the file in [output]"
        )
    with store.lock(_LOCK), writing(path):
        return _delivered(store, Written(store, folder), path, digest)


def _delivered(store: Store, written: Written, path: Path, digest: str) -> Delivery:
    present = digest_of_file(path) if path.exists() else None
    if present == digest:
        with suppress(
            StoreError
        ):  # the file is as it should be; it may only be unknown once the store is gone
            written.finish(path, digest)
        with suppress(OSError):
            partial_of(path).unlink(missing_ok=True)  # a killed build may have left one
        return Delivery(path, written=False)
    is_ours = present in (None, *written.digests(path))
    mark = None if is_ours else EDITED if written.is_known(path) else KEPT
    kept = _replaced(store.path_of(digest), path, mark, partial(written.begin, path, digest))
    with suppress(StoreError):  # no room: once it is edited it is kept as what nothing is known of
        written.finish(path, digest)
    return Delivery(path, written=True, kept=kept, is_edited=mark == EDITED)


def _replaced(source: Path, path: Path, mark: str | None, record: Callable[[], None]) -> Path | None:
    """Copy `source` to `path`; with a mark, move aside what is there. Where that is now."""
    kept: Path | None = None
    try:
        with replacing(path) as unfinished:
            shutil.copyfile(source, unfinished)
            sync(unfinished)  # nothing is moved before what takes its place is on disk
            kept = None if mark is None else _set_aside(path, mark)
            record()  # were the build killed now, its own file, new or old, must not be taken for hand work
    except StoreError:
        if kept is not None:
            with suppress(OSError):
                kept.rename(path)
        raise
    return kept


def _set_aside(path: Path, mark: str) -> Path:
    """Move a file to the first free `name.MARK[-n].suffix`; where it is now."""
    for count in itertools.count(1):
        number = "" if count == 1 else f"-{count}"
        aside = path.with_name(f"{path.stem}.{mark}{number}{path.suffix}")
        if not aside.exists():
            break
    return path.rename(aside)
