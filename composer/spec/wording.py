"""Wording: what is wrong with a value, in an artist's words and at its own place.

Knows the faults of a table and says them. Does not know extensions: their models are handed in.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel, ValidationError

from ..diagnostics import Diagnostic, did_you_mean
from ..pixels.css import color_names
from ..text.document import Document
from ..text.spans import Path
from .faults import Fault, faults_of
from .keys import is_near, models_at, unknown_key_hints
from .subjects import shown, subject, value_at

_EXPECTED = {
    "float": "a number",
    "decimal": "a number",
    "finite_number": "a finite number",
    "int": "a whole number",
    "bool": "true or false",
    "string": "text in quotes",
    "tuple": "a list",
    "list": "a list",
    "set": "a list",
    "dict": "a table",
    "model": "a table",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
    "multiple_of": ("multiple_of", "a multiple of"),
}
_OF_A_TABLE = ("value_error", "assertion_error")
"""What a model says of several of its keys."""
_MISSING = {
    "canvas": "write [canvas] with width = … and height = … in pixels",
    "layer": "write at least one [[layer]]; layers stand bottom first",
    "width": "write width = …, in pixels",
    "height": "write height = …, in pixels",
    "name": 'write name = "…"',
    "use": 'write use = "…"',
    "path": 'write path = "build/{piece}.…"',
}


def diagnostics_of(
    error: ValidationError, document: Document, prefix: Path, model: type[BaseModel] | None = None
) -> list[Diagnostic]:
    """Every mistake of the table at `prefix`, which was checked against `model`.

    The model is needed for the near misses of unknown keys.
    """
    return [_diagnostic(document, fault, prefix, model) for fault in faults_of(error, document.table, prefix)]


def _diagnostic(document: Document, fault: Fault, prefix: Path, model: type[BaseModel] | None) -> Diagnostic:
    table, name = fault.path[:-1], fault.path[-1] if fault.path else ""
    if fault.kind == "extra_forbidden":
        below = models_at(model, table[len(prefix) :]) if model else []
        hints = unknown_key_hints(document, fault.path, below[0] if below else None)
        message = f'"{name}" is not a key of {subject(document.table, table)}'
        return document.diagnostic(document.key_span(fault.path), message, hints)
    if fault.kind == "missing":
        message = f"{subject(document.table, table)} has no {name}"
        hint = _MISSING.get(str(name), f"write {name} = …")
        return document.diagnostic(_table_span(document, table), message, (hint,))
    message, hints = _value(document, fault)
    whole = fault.kind in _OF_A_TABLE and isinstance(fault.value, dict)
    span = _table_span(document, fault.path) if whole else document.value_span(fault.path)
    return document.diagnostic(span, message, hints)


def _table_span(document: Document, table: Path) -> Any:
    """Where to say what is wrong with a table as a whole: at the extension it names, or at its header."""
    uses = isinstance(value_at(document.table, (*table, "use")), str)
    return document.value_span((*table, "use") if uses else table)


def _value(document: Document, fault: Fault) -> tuple[str, tuple[str, ...]]:
    """What is wrong with a value that is there, and what to do."""
    whose = subject(document.table, fault.path)
    for kind, context, text in fault.kinds:
        if kind in _BOUNDS:
            return _bound(whose, fault.value, kind, context)
        if kind in ("too_few", "too_long", "too_short"):
            return _length(whose, fault, kind, context)
        if kind == "color":
            return _color(whose, str(fault.value))
        if kind in _OF_A_TABLE:
            return f"{whose}: {text.partition(', ')[2]}", ()
        if kind in ("crop", "levels", "quad", "name_or_table"):
            return f"{whose} {text}", ()
        if kind == "string_too_short":
            return f"{whose} is empty", ()
    return _type(document, whose, fault)


def _bound(whose: str, value: Any, kind: str, context: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    key, words = _BOUNDS[kind]
    limit = context[key]
    message = f"{whose} must be {words} {shown(limit)}, is {shown(value)}"
    if kind == "less_than_equal" and limit == 1 and 2 <= value <= 100:
        return message, (f"it goes from 0 to 1: did you mean {value / 100:g}?",)
    return message, ()


def _length(whose: str, fault: Fault, kind: str, context: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    has = len(fault.value)
    if kind == "too_few":
        return f"{whose} must have {has + len(fault.kinds)} items, has {has}", ()
    if kind == "too_short":
        return f"{whose} must have at least {context['min_length']}, has {has}", ()
    exact = "" if context.get("field_type") == "Tuple" else "at most "
    return f"{whose} must have {exact}{context['max_length']} items, has {has}", ()


def _color(whose: str, value: str) -> tuple[str, tuple[str, ...]]:
    message = f'{whose} is "{value}", which is not a colour'
    if re.fullmatch(r"[0-9A-Fa-f]{3,8}", value) and len(value) in (3, 4, 6, 8):
        return message, (f'did you mean "#{value}"?',)
    if is_near(value, color_names()):
        return message, did_you_mean(value, color_names())
    return message, ('write CSS hex such as "#1a2b3c", or a CSS name such as "navy"',)


def _type(document: Document, whose: str, fault: Fault) -> tuple[str, tuple[str, ...]]:
    """A value of the wrong type, or a word that is not one of those allowed."""
    words = [word for _, context, _ in fault.kinds for word in _choices(context)]
    wanted = [f'"{word}"' for word in words]
    wanted += [number for _, context, _ in fault.kinds for number in _numbers(context)]
    for kind, _, _ in fault.kinds:
        phrase = _EXPECTED.get(kind) or _EXPECTED.get(kind.partition("_")[0])
        if phrase and phrase not in wanted:
            wanted.append(phrase)
    if not wanted:
        return f"{whose} cannot be {shown(fault.value)}", ()
    has_point = isinstance(fault.value, float) and fault.value.is_integer()
    given = f"{fault.value:.1f}" if has_point else shown(fault.value)
    message = f"{whose} must be {_either(wanted)}, is {given}"
    if words and isinstance(fault.value, str) and is_near(fault.value, words):
        return message, did_you_mean(fault.value, words)
    hint = _type_hint(document, fault, wanted)
    return message, (hint,) if hint else ()


def _choices(context: dict[str, Any]) -> list[str]:
    return re.findall(r"'((?:[^'\\]|\\.)*)'", str(context.get("expected", "")))


def _numbers(context: dict[str, Any]) -> list[str]:
    """The whole numbers that are allowed, where only some are."""
    return re.findall(r"\b\d+\b", re.sub(r"'[^']*'", "", str(context.get("expected", ""))))


def _either(phrases: list[str]) -> str:
    return phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} or {phrases[-1]}"


def _type_hint(document: Document, fault: Fault, wanted: list[str]) -> str:
    path, value = fault.path, fault.value
    if len(path) == 2 and path[0] in ("source", "style", "mask") and "a table" in wanted:
        return f"every {path[0]} has a name of its own: [{path[0]}.name]"
    if path[-1] == "regions":
        return 'write regions = { mask = "style" }'
    if isinstance(value, list) and path[-2:-1] == ("regions",):
        return "a region has one style, by name"
    if isinstance(value, str):
        return _text_hint(value, wanted)
    if isinstance(value, dict) and "a list" in wanted:
        return _brackets(document, path)
    if isinstance(value, list) and "a table" in wanted:
        return f"write [{_dotted(path)}] with single brackets, once"
    if isinstance(value, float) and value.is_integer() and "a whole number" in wanted:
        return f"write {value:.0f}"
    if isinstance(value, (int, float)) and wanted == ["text in quotes"]:
        return f'put it in quotes: "{shown(value)}"'
    return ""


def _text_hint(value: str, wanted: list[str]) -> str:
    bare = value.strip()
    is_number = re.fullmatch(r"[-+]?\d+(\.\d+)?", bare) and {"a number", "a whole number"} & set(wanted)
    if is_number or (bare in ("true", "false") and "true or false" in wanted):
        return f"write it without quotes: {bare}"
    if re.fullmatch(r"\d+(\.\d+)?%", bare) and "a number" in wanted:
        return f"write {float(bare[:-1]) / 100:g}"
    return f'put it in brackets: ["{value}"]' if wanted == ["a list"] and value else ""


def _brackets(document: Document, path: Path) -> str:
    """A table where a list of tables belongs."""
    span = document.value_span(path)
    if document.line(span.line)[span.column - 1] == "{":
        return "put it in brackets: [{ … }]"
    return f"write [[{_dotted(path)}]] with two brackets"


def _dotted(path: Path) -> str:
    return ".".join(part for part in path if isinstance(part, str))
