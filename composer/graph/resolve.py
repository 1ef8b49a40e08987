"""Resolve: the extensions a piece names, found, with their parameters checked.

Knows the registry and where the piece names what. Does not know nodes. Every mistake becomes a
diagnostic at its own place, and so does every extension whose weights are not on this machine; nothing is
looked up again afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pydantic import ValidationError

from .. import registry
from ..diagnostics import Diagnostic, did_you_mean
from ..errors import MissingWeights
from ..operation import Params
from ..pixels.stack import BlendMode
from ..registry import Extension, Kind
from ..spec.reading import ExtensionSite, Reading, diagnostics_of
from ..text.spans import Path

_LOOKS_AT = {"raster": "of", "layer": "of", "file": "file"}


@dataclass
class Resolved:
    """Extensions with parameters by the path of their table; blend modes by name; all mistakes.

    `lacking`: what is told of weights that are not here, by the stand-in of the extension that needs them.
    A plan can be made with stand-ins, to see which of them it needs; it is of no other use.
    """

    uses: dict[Path, tuple[Extension, Params]] = field(default_factory=dict)
    exports: dict[str, Extension] = field(default_factory=dict)
    blends: dict[str, BlendMode] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    lacking: dict[Extension, Diagnostic] = field(default_factory=dict)


def resolve(reading: Reading) -> Resolved:
    """Every extension of the piece. Never raises for a mistake of the artist."""
    resolved = Resolved()
    resolved.blends["normal"] = registry.find_blend("normal")
    for site in reading.sites:
        resolved.diagnostics.extend(_resolve(site, reading, resolved))
    for name in reading.piece.output if reading.piece else ():
        if name not in resolved.exports and name in registry.names(Kind.EXPORT):
            resolved.exports[name] = registry.find(Kind.EXPORT, name)
    return resolved


def _resolve(site: ExtensionSite, reading: Reading, resolved: Resolved) -> Iterator[Diagnostic]:
    kind = Kind(site.kind)
    if site.name not in registry.names(kind):
        yield _unknown(kind, site, reading)
    elif kind is Kind.BLEND:
        resolved.blends[site.name] = registry.find_blend(site.name)
    else:
        extension = registry.find(kind, site.name)
        if kind is Kind.EXPORT:
            resolved.exports[site.name] = extension
        yield from _misplaced_input(extension, site, reading)
        try:
            params = extension.params.model_validate_json(json.dumps(site.params, default=str), strict=True)
        except ValidationError as error:
            yield from diagnostics_of(error, reading.document, site.table, extension.params)
        else:
            found = (_equipped(extension, params, site, reading, resolved), params)
            resolved.uses[site.path if kind is Kind.EXPORT else site.table] = found


def _equipped(
    extension: Extension, params: Params, site: ExtensionSite, reading: Reading, resolved: Resolved
) -> Extension:
    """The extension, or its stand-in when the weights that it needs are not here."""
    try:
        if extension.needs.weights is not None:
            extension.needs.weights(params)
    except MissingWeights as error:
        span = reading.document.value_span(site.path)
        hints = (error.hint,) if error.hint else ()
        stand_in = _stand_in(extension, f"{span.line}:{span.column}")
        resolved.lacking[stand_in] = reading.document.diagnostic(span, error.message, hints)
        return stand_in
    return extension


def _stand_in(extension: Extension, place: str) -> Extension:
    """The extension as if its weights were here: others at each place, so that no two share a node."""
    needs = replace(extension.needs, weights=lambda _params: {"missing": place})
    return replace(extension, needs=needs)


_WORDS = {
    Kind.MASK: "mask",
    Kind.FILTER: "filter",
    Kind.STYLE: "style engine",
    Kind.BLEND: "blend mode",
    Kind.EXPORT: "output format",
}


def _unknown(kind: Kind, site: ExtensionSite, reading: Reading) -> Diagnostic:
    document = reading.document
    span = document.key_span(site.path) if kind is Kind.EXPORT else document.value_span(site.path)
    known = registry.names(kind)
    return document.diagnostic(
        span, f'there is no {_WORDS[kind]} "{site.name}"', did_you_mean(site.name, known)
    )


def _misplaced_input(extension: Extension, site: ExtensionSite, reading: Reading) -> Iterator[Diagnostic]:
    """A mask that lacks the `of` or `file` it needs, or has one it does not look at.

    One that stands in a layer looks at the layer's own picture where it names none.
    """
    if extension.kind is not Kind.MASK:
        return
    document = reading.document
    table = _table_at(document.table, site.table)
    wanted = _LOOKS_AT.get(extension.needs.input)
    kind = f'{"an" if site.name[0] in "aeiou" else "a"} "{site.name}" mask'
    has_own = extension.needs.input == "raster" and site.table[0] == "layer"
    if wanted is not None and wanted not in table and not has_own:
        named = "a layer" if extension.needs.input == "layer" else "a source or layer"
        example = f'{wanted} = "masks/hand.png"' if wanted == "file" else f'{wanted} = "{named}"'
        message = f'{kind} needs "{wanted}"'
        yield document.diagnostic(document.value_span(site.path), message, (f"add {example}",))
    for key in ("of", "file"):
        if key in table and key != wanted:
            message = f'{kind} does not use "{key}"'
            yield document.diagnostic(document.key_span((*site.table, key)), message, ("take the line out",))


def _table_at(table: object, path: Path) -> dict[str, object]:
    for step in path:
        table = table[step]  # type: ignore[index]
    assert isinstance(table, dict)
    return table
