"""Subjects: what to call a place of a piece in a message – `opacity of layer "photo"`.

Knows the shape of a piece as it was written, and how values look in messages. Does not judge them.
"""

from __future__ import annotations

from typing import Any

from ..text.spans import Path

_HUGE = 10**300
"""No float is much larger, and no number is meant to be."""
_NAMED = ("source", "style", "mask")


def leads(value: Any, part: str | int) -> bool:
    """Whether `part` is a key or an index of the value."""
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list) and isinstance(part, int) and part < len(value)


def value_at(table: dict[str, Any], path: Path) -> Any:
    """The value a path leads to; None when it leads nowhere."""
    value: Any = table
    for part in path:
        if not leads(value, part):
            return None
        value = value[part]
    return value


def subject(table: dict[str, Any], path: Path) -> str:
    """What stands at `path`, in words."""
    if not path:
        return "the piece"
    last, before = path[-1], path[:-1]
    if len(path) == 2 and before[0] in _NAMED:
        return f'{before[0]} "{last}"'
    if before == ("output",):
        return f'output "{last}"'
    if before[-1:] == ("regions",):
        return f'region "{last}" of {subject(table, before[:-1])}'
    if isinstance(last, int):
        return _element(table, path, last)
    if path in (("canvas",), ("output",)):
        return f"the {last}"
    if not before:
        return str(last)
    name = {"place": "the placement", "style": "the style", "mask": "the mask"}.get(last, last)
    return f"{name} of {subject(table, before)}"


def _element(table: dict[str, Any], path: Path, index: int) -> str:
    kind, owner = path[-2], path[:-2]
    if kind == "layer":
        name = value_at(table, (*path, "name"))
        return f'layer "{name}"' if isinstance(name, str) and name else f"layer {_count(path)}"
    if kind == "filter":
        use = value_at(table, (*path, "use"))
        named = f'filter "{use}"' if isinstance(use, str) else f"filter {index + 1}"
        return f"{named} of {subject(table, owner)}"
    return f"item {index + 1} of {subject(table, path[:-1])}"


def _count(path: Path) -> str:
    """The number of a layer without a name: 3, or 2.1 for the first layer of the second."""
    return ".".join(str(part + 1) for part in path if isinstance(part, int))


def shown(value: Any) -> str:
    """A value as it looks in a message."""
    if isinstance(value, str):
        return f'the text "{value if len(value) <= 40 else value[:37] + "…"}"' if value else "an empty text"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value:.10g}" if abs(value) < _HUGE else "a number that is far too large"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return "a table" if isinstance(value, dict) else "a date"
