"""Manifest: the ingredients of one action, listed once and written twice.

Knows which facts decide an action's output. From the one list come the action key and the text of
`composer explain`, so the two cannot drift apart. Does not know the store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..digest import Json, canonical_json, digest_of_parts
from ..operation import Precision
from .action import Apply, Stylize
from .node import Node
from .recipe import Ingredient

_MISSING = "–"


@dataclass(frozen=True)
class Device:
    """What of a device changes pixels: on a CPU the number of threads, on a GPU its model, and the precision.

    `name` is the word of `--device`: cpu, cuda, cuda:1.
    """

    name: str
    threads: int
    model: str = ""
    precision: Precision = "fp32"

    def __str__(self) -> str:
        what = f"cpu, {self.threads} threads" if self.name == "cpu" else f"gpu {self.model}"
        return f"{what}, {self.precision}"


def manifest(node: Node, digests: Mapping[str, str], device: Device) -> tuple[Ingredient, ...]:
    """All ingredients of `node`; `digests` gives each input's value by role, files included."""
    return tuple(_ingredients(node, digests, device))


def _ingredients(node: Node, digests: Mapping[str, str], device: Device) -> Iterator[Ingredient]:
    yield from node.action.ingredients()
    for role, _ in (*node.files, *node.inputs):
        yield f"input {role}", digests[role]
    if isinstance(node.action, Apply | Stylize) and node.action.extension.needs.device:
        yield "device", str(device)


def action_key(ingredients: tuple[Ingredient, ...]) -> str:
    """The key under which the action's result is stored."""
    listed: Json = [[field, value] for field, value in ingredients]
    return digest_of_parts([canonical_json(listed).encode()])


@dataclass(frozen=True)
class Change:
    """One field that differs between two runs of a node."""

    field: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.field}: {self.old} → {self.new}"


def changes(old: tuple[Ingredient, ...], new: tuple[Ingredient, ...]) -> tuple[Change, ...]:
    """The fields that differ, in the order of the new manifest, gone fields last."""
    before, after = dict(old), dict(new)
    fields = [*after, *(field for field in before if field not in after)]
    return tuple(
        Change(field, _shown(field, before), _shown(field, after))
        for field in fields
        if before.get(field, _MISSING) != after.get(field, _MISSING)
    )


def _shown(field: str, ingredients: Mapping[str, Json]) -> str:
    if field not in ingredients:
        return _MISSING
    value = ingredients[field]
    if isinstance(value, str):
        return value[:12] if field.startswith(("input ", "weights ")) else value
    return canonical_json(value)
