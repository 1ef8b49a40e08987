"""Pointer: a file that Git LFS keeps elsewhere, of which git itself has three lines of text.

Knows the pointer's text and where Git LFS keeps what it fetched. Does not fetch anything.
Format: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

_LONGEST = 1024
_TEXT = re.compile(rb"version https://git-lfs[^\n]*\n(?:[^\n]+\n)*?oid sha256:([0-9a-f]{64})\nsize (\d+)\n")


@dataclass(frozen=True)
class Pointer:
    """What a pointer says of the file: the SHA-256 of its bytes in hex, and how many they are."""

    sha256: str
    size: int

    def fetched(self, git_folder: Path) -> bytes | None:
        """The file, if Git LFS has it on this machine and it is the one."""
        path = git_folder / "lfs" / "objects" / self.sha256[:2] / self.sha256[2:4] / self.sha256
        try:
            content = path.read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == self.sha256 else None


def pointer_in(content: bytes) -> Pointer | None:
    """The pointer that a file is; None for any other file."""
    match = _TEXT.match(content) if len(content) <= _LONGEST else None
    return None if match is None else Pointer(match[1].decode(), int(match[2]))
