"""Digest: BLAKE3 of bytes, files and canonical JSON, as lower-case hex.

Knows bytes. Does not know what they mean.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from blake3 import blake3

_CHUNK = 1 << 20  # bytes

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def digest_of_parts(parts: Iterable[bytes | memoryview]) -> str:
    """The digest of the parts laid end to end."""
    hasher = blake3()
    for part in parts:
        hasher.update(part)
    return hasher.hexdigest()


def digest_of_file(path: Path) -> str:
    """The digest of a file's bytes; raises OSError when it cannot be read.

    Reads rather than maps: a mapped file that another program truncates kills the reader.
    """
    hasher = blake3()
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(_CHUNK):
            hasher.update(chunk)
    return hasher.hexdigest()


def canonical_json(value: Json) -> str:
    """One spelling for equal values: keys sorted, no spaces, floats in their shortest form.

    Raises ValueError for NaN and infinities, which have no JSON form.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
