"""Layering: what differs of the layers of two revisions – which there are, how painted, in what order.

Knows groups, splits and filters. Does not know pixels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from ..spec.piece import Layer
from ..spec.sides import SIDES, Background, Foreground
from ..spec.uses import FilterUse, MaskUse, Placement, StyleUse
from .comparing import Field, Model, fields
from .difference import MISSING, Difference, Subject, changed, renamed
from .renaming import Renames, Table

_OWN = ("name", "layer", "filter", "style", "place", "mask", "split", *SIDES)
_SIDES: dict[str, Model] = {"foreground": Foreground, "background": Background}


@dataclass(frozen=True)
class _Standing:
    """A layer's table; `group`: the name of the group it lies in, and `below`: of its siblings under it."""

    table: Table
    group: str
    below: tuple[str, ...]


def layer_differences(old: Table, new: Table, renames: Renames) -> Iterator[Difference]:
    """What differs of all layers, bottom first; `old` with the new names where it refers to any."""
    names = renames.names["layer"]
    was = {after: before for before, after in names.items()}
    before = {names.get(name, name): found for name, found in _standing(old).items()}
    after = _standing(new)
    moved = _moved(before, after, names)
    for name, found in after.items():
        subject = Subject("layer", name)
        if name in was:
            yield renamed(subject, was[name])
        if name not in before:
            yield Difference(subject, f"added {_place(found)}")
            continue
        yield from (changed(subject, *each) for each in layer_fields(before[name].table, found.table))
        if name in moved:
            yield Difference(subject, f"moved, now {_place(found)}")
    yield from (Difference(Subject("layer", name), "removed") for name in before if name not in after)


def layer_fields(old: Table, new: Table) -> Iterator[Field]:
    """What differs of one layer, without what its name and the layers of a group are."""
    yield from fields(_plain(old), _plain(new), Layer)
    yield from _inside("place", old, new, Placement)
    yield from _inside("mask", old, new, MaskUse, "mask")
    yield from _inside("split", old, new, MaskUse, "mask")
    yield from _treated(old, new)
    for side, model in _SIDES.items():
        one, other = old.get(side, {}), new.get(side, {})
        yield from ((f"{side} {field}", a, b) for field, a, b in fields(_plain(one), _plain(other), model))
        yield from ((f"{side} {field}", a, b) for field, a, b in _treated(one, other))


def _treated(old: Table, new: Table) -> Iterator[Field]:
    """What differs of the filters and the style of a layer, or of a side of one."""
    yield from _filters(old.get("filter", []), new.get("filter", []))
    yield from _inside("style", old, new, StyleUse, "style")


def _inside(key: str, old: Table, new: Table, model: Model, kind: str = "") -> Iterator[Field]:
    """What differs of a value that may be a table: field by field where it is one in both."""
    one, other = old.get(key, MISSING), new.get(key, MISSING)
    if isinstance(one, dict) and isinstance(other, dict):
        yield from ((f"{key} {field}", a, b) for field, a, b in fields(one, other, model, kind))
    elif one != other:
        yield key, one, other


def _filters(old: Sequence[Table], new: Sequence[Table]) -> Iterator[Field]:
    """Filters, matched by what they are: one put in between does not make those after it others."""
    was, now = ([str(each["use"]) for each in filters] for filters in (old, new))
    for word, a0, a1, b0, b1 in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if word == "equal":
            for one, other, place in zip(old[a0:a1], new[b0:b1], range(b0, b1), strict=True):
                title = _numbered(other, place, now)
                found = fields(one, other, FilterUse, "filter")
                yield from ((f"{title} {field}", a, b) for field, a, b in found)
            continue
        yield from ((_numbered(each, a0 + at, was), each, MISSING) for at, each in enumerate(old[a0:a1]))
        yield from ((_numbered(each, b0 + at, now), MISSING, each) for at, each in enumerate(new[b0:b1]))


def _numbered(use: Table, place: int, uses: list[str]) -> str:
    """A filter by its name, with its place where the layer has several of that name."""
    return f"filter {use['use']}" if uses.count(use["use"]) == 1 else f"filter {place + 1} ({use['use']})"


def _plain(table: Table) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key not in _OWN}


def _standing(table: Table, group: str = "") -> dict[str, _Standing]:
    found: dict[str, _Standing] = {}
    layers = table.get("layer", ())
    for index, layer in enumerate(layers):
        below = tuple(each["name"] for each in layers[:index])
        found[layer["name"]] = _Standing(layer, group, below)
        found |= _standing(layer, layer["name"])
    return found


def _moved(before: dict[str, _Standing], after: dict[str, _Standing], names: dict[str, str]) -> set[str]:
    """Layers that changed their group, and the fewest that explain every other order."""
    moved = set()
    for name in after:
        if name in before and names.get(before[name].group, before[name].group) != after[name].group:
            moved.add(name)
    groups = {found.group for found in after.values()}
    for group in groups:
        mine = [name for name, found in after.items() if found.group == group and name in before]
        stay = [name for name in mine if name not in moved]
        order = [name for name in before if name in stay]
        matcher = SequenceMatcher(None, order, stay, autojunk=False)
        kept = {order[block.a + at] for block in matcher.get_matching_blocks() for at in range(block.size)}
        moved |= {name for name in stay if name not in kept}
    return moved


def _place(found: _Standing) -> str:
    where = f' in group "{found.group}"' if found.group else ""
    return f'above "{found.below[-1]}"{where}' if found.below else f"at the bottom{where}"
