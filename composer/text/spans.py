"""Spans: where every key and value of a TOML text stands, in bytes.

Knows the concrete syntax tree of TOML (tree-sitter's). Does not read values, and does not judge
syntax: on a text with mistakes it keeps what it can place.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

Path = tuple[str | int, ...]
"""The way from the top of a document to a value: ("layer", 3, "filter", 0, "radius")."""

Key = tuple[str, tuple[int, int]]
"""A part of a key and its half-open range of bytes."""

_KEYS = ("bare_key", "quoted_key")


@dataclass(frozen=True, slots=True)
class Place:
    """Half-open byte ranges of a key and of its value; a table's value is its header."""

    key: tuple[int, int]
    value: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A key or header that was given before: its path and the byte ranges of both."""

    path: Path
    first: tuple[int, int]
    second: tuple[int, int]


@dataclass(slots=True)
class _Walk:
    """What was found so far, and how many tables each array of tables has."""

    places: dict[Path, Place] = field(default_factory=dict)
    counts: dict[Path, int] = field(default_factory=dict)
    given: set[Path] = field(default_factory=set)
    repeats: list[Repeat] = field(default_factory=list)

    def give(self, path: Path, place: tuple[int, int]) -> None:
        """Note that `path` is spelt out at `place`."""
        if path in self.given:
            self.repeats.append(Repeat(path, self.places[path].key, place))
        self.given.add(path)


def places(source: bytes) -> dict[Path, Place]:
    """The place of every key, value, table and list element of a TOML text in UTF-8."""
    return _walk(source).places


def repeats(source: bytes) -> list[Repeat]:
    """Every key and header of a TOML text that is given a second time."""
    return _walk(source).repeats


def _walk(source: bytes) -> _Walk:
    root = Parser(Language(tree_sitter_toml.language())).parse(source).root_node
    walk = _Walk()
    for node in root.children:
        if node.type == "pair":
            _pair(walk, (), node)
        elif node.type in _HEADERS and (keys := _header_keys(node)):
            _HEADERS[node.type](walk, node, keys)
    return walk


def _table(walk: _Walk, node: Node, keys: list[Key]) -> None:
    header = _header_range(node)
    path = _header(walk, keys, header)
    walk.give(path if path[-1:] == (keys[-1][0],) else path[:-1], header)
    _pairs(walk, path, node)


def _array_of_tables(walk: _Walk, node: Node, keys: list[Key]) -> None:
    header = _header_range(node)
    parent = _header(walk, keys[:-1], header)
    name, last = keys[-1]
    array = (*parent, name)
    index = walk.counts.get(array, 0)
    if array in walk.given and not index:
        walk.give(array, header)
    walk.given.add(array)
    walk.counts[array] = index + 1
    walk.places.setdefault(array, Place(last, header))
    walk.places[*array, index] = Place(last, header)
    _pairs(walk, (*array, index), node)


def _header(walk: _Walk, keys: list[Key], header: tuple[int, int]) -> Path:
    """The path a header's keys lead to: through an array of tables to its last element."""
    path: Path = ()
    for name, place in keys:
        path = (*path, name)
        walk.places.setdefault(path, Place(place, header))
        if path in walk.counts:
            path = (*path, walk.counts[path] - 1)
    return path


_HEADERS = {"table": _table, "table_array_element": _array_of_tables}


def _header_keys(node: Node) -> list[Key]:
    """The parts of a header's key; none where the header is broken."""
    return list(_keys(node.children[1])) if len(node.children) > 2 else []


def _header_range(node: Node) -> tuple[int, int]:
    return node.children[0].start_byte, node.children[2].end_byte


def _pairs(walk: _Walk, path: Path, node: Node) -> None:
    for child in node.children:
        if child.type == "pair":
            _pair(walk, path, child)


def _pair(walk: _Walk, path: Path, node: Node) -> None:
    children = [child for child in node.children if child.type not in ("comment", "ERROR")]
    if len(children) < 3 or not next(_keys(children[0]), None):
        return
    keys = list(_keys(children[0]))
    for name, place in keys:
        path = (*path, name)
        walk.places.setdefault(path, Place(place, place))
    walk.give(path, keys[-1][1])
    walk.places[path] = Place(keys[-1][1], _range(children[2]))
    _value(walk, path, children[2])


def _value(walk: _Walk, path: Path, node: Node) -> None:
    if node.type == "inline_table":
        _pairs(walk, path, node)
    elif node.type == "array":
        elements = [child for child in node.named_children if child.type not in ("comment", "ERROR")]
        for index, element in enumerate(elements):
            walk.places[*path, index] = Place(_range(element), _range(element))
            _value(walk, (*path, index), element)


def _keys(node: Node) -> Iterator[Key]:
    """The parts of a key, outermost first, each with its byte range; `a.b.c` nests as `(a.b).c`."""
    parts: list[Node] = []
    left: Node | None = node
    while left is not None and left.type == "dotted_key":
        children = [child for child in left.named_children if child.type in (*_KEYS, "dotted_key")]
        parts += reversed(children[1:])
        left = children[0] if children else None
    if left is not None and left.type in _KEYS:
        parts.append(left)
    yield from ((_name(part), _range(part)) for part in reversed(parts))


def _name(node: Node) -> str:
    text = (node.text or b"").decode("utf-8", "surrogatepass")
    if node.type == "bare_key":
        return text
    return next(iter(tomllib.loads(f"{text} = 0")))


def _range(node: Node) -> tuple[int, int]:
    return node.start_byte, node.end_byte
