"""Failures: what the artist is told when the disk refuses.

Knows the system's error numbers. Does not know what was being written.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import StoreError

_IN_THE_WAY = "a file stands where a folder on this path should be: rename the file, or name another path"
_HINTS = {
    errno.ENOSPC: "the disk is full: free some space, or run `composer gc --quota` with a smaller quota",
    errno.EDQUOT: "your disk quota is used up: free some space, or run `composer gc --quota`",
    errno.EFBIG: "the file would be larger than this file system or your limits allow (see `ulimit -f`)",
    errno.EROFS: "the file system is mounted read-only: work on a writable copy of the project",
    errno.EACCES: "give yourself write permission on the folder, or work on a copy of the project",
    errno.EPERM: "give yourself write permission on the folder, or work on a copy of the project",
    errno.EIO: "the disk reports an error: check it, then remove the store; it can be rebuilt",
    errno.EEXIST: _IN_THE_WAY,
    errno.ENOTDIR: _IN_THE_WAY,
    errno.ENOLCK: "this file system has no file locks: move the project to a local disk",
}

UNWRITABLE = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an OSError of the body into a StoreError that names `path` and says what to do."""
    try:
        yield
    except OSError as error:
        hint = _HINTS.get(error.errno or 0, "check the disk and the permissions of this folder")
        raise StoreError(f"cannot write {path}: {error.strerror or error}", hint) from error
