"""Documents: JSON values in files that are whole and as written, or else not there.

Each file begins with the digest of the rest. Knows JSON. Does not know what it means.
"""

from __future__ import annotations

import json
from pathlib import Path

from blake3 import blake3

from ..digest import Json, canonical_json, digest_of_parts
from .durable import publish


def seal(value: Json) -> bytes:
    """The bytes of a document: the digest of its text, a newline, the text."""
    text = canonical_json(value).encode("utf-8", "surrogatepass")
    return digest_of_parts([text]).encode("ascii") + b"\n" + text


def unseal(content: bytes) -> Json:
    """The value of a document; None when a byte of it is not as written."""
    check, _, text = content.partition(b"\n")
    if digest_of_parts([text]).encode("ascii") != check:
        return None
    value: Json = json.loads(text.decode("utf-8", "surrogatepass"))
    return value


def read_document(path: Path) -> Json:
    """The value at `path`; None when it is missing, garbled or cannot be read."""
    try:
        return unseal(path.read_bytes())
    except OSError:
        return None


class Documents:
    """Values by name, in `folder`; the last one written is the one read."""

    def __init__(self, folder: Path, scratch_home: Path) -> None:
        self._folder = folder
        self._scratch_home = scratch_home

    def write(self, name: str, value: Json) -> None:
        """Replace the value of `name`; an equal one stays. Raises StoreError, ValueError for NaN."""
        path, content = self._path(name), seal({"name": name, "value": value})
        if not _holds(path, content):
            publish(self._scratch_home, path, content)

    def read(self, name: str) -> Json:
        """The value of `name`; None when there is none or it is garbled."""
        document = read_document(self._path(name))
        return document["value"] if isinstance(document, dict) and document.get("name") == name else None

    def _path(self, name: str) -> Path:
        return self._folder / blake3(name.encode("utf-8", "surrogatepass")).hexdigest(length=16)


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False
