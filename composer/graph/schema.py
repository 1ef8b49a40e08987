"""Schema: the JSON Schema (draft-07) of piece files, for editors and for `tombi lint`.

Knows the models of a piece and the registry: each extension is one branch of its kind. Does not know
nodes. What a schema cannot say (names that must exist, nesting of groups) is checked by `composer check`.
"""

from __future__ import annotations

import json
from typing import Any

from .. import registry
from ..registry import Extension, Kind
from ..spec.piece import Piece
from ..spec.samples import SAMPLES

_REF = "#/definitions/{model}"
_USES = {Kind.MASK: "MaskUse", Kind.FILTER: "FilterUse", Kind.STYLE: "StyleUse"}
_INPUT_KEYS = {"raster": "of", "layer": "of", "file": "file"}
_PAINTS = {
    "anyOf": [{"required": ["from"]}, {"required": ["regions"]}],
    "dependencies": {"weights": ["from"]},
}
"""A style paints in styles: everywhere, or in regions, or both."""


def piece_schema() -> dict[str, Any]:
    """The schema as JSON values."""
    schema = Piece.model_json_schema(by_alias=True, ref_template=_REF)
    definitions = schema.pop("$defs")
    for kind, model in _USES.items():
        common = definitions.pop(model)
        branches = [_branch(registry.find(kind, name), common, definitions) for name in registry.names(kind)]
        definitions[model] = {"description": common["description"].partition("\n")[0], "oneOf": branches}
    blends = [*registry.names(Kind.BLEND), "pass_through"]
    definitions["Layer"]["properties"]["blend"] |= {"enum": sorted(blends)}
    for model in ("Source", "StyleSource"):
        _name_samples(definitions[model])
    definitions["NamedMask"] = _named_mask(definitions["MaskUse"])
    schema["properties"]["mask"]["additionalProperties"] = {"$ref": _REF.format(model="NamedMask")}
    schema["properties"]["output"] = _outputs(schema["properties"]["output"], definitions)
    heads = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "A Composer piece"}
    return {**schema, **heads, "definitions": dict(sorted(definitions.items()))}


def schema_text() -> str:
    """The schema as the file `schemas/piece.schema.json` holds it."""
    return json.dumps(piece_schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _branch(extension: Extension, common: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    params = extension.params.model_json_schema(by_alias=True, ref_template=_REF)
    definitions |= params.pop("$defs", {})
    properties = {**common["properties"], **params.get("properties", {})}
    if extension.kind is not Kind.EXPORT:
        properties["use"] = {"const": extension.name, "description": extension.summary}
    required = [*common["required"], *params.get("required", [])]
    if extension.kind is Kind.MASK:
        wanted = _INPUT_KEYS.get(extension.needs.input)
        is_needed = wanted is not None and extension.needs.input != "raster"
        for key in ("of", "file"):
            if key != wanted:
                del properties[key]
        required += [wanted] if is_needed else []
    return {
        "type": "object",
        "title": extension.name,
        "properties": properties,
        "required": required,
        "additionalProperties": False,
        **(_PAINTS if extension.kind is Kind.STYLE else {}),
    }


def _named_mask(mask: dict[str, Any]) -> dict[str, Any]:
    """A mask with a name stands in no layer: if it looks at a picture, it says at which."""
    branches = [
        branch | {"required": [*branch["required"], "of"]} if _looks_at_a_picture(branch) else branch
        for branch in mask["oneOf"]
    ]
    return mask | {"oneOf": branches}


def _looks_at_a_picture(branch: dict[str, Any]) -> bool:
    return "of" in branch["properties"] and "of" not in branch["required"]


def _name_samples(model: dict[str, Any]) -> None:
    model["properties"]["sample"]["anyOf"] = [{"enum": sorted(SAMPLES)}]
    model["oneOf"] = [{"required": ["file"]}, {"required": ["sample"]}]


def _outputs(output: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Each format: a path, or a table with it and the format's parameters."""
    path, _ = output["additionalProperties"]["oneOf"]
    table = definitions.pop("OutputUse")
    formats = {}
    for name in registry.names(Kind.EXPORT):
        extension = registry.find(Kind.EXPORT, name)
        branch = _branch(extension, table, definitions)
        formats[name] = {"description": extension.summary, "oneOf": [path, branch]}
    return {**output, "properties": formats, "additionalProperties": False}
