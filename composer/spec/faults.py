"""Faults: what pydantic found in a table, each at its path, one fault for one mistake.

Knows pydantic's error types and where they point. Does not word them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from ..text.spans import Path
from .keys import is_near
from .subjects import leads, value_at


@dataclass(slots=True)
class Fault:
    """One mistake. `kinds`: pydantic's types with their context – several when a union was tried.

    `path`: the value, or the unknown key, or the key that is missing (of the table above it).
    """

    path: Path
    value: Any
    kinds: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The first of the types."""
        return self.kinds[0][0]


def faults_of(error: ValidationError, table: dict[str, Any], prefix: Path) -> list[Fault]:
    """The mistakes behind a ValidationError of the table at `prefix`."""
    faults: dict[tuple[Path, str], Fault] = {}
    for each in error.errors(include_url=False):
        path, kind = _path(table, prefix, each["loc"]), each["type"]
        if kind == "missing" and isinstance(each["loc"][-1], int):
            kind = "too_few"
        elif kind == "missing":
            path = (*path, str(each["loc"][-1]))
        apart = kind if kind in ("missing", "extra_forbidden") else ""
        fault = faults.setdefault((path, apart), Fault(path, value_at(table, path)))
        fault.kinds.append((kind, dict(each.get("ctx", {})), each["msg"]))
    return _without_echoes(list(faults.values()))


def _path(table: dict[str, Any], prefix: Path, loc: tuple[int | str, ...]) -> Path:
    """The path of an error; parts of `loc` that name a branch of a union lead nowhere and are skipped."""
    path = prefix
    for part in loc:
        if leads(value_at(table, path), part):
            path = (*path, part)
    return path


def _without_echoes(faults: list[Fault]) -> list[Fault]:
    """Without what only follows: a missing key beside its misspelling, a union's other branches."""
    unknown: dict[Path, list[str]] = defaultdict(list)
    for fault in faults:
        if fault.kind == "extra_forbidden":
            unknown[fault.path[:-1]].append(str(fault.path[-1]))
    return [fault for fault in faults if not _is_echo(fault, faults, unknown)]


def _is_echo(fault: Fault, faults: list[Fault], unknown: dict[Path, list[str]]) -> bool:
    if fault.kind == "missing":
        return is_near(str(fault.path[-1]), unknown[fault.path[:-1]])
    below = (each.path for each in faults if len(each.path) > len(fault.path))
    return fault.kind != "extra_forbidden" and any(path[: len(fault.path)] == fault.path for path in below)
