"""Present: that there is a file where a command was told to read one.

Knows what can stand there instead, and the words for each. Does not know what is in the file.
"""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import InputError


def check_present(path: Path, what: str) -> None:
    """Raises InputError when no file is at `path`; `what`: what is wanted there, as "a picture"."""
    if path.is_file():
        return
    if path.is_dir():
        raise InputError(f"{path} is a folder", f"name {what} in it")
    if path.exists():
        raise InputError(f"{path} is not a file, but a pipe or a device", f"name {what} on disk")
    if path.is_symlink():
        raise InputError(f"{path} is a link to {os.readlink(path)}, where there is no file", f"name {what}")
    raise InputError(f"there is no file {path}", f"check its spelling: name {what}")
