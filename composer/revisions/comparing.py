"""Comparing: two tables of the same kind, field by field, and the sections of a piece, by name.

Knows that a key which is left out has its default. Does not know layers (`layering`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from .. import registry
from ..errors import ComposerError
from ..spec.piece import Canvas, MaskUse, Piece, Source, StyleSource
from ..spec.uses import OutputUse
from .difference import MISSING, Difference, Subject, changed, renamed
from .renaming import Renames, Table

Model = type[BaseModel]
Field = tuple[str, Any, Any]
_SECTIONS: dict[str, Model] = {"mask": MaskUse, "source": Source, "style": StyleSource}
_TOP = ("title", "seed", "patch")


def fields(old: Table, new: Table, model: Model | None = None, kind: str = "") -> Iterator[Field]:
    """Every key whose value differs, with both values; a table inside of both is gone through in turn.

    `kind`: of the extension that `use` names, whose parameters have defaults too.
    """
    for key in [*new, *(key for key in old if key not in new)]:
        one = _value(old, key, model, kind)
        other = _value(new, key, model, kind)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            yield from ((f"{key} {each}", a, b) for each, a, b in fields(one, other))
        elif one != other or isinstance(one, bool) != isinstance(other, bool):
            yield key, one, other


def _value(table: Table, key: str, model: Model | None, kind: str) -> Any:
    return table[key] if key in table else _default(key, table.get("use"), model, kind)


def _default(key: str, use: Any, model: Model | None, kind: str) -> Any:
    """What a key that is left out comes to; MISSING for nothing."""
    value = _of_model(key, model)
    if value is MISSING and kind and isinstance(use, str):
        try:
            value = _of_model(key, registry.find(kind, use).params)
        except ComposerError:
            return MISSING
    return value


def _of_model(key: str, model: Model | None) -> Any:
    for name, field in model.model_fields.items() if model else ():
        if key in (name, field.alias) and field.default not in (None, PydanticUndefined):
            default = field.default
            return list(default) if isinstance(default, tuple) else default
    return MISSING


def piece_differences(old: Table, new: Table) -> Iterator[Difference]:
    """What differs of the piece itself and of its canvas."""
    yield from told(Subject("piece"), fields(_top(old), _top(new), Piece))
    yield from told(Subject("canvas"), fields(old.get("canvas", {}), new.get("canvas", {}), Canvas))


def section_differences(section: str, old: Table, new: Table, renames: Renames) -> Iterator[Difference]:
    """What differs of the sources, styles or masks; `old` with the new names where it refers to any."""
    was = {after: before for before, after in renames.names[section].items()}
    before: Table = old.get(section, {})
    after: Table = new.get(section, {})
    for name, table in after.items():
        subject = Subject(section, name)
        if name in was:
            yield renamed(subject, was[name])
        elif name not in before:
            yield Difference(subject, "added")
        else:
            yield from told(subject, fields(before[name], table, _SECTIONS[section], _kind(section)))
    for name in before:
        if name not in after and name not in renames.names[section]:
            yield Difference(Subject(section, name), "removed")


def output_differences(old: Table, new: Table) -> Iterator[Difference]:
    """What differs of the files that are written."""
    before, after = (_outputs(table) for table in (old, new))
    for word in [*after, *(word for word in before if word not in after)]:
        found = fields(before.get(word, {}), after.get(word, {}), OutputUse)
        yield from told(Subject("output", word), found)


def told(subject: Subject, found: Iterator[Field]) -> Iterator[Difference]:
    """Each field as a difference of `subject`."""
    yield from (changed(subject, name, old, new) for name, old, new in found)


def _top(table: Table) -> Table:
    return {key: value for key, value in table.items() if key in _TOP}


def _outputs(table: Table) -> dict[str, Table]:
    written = table.get("output", {})
    return {word: {"path": use} if isinstance(use, str) else use for word, use in written.items()}


def _kind(section: str) -> str:
    return "mask" if section == "mask" else ""
