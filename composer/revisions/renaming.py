"""Renaming: sources, styles, masks and layers that two revisions call otherwise but are the same.

Knows where a piece refers to a name, in the parameters of masks and filters too. Does not know what the
tables mean otherwise. Names are the same thing
when all else that stands in the table is equal; what refers to them then is no difference either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import registry
from ..operation import ReferenceKind
from ..registry import Kind, UnknownExtension
from ..spec.expression import ExpressionError, names_in, parse_expression
from ..spec.sites import each_layer

Table = Mapping[str, Any]
Parameters = Mapping[str, ReferenceKind]
SECTIONS = ("source", "style", "mask")
_REFERRING = {
    "source": ("source",),
    "of": ("source", "layer"),
    "place": ("layer",),
    "copy": ("layer",),
    "from": ("style",),
}
_EXPRESSIONS = ("mask", "split", "protect")
_NAMED: dict[ReferenceKind, tuple[str, ...]] = {
    "layer": ("layer",),
    "picture": ("source", "layer"),
    "file": (),
}


@dataclass(frozen=True)
class Renames:
    """Old name → new name, by what is named: source, style, mask, layer."""

    names: Mapping[str, dict[str, str]] = field(default_factory=lambda: {k: {} for k in (*SECTIONS, "layer")})

    def apply(self, value: Any, key: str = "", parameters: Parameters | None = None) -> Any:
        """A part of the old piece as it reads with the new names where it refers to something.

        `key`: what the part stands under; `parameters`: those of the extension around it that name something.
        """
        if isinstance(value, dict):
            if key == "regions":
                return {self._expression(mask): self.apply(name, "from") for mask, name in value.items()}
            found = _parameters(value, Kind.FILTER if key == "filter" else Kind.MASK)
            return {each: self.apply(content, each, found) for each, content in value.items()}
        if isinstance(value, list):
            return [self.apply(each, key, parameters) for each in value]
        return self._text(value, key, (parameters or {}).get(key)) if isinstance(value, str) else value

    def _text(self, text: str, key: str, kind: ReferenceKind | None) -> str:
        if key in _EXPRESSIONS or (kind is not None and kind not in _NAMED):
            return self._expression(text)
        return self._reference(text, _REFERRING.get(key) or (_NAMED[kind] if kind else ()))

    def _reference(self, name: str, kinds: tuple[str, ...]) -> str:
        return next((self.names[kind][name] for kind in kinds if name in self.names[kind]), name)

    def _expression(self, text: str) -> str:
        try:
            found = sorted(names_in(parse_expression(text)), key=_start, reverse=True)
        except ExpressionError:
            return text
        for name in found:
            text = text[: name.start] + self.names["mask"].get(name.name, name.name) + text[name.end :]
        return text


def renames_between(old: Table, new: Table) -> Renames:
    """What is called otherwise in `new`, also where that shows only once other new names are known."""
    found = Renames()
    before = -1
    while before != (before := sum(map(len, found.names.values()))):
        renamed = found.apply(dict(old))
        for section in SECTIONS:
            found.names[section].update(_pairs(renamed.get(section, {}), new.get(section, {})))
        found.names["layer"].update(_pairs(_layers(renamed), _layers(dict(new))))
    return found


def _parameters(table: Table, kind: Kind) -> Parameters:
    """The parameters that name something, of the extension that the table uses, if it uses one."""
    use = table.get("use")
    try:
        return registry.find(kind, use).references if isinstance(use, str) else {}
    except UnknownExtension:
        return {}


def _pairs(old: Table, new: Table) -> Iterator[tuple[str, str]]:
    """Each name that is gone with the first new one that has equal content."""
    fresh = [name for name in new if name not in old]
    for gone in (name for name in old if name not in new):
        same = next((name for name in fresh if new[name] == old[gone]), None)
        if same is not None:
            fresh.remove(same)
            yield gone, same


def _layers(table: dict[str, Any]) -> dict[str, Table]:
    """Every layer without its name, a group with its layers."""
    return {
        layer["name"]: {key: value for key, value in layer.items() if key != "name"}
        for _, layer in each_layer(table)
    }


def _start(name: Any) -> int:
    return int(name.start)
