"""Summary: all that differs between two versions of a piece – what is written, its files, its lock.

Knows the order in which it is told. Does not know pictures.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .comparing import output_differences, piece_differences, section_differences
from .difference import Difference
from .layering import layer_differences
from .renaming import SECTIONS, Table, renames_between
from .version import Version

_SHORT = 12


def text_differences(old: Table, new: Table) -> tuple[Difference, ...]:
    """What differs between two pieces as they are written."""
    renames = renames_between(old, new)
    renamed = renames.apply(dict(old))
    return (
        *piece_differences(renamed, new),
        *layer_differences(renamed, new, renames),
        *(each for section in SECTIONS for each in section_differences(section, renamed, new, renames)),
        *output_differences(renamed, new),
    )


def differences(old: Version, new: Version) -> tuple[Difference, ...]:
    """What differs between two versions, but for their files and locks."""
    return text_differences(old.reading.document.table, new.reading.document.table)


def lock_differences(old: Version, new: Version) -> dict[str, str]:
    """Layer → the digest of its render as it was and as it is, where both are recorded and differ."""
    return {
        layer: f"{_digest(old, layer)} → {_digest(new, layer)}"
        for layer in new.lock
        if layer in old.lock and old.lock[layer].get("output") != new.lock[layer].get("output")
    }


def changed_files(old: Version, new: Version) -> Iterator[tuple[str, Path, Path]]:
    """Every file that both name and that has other bytes, by its path in the piece, with both."""
    before, after = old.named(), new.named()
    for name, path in after.items():
        one = before.get(name)
        if one is not None and one.is_file() and path.is_file() and not _is_same(one, path):
            yield name, one, path


def _is_same(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()


def _digest(version: Version, layer: str) -> str:
    return str(version.lock[layer].get("output", "–"))[:_SHORT]
