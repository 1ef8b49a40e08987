"""Difference: one thing that two revisions of a piece do not have in common, in the artist's words.

Knows how values read. Does not know how differences are found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from ..digest import canonical_json


class Missing:
    """What a table without the key has in its place."""

    def __repr__(self) -> str:
        return "–"


MISSING: Final = Missing()
_UNSEEN = ("title", "output", "renamed")
_TURNED = {
    ("visible", True): "shown",
    ("visible", False): "hidden",
    ("clip", True): "clipped to the layer below it",
    ("clip", False): "no longer clipped",
}


@dataclass(frozen=True)
class Subject:
    """What differs: a layer, mask, source, style or output by name; the canvas or the piece without one."""

    kind: str
    name: str = ""

    def __str__(self) -> str:
        return f'{self.kind} "{self.name}"' if self.name else self.kind


@dataclass(frozen=True)
class Difference:
    """One field of one subject, as the artist reads it; `seen`: whether it can change the picture."""

    subject: Subject
    text: str
    seen: bool = True


def changed(subject: Subject, field: str, old: Any, new: Any) -> Difference:
    """A field with another value; either may be MISSING."""
    seen = field not in _UNSEEN and subject.kind not in _UNSEEN
    return Difference(subject, _told(field, old, new), seen)


def renamed(subject: Subject, old: str) -> Difference:
    """The same under another name."""
    return Difference(subject, f'renamed, it was "{old}"', seen=False)


def _told(field: str, old: Any, new: Any) -> str:
    if isinstance(new, bool) and (field, new) in _TURNED:
        return _TURNED[field, new]
    if old is MISSING:
        return f"{field} added: {shown(new)}"
    if new is MISSING:
        return f"{field} removed (was {shown(old)})"
    return f"{field} {shown(old)} → {shown(new)}"


def shown(value: Any) -> str:
    """A value as the piece writes it, in short."""
    if isinstance(value, str):
        return value if value and value.isprintable() and " " not in value else f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {shown(each)}' for key, each in value.items())} }}"
    return repr(value) if value is MISSING or isinstance(value, int) else canonical_json(str(value))


def by_subject(differences: Iterable[Difference]) -> dict[Subject, tuple[str, ...]]:
    """The texts of each subject, in order."""
    return {
        subject: tuple(each.text for each in group)
        for subject, group in groupby(sorted(differences, key=_order), key=_subject)
    }


def _subject(difference: Difference) -> Subject:
    return difference.subject


_KINDS = ("piece", "canvas", "layer", "mask", "source", "style", "output")


def _order(difference: Difference) -> tuple[int, str]:
    kind = difference.subject.kind
    return (_KINDS.index(kind) if kind in _KINDS else len(_KINDS)), (
        "" if kind == "layer" else difference.subject.name
    )
