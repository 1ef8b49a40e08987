"""Layers: that their names tell them apart, and that a borrowed placement leads somewhere.

Knows layers as they were written. Does not know what a placement does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..diagnostics import Diagnostic
from ..text.document import Document
from ..text.spans import Path
from .sides import SIDES, side_name
from .sites import each_layer, each_mask
from .subjects import subject

_PLACELESS = {"layer": "a group", "fill": "a fill", "copy": "a copy"}
_Found = tuple[Path, dict[str, Any]]
"""Where a layer stands, and its table."""
DEEPEST = 40
"""How deep groups may nest."""


def too_deep(document: Document) -> Diagnostic | None:
    """The first layer that lies in more than DEEPEST groups."""
    level: list[tuple[Path, Any]] = [((), document.table)]
    for _ in range(DEEPEST + 1):
        level = [below for path, table in level for below in _children(path, table)]
    if not level:
        return None
    message = f"groups nest more than {DEEPEST} deep here"
    return document.diagnostic(document.key_span(level[0][0]), message)


def _children(path: Path, table: Any) -> Iterator[tuple[Path, Any]]:
    layers = table.get("layer") if isinstance(table, dict) else None
    if isinstance(layers, list):
        yield from (((*path, "layer", index), layer) for index, layer in enumerate(layers))


def layer_mistakes(document: Document) -> Iterator[Diagnostic]:
    """Names given twice or to a side too, placements of layers that have none, circles of placements."""
    first: dict[str, _Found] = {}
    for path, layer in each_layer(document.table):
        name = layer.get("name")
        if not isinstance(name, str) or not name:
            continue
        if name in first:
            yield _twice(document, path, first[name][0], name)
        else:
            first[name] = path, layer
    sides = dict(_sides(first))
    for name, (path, _) in first.items():
        if name in sides:
            yield _as_a_side(document, path, name)
    for path, layer in each_layer(document.table):
        yield from _borrowed(document, path, layer, sides | first)
    for path, mask in each_mask(document.table):
        yield from _placeless(document, path, mask, first)


def _sides(named: dict[str, _Found]) -> Iterator[tuple[str, _Found]]:
    """What each side of a split layer is called, with the layer that is split."""
    for name, found in named.items():
        if "split" in found[1]:
            yield from ((side_name(name, side), found) for side in SIDES)


def _as_a_side(document: Document, path: Path, name: str) -> Diagnostic:
    layer, side = name.rsplit(" ", 1)
    message = f'"{name}" is what the {side} of the split layer "{layer}" is called'
    return document.diagnostic(
        document.value_span((*path, "name")), message, ("call this layer something else",)
    )


def _twice(document: Document, path: Path, other: Path, name: str) -> Diagnostic:
    line = document.value_span((*other, "name")).line
    message = f'there is a layer "{name}" already'
    return document.diagnostic(document.value_span((*path, "name")), message, (f"it is on line {line}",))


def _borrowed(
    document: Document, path: Path, layer: dict[str, Any], named: dict[str, _Found]
) -> Iterator[Diagnostic]:
    """A placement by name: from a layer that shows a source, and not in a circle."""
    place = layer.get("place")
    if not isinstance(place, str) or place not in named:
        return
    without = list(_placeless(document, path, layer, named))
    yield from without
    if not without and _circles(place, named):
        span, whose = document.value_span((*path, "place")), subject(document.table, path)
        message = f'{whose} takes its place from "{place}", which leads round in a circle'
        yield document.diagnostic(
            span, message, ('give one of them a place of its own, as { fit = "cover" }',)
        )


def _placeless(
    document: Document, path: Path, table: dict[str, Any], named: dict[str, _Found]
) -> Iterator[Diagnostic]:
    """A placement by name, of a layer that shows no source and so has none."""
    place = table.get("place")
    other = named[place][1] if isinstance(place, str) and place in named else {}
    kinds = [word for key, word in _PLACELESS.items() if key in other and "source" not in other]
    if kinds:
        whose = subject(document.table, path)
        message = f'{whose} takes its place from "{place}", which is {kinds[0]} and has none'
        yield document.diagnostic(
            document.value_span((*path, "place")), message, ("name a layer with a source",)
        )


def _circles(start: str, named: dict[str, _Found]) -> bool:
    """Whether following `place` from a layer comes back to it."""
    seen: set[str] = set()
    name: Any = start
    while isinstance(name, str) and name in named and name not in seen:
        seen.add(name)
        name = named[name][1].get("place")
    return name == start and start in seen
