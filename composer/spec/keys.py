"""Keys: which keys a table may have, and what an unknown one was probably meant to be.

Knows the models of a piece by path. Does not know extensions: their model is handed in.
"""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable, Iterator
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from ..diagnostics import did_you_mean
from ..text.document import Document
from ..text.spans import Path
from .piece import Piece
from .sides import SIDES
from .subjects import subject
from .uses import STYLE_KEYS

LATER = frozenset({"sweep", "upscale", "upscaler"})
"""Words of the language that this version does not know yet."""
_SHALLOW = "this format has 8 bits a channel; png, tiff, psd and ora can have depth = 16"
_OF_A_STYLE = STYLE_KEYS - {"use", "from"}


def models_at(model: type[BaseModel], path: Path) -> list[type[BaseModel]]:
    """The models that may describe the table at `path` below `model`; parts that are no key are skipped."""
    annotations: list[Any] = [model]
    for part in path:
        below = [found for annotation in annotations for found in _below(annotation, part)]
        annotations = below or annotations
    return [each for annotation in annotations for each in _members(annotation) if _is_model(each)]


def keys_of(model: type[BaseModel]) -> Iterator[str]:
    """The keys a table of that model may have."""
    for name, field in model.model_fields.items():
        if name != "params":
            yield field.alias or name


def is_near(word: str, known: Iterable[str]) -> bool:
    """Whether the word looks like a slip of the pen for a known one."""
    return bool(difflib.get_close_matches(word, list(known), n=1, cutoff=0.6))


def unknown_key_hints(document: Document, path: Path, model: type[BaseModel] | None) -> tuple[str, ...]:
    """What to do about the unknown key at `path`, in a table that should be of `model`."""
    table, name = path[:-1], str(path[-1])
    if name in LATER or (name == "layer" and table[:1] == ("source",)):
        return (f'"{name}" is not known in this version yet',)
    if table[:1] == ("output",) and name == "depth":
        return (_SHALLOW,)
    known = _known(table, model)
    if table and (hint := _of_the_other_side(table, name)):
        return (hint,)
    for owner in _owners(table):
        keys = _known(owner, None)
        if name in keys or (is_near(name, keys) and not is_near(name, known)):
            return _moved(document, table, owner, difflib.get_close_matches(name, list(keys), n=1)[0])
    if name in _OF_A_STYLE and table[-2:-1] == ("layer",):
        return (f'"{name}" is a key of the style of a layer: write it under [{_header(table)}.style]',)
    return did_you_mean(name, known)


def _of_the_other_side(table: Path, name: str) -> str | None:
    """Where to put a key that only the other side of a split has."""
    for side, other in zip(SIDES, reversed(SIDES), strict=True):
        there = (*table[:-1], other)
        if table[-1] == side and name in _known(there, None):
            return f'"{name}" is a key of the {other}: write it under [{_header(there)}]'
    return None


def _header(table: Path) -> str:
    return ".".join(part for part in table if isinstance(part, str))


def _known(table: Path, model: type[BaseModel] | None) -> set[str]:
    models = [*models_at(Piece, table), *([model] if model else [])]
    return {key for each in models for key in keys_of(each)}


def _owners(table: Path) -> Iterator[Path]:
    """The tables around a table, the nearest first."""
    for length in range(len(table) - 1, -1, -1):
        owner = table[:length]
        if (
            not owner
            or owner[-2:-1] in (("layer",), ("filter",))
            or owner[-1] in ("style", "mask", "protect")
        ):
            yield owner


def _moved(document: Document, table: Path, owner: Path, key: str) -> tuple[str, ...]:
    """Where to put a key that belongs to a table around this one."""
    whose = subject(document.table, owner)
    span = document.value_span(table)
    header = document.line(span.line)[span.column - 1 : span.column - 1 + span.length]
    if not header.startswith("["):
        return (f'"{key}" is a key of {whose}: write it outside the braces',)
    if not owner:
        return (f'"{key}" is a key of the piece: write it at the top of the file, above the first header',)
    return (f'"{key}" is a key of {whose}: write it above {header} on line {span.line}',)


def _below(annotation: Any, part: str | int) -> Iterator[Any]:
    for member in _members(annotation):
        origin, arguments = get_origin(member), get_args(member)
        if _is_model(member):
            yield from (f.annotation for name, f in member.model_fields.items() if part == (f.alias or name))
        elif origin in (tuple, list) and isinstance(part, int):
            yield arguments[min(part, len(arguments) - 1)] if Ellipsis not in arguments else arguments[0]
        elif origin is dict:
            yield arguments[1]


def _members(annotation: Any) -> Iterator[Any]:
    """The annotation seen through Annotated and unions."""
    if get_origin(annotation) in (Union, types.UnionType):
        for argument in get_args(annotation):
            yield from _members(argument)
    elif hasattr(annotation, "__metadata__"):
        yield from _members(annotation.__origin__)
    else:
        yield annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
