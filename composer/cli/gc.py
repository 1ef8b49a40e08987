"""`composer gc`: clean the store, and shrink it to a quota."""

from __future__ import annotations

import argparse
import re

from ..build.history import pinned
from ..build.receipt import STORE_FOLDER
from ..errors import UsageError
from ..sizes import readable
from ..store.store import Store

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def run(options: argparse.Namespace) -> int:
    """Clean the store of a folder; what the last builds ended with stays, unless --all."""
    if not options.piece.exists():
        raise UsageError(f"there is no piece or folder {options.piece}", "name the folder of a piece")
    folder = options.piece if options.piece.is_dir() else options.piece.parent
    store = Store(folder / STORE_FOLDER)
    quota = None if options.quota is None else size_in_bytes(options.quota)
    if options.all and quota is None:
        quota = 0
    collected = store.collect(quota, () if options.all else pinned(store))
    left = store.size()
    print(f"freed {readable(collected.freed)}; {readable(left.bytes)} in {left.blobs} results are kept")
    if left.unfinished:
        print(f"{readable(left.unfinished)} more let style layers go on that were stopped")
    if quota is not None and left.bytes > quota:
        print("that is more than the quota: what the last builds ended with stays, unless --all is given")
    return 0


def size_in_bytes(text: str) -> int:
    """A size as the artist writes it, such as 5GB. Raises UsageError."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?", text.strip(), re.IGNORECASE)
    if match is None:
        raise UsageError(f'"{text}" is not a size', "write a number with a unit, such as 500MB or 5GB")
    unit = _UNITS[match[2].upper()]
    if match[3]:  # KiB, MiB…: powers of 1024
        unit = 2 ** (10 * list(_UNITS).index(match[2].upper()))
    return int(float(match[1]) * unit)
