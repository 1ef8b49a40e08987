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

_KEYS = ("bare_key", "quoted_key")


@dataclass(frozen=True, slots=True)
class Place:
    """Half-open byte ranges of a key and of its value; a table's value is its header."""

    key: tuple[int, int]
    value: tuple[int, int]


@dataclass(slots=True)
class _Walk:
    """The places found so far, and how many tables each array of tables has."""

    places: dict[Path, Place] = field(default_factory=dict)
    counts: dict[Path, int] = field(default_factory=dict)


def places(source: bytes) -> dict[Path, Place]:
    """The place of every key, value, table and list element of a TOML text in UTF-8."""
    root = Parser(Language(tree_sitter_toml.language())).parse(source).root_node
    walk = _Walk()
    for node in root.children:
        if node.type == "pair":
            _pair(walk, (), node)
        elif node.type == "table":
            _table(walk, node)
        elif node.type == "table_array_element":
            _array_of_tables(walk, node)
    return walk.places


def _table(walk: _Walk, node: Node) -> None:
    keys = list(_keys(node.children[1]))
    path = _header(walk, keys, _header_range(node))
    _pairs(walk, path, node)


def _array_of_tables(walk: _Walk, node: Node) -> None:
    keys = list(_keys(node.children[1]))
    header = _header_range(node)
    parent = _header(walk, keys[:-1], header)
    name, last = keys[-1]
    array = (*parent, name)
    index = walk.counts.get(array, 0)
    walk.counts[array] = index + 1
    walk.places.setdefault(array, Place(last, header))
    walk.places[*array, index] = Place(last, header)
    _pairs(walk, (*array, index), node)


def _header(walk: _Walk, keys: list[tuple[str, tuple[int, int]]], header: tuple[int, int]) -> Path:
    """The path a header's keys lead to: through an array of tables to its last element."""
    path: Path = ()
    for name, place in keys:
        path = (*path, name)
        walk.places.setdefault(path, Place(place, header))
        if path in walk.counts:
            path = (*path, walk.counts[path] - 1)
    return path


def _header_range(node: Node) -> tuple[int, int]:
    return node.children[0].start_byte, node.children[2].end_byte


def _pairs(walk: _Walk, path: Path, node: Node) -> None:
    for child in node.children:
        if child.type == "pair":
            _pair(walk, path, child)


def _pair(walk: _Walk, path: Path, node: Node) -> None:
    children = [child for child in node.children if child.type not in ("comment", "ERROR")]
    if len(children) < 3:
        return
    for name, place in _keys(children[0]):
        path = (*path, name)
        walk.places.setdefault(path, Place(place, place))
    walk.places[path] = Place(walk.places[path].key, _range(children[2]))
    _value(walk, path, children[2])


def _value(walk: _Walk, path: Path, node: Node) -> None:
    if node.type == "inline_table":
        _pairs(walk, path, node)
    elif node.type == "array":
        elements = [child for child in node.named_children if child.type not in ("comment", "ERROR")]
        for index, element in enumerate(elements):
            walk.places[*path, index] = Place(_range(element), _range(element))
            _value(walk, (*path, index), element)


def _keys(node: Node) -> Iterator[tuple[str, tuple[int, int]]]:
    """The parts of a key, outermost first, each with its byte range."""
    if node.type == "dotted_key":
        for child in node.named_children:
            yield from _keys(child)
    elif node.type in _KEYS:
        yield _name(node), _range(node)


def _name(node: Node) -> str:
    text = (node.text or b"").decode("utf-8", "surrogatepass")
    if node.type == "bare_key":
        return text
    return next(iter(tomllib.loads(f"{text} = 0")))


def _range(node: Node) -> tuple[int, int]:
    return node.start_byte, node.end_byte
