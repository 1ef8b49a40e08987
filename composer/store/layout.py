"""Layout: the folders of a store, and its version.

Knows names only. Does not know what is in the files.

    .composer/
        version      the layout's version; a store of another version is refused
        blobs/ab/    one file per blob, named by its digest
        used/        one empty file per blob; its time is when the blob was last used
        actions/ab/  one entry per action key
        checkpoints/ab/  the state of an action that was begun, one file per action key
        documents/   small JSON documents
        locks/       one file per lock that is held now
        builds/      one file per build that runs now
        tmp/         unfinished files, one folder per writer
        stat-index   which files are known to have which digest
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ..errors import StoreError
from .durable import publish
from .failures import writing

VERSION = b"1\n"
_OURS = frozenset(  # a store may lack its version: its maker was killed, or someone began to delete it
    {
        ".gitignore",
        "blobs",
        "used",
        "actions",
        "checkpoints",
        "documents",
        "locks",
        "builds",
        "tmp",
        "stat-index",
    }
)
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class Layout:
    """Where things are in the store at `root`."""

    root: Path

    @property
    def blobs(self) -> Path:
        return self.root / "blobs"

    @property
    def used(self) -> Path:
        return self.root / "used"

    @property
    def actions(self) -> Path:
        return self.root / "actions"

    @property
    def checkpoints(self) -> Path:
        return self.root / "checkpoints"

    @property
    def documents(self) -> Path:
        return self.root / "documents"

    @property
    def locks(self) -> Path:
        return self.root / "locks"

    @property
    def builds(self) -> Path:
        return self.root / "builds"

    @property
    def tmp(self) -> Path:
        return self.root / "tmp"

    @property
    def index(self) -> Path:
        return self.root / "stat-index"

    @property
    def version(self) -> Path:
        return self.root / "version"

    def exists(self) -> bool:
        """Is there a store here that this program can read? Raises StoreError for another version's."""
        try:
            found = self.version.read_bytes()
        except FileNotFoundError:
            return False
        except NotADirectoryError as error:
            hint = "move it away: the store needs a folder of that name"
            raise StoreError(f"{self.root} is a file", hint) from error
        except OSError as error:
            hint = "check the permissions of this folder"
            raise StoreError(f"cannot read {self.version}: {error.strerror}", hint) from error
        if found != VERSION:
            raise _unknown_version(self.root, found)
        return True

    def prepare(self) -> None:
        """Make the store when it is not there yet. Raises StoreError.

        A folder of that name with anything else in it is left alone: a link in a stranger's piece
        could point at it.
        """
        if self.exists():
            return
        with writing(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            strange = set(os.listdir(self.root)) - _OURS
        if strange and not self.exists():  # another program may have made it meanwhile
            raise _foreign(self.root, min(strange))
        publish(self.tmp, self.root / ".gitignore", b"*\n")
        publish(self.tmp, self.version, VERSION)


def fan_out(folder: Path, name: str) -> Path:
    """Where the file of a digest or key lies: 256 folders keep each of them short.

    Raises ValueError for a name that is not lower-case hex; it could leave the folder.
    """
    if len(name) < 3 or not _HEX.issuperset(name):
        raise ValueError(f"not a digest: {name!r}")
    return folder / name[:2] / name


def _foreign(root: Path, name: str) -> StoreError:
    message = f'{root} is not a store of Composer, but has "{name}" in it'
    return StoreError(message, "move it away: the store needs a folder of its own")


def _unknown_version(root: Path, found: bytes) -> StoreError:
    shown = found[:20].decode("ascii", "replace").strip()
    message = f"{root} was made by another version of Composer (layout {shown!r}; this one knows 1)"
    return StoreError(message, f"update Composer, or remove {root}: everything in it can be built again")
