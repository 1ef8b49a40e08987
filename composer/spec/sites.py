"""Sites: where a piece names extensions, and the parameters it gives them.

Knows the shape of a piece as it was written, mistakes and all. Does not know any extension.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..text.spans import Path
from .sides import SIDES
from .uses import FILTER_KEYS, MASK_KEYS, OUTPUT_KEYS, STYLE_KEYS

COMMON_KEYS = {"mask": MASK_KEYS, "filter": FILTER_KEYS, "style": STYLE_KEYS}
"""The keys every use of that kind has; all others are parameters of the extension."""


@dataclass(frozen=True, slots=True)
class ExtensionSite:
    """One place that names an extension.

    `kind`: mask, filter, style, blend or export. `path`: of the value that names it (an export: of
    the key). `table`: of the table with its parameters (blend, export without any: the one it stands in).
    `params`: the extension's own parameters as they were written.
    """

    kind: str
    name: str
    path: Path
    table: Path
    params: dict[str, Any]


def each_layer(table: dict[str, Any], path: Path = ()) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every layer's table with its path, groups before their children."""
    for index, layer in enumerate(listed(table.get("layer"))):
        if isinstance(layer, dict):
            here = (*path, "layer", index)
            yield here, layer
            yield from each_layer(layer, here)


def each_treated(table: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every table that may have filters and a style, with its path: layers, and the sides of split ones."""
    for path, layer in each_layer(table):
        yield path, layer
        yield from (((*path, side), layer[side]) for side in SIDES if isinstance(layer.get(side), dict))


def each_named(table: dict[str, Any], section: str) -> Iterator[tuple[str, Path, dict[str, Any]]]:
    """Every table of a section such as `source`: its name, path and content."""
    for name, content in tabled(table.get(section)).items():
        if isinstance(content, dict):
            yield name, (section, name), content


def each_mask(table: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every mask that is a table: the named ones, then those of layers and of what is done to them."""
    yield from ((path, mask) for _, path, mask in each_named(table, "mask"))
    yield from ((path, mask) for path, mask in each_masking(table) if isinstance(mask, dict))


def each_masking(table: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Every mask expression or table of a layer, a split or a filter, and of what a style protects."""
    for path, treated in each_treated(table):
        keys = ("mask", "split") if path[-2] == "layer" else ()
        yield from (((*path, key), treated[key]) for key in keys if key in treated)
        for index, use in enumerate(listed(treated.get("filter"))):
            if "mask" in tabled(use):
                yield (*path, "filter", index, "mask"), use["mask"]
        if "protect" in tabled(treated.get("style")):
            yield (*path, "style", "protect"), treated["style"]["protect"]


def sites(table: dict[str, Any]) -> Iterator[ExtensionSite]:
    """Every place of the piece that names an extension."""
    for path, mask in each_mask(table):
        yield from _use("mask", path, mask)
    for path, treated in each_treated(table):
        yield from _of_treated(path, treated)
    for name, output in tabled(table.get("output")).items():
        params = {key: value for key, value in tabled(output).items() if key not in OUTPUT_KEYS}
        path = ("output", name)
        yield ExtensionSite("export", name, path, path if isinstance(output, dict) else path[:1], params)


def _of_treated(path: Path, layer: dict[str, Any]) -> Iterator[ExtensionSite]:
    for index, use in enumerate(listed(layer.get("filter"))):
        yield from _use("filter", (*path, "filter", index), use)
    yield from _use("style", (*path, "style"), layer.get("style"))
    blend = layer.get("blend")
    if isinstance(blend, str) and blend and blend != "pass_through":
        yield ExtensionSite("blend", blend, (*path, "blend"), path, {})


def _use(kind: str, path: Path, use: Any) -> Iterator[ExtensionSite]:
    name = tabled(use).get("use")
    if isinstance(name, str) and name:
        params = {key: value for key, value in use.items() if key not in COMMON_KEYS[kind]}
        yield ExtensionSite(kind, name, (*path, "use"), path, params)


def listed(value: Any) -> list[Any]:
    """The value when it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def tabled(value: Any) -> dict[str, Any]:
    """The value when it is a table, else an empty one."""
    return value if isinstance(value, dict) else {}
