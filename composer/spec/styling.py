"""Styling: what must hold between the keys of a layer's style, and between the versions it paints.

Knows the shape of a piece as it was written, mistakes and all. Does not check types and names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..diagnostics import Diagnostic
from ..text.document import Document
from ..text.spans import Path
from .keys import is_near
from .sides import SIDES, side_name
from .sites import each_layer, each_treated, listed, tabled
from .subjects import subject, value_at
from .uses import STYLE_KEYS, version_name

_ELSE = 'or init = "content"'


def style_mistakes(document: Document) -> Iterator[Diagnostic]:
    """Every rule between the keys of a style that is broken."""
    layers = {layer.get("name"): path for path, layer in each_layer(document.table) if _is_named(layer)}
    for path, treated in each_treated(document.table):
        if isinstance(treated.get("style"), dict):
            style, here = treated["style"], (*path, "style")
            yield from _styles(document, here, style)
            yield from _weights(document, here, style)
            yield from _seeds(document, here, style)
            yield from _versions(document, _name(document, path), style, layers)
            if style.get("init") == "below":
                yield from _below(document, path)


def _name(document: Document, path: Path) -> str:
    """What the layer, or the side of a split, at `path` is called."""
    if path[-1] in SIDES:
        return side_name(_name(document, path[:-1]), str(path[-1]))
    return str(value_at(document.table, (*path, "name")))


def _is_named(layer: dict[str, Any]) -> bool:
    return isinstance(layer.get("name"), str)


def _is_seed(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _styles(document: Document, path: Path, style: dict[str, Any]) -> Iterator[Diagnostic]:
    """A style paints in styles: everywhere (from), or in regions, or both."""
    unknown = [key for key in style if key not in STYLE_KEYS]
    if {"from", "regions"} & set(style) or any(is_near(key, unknown) for key in ("from", "regions")):
        return
    message = f"{subject(document.table, path)} has neither from nor regions"
    hint = 'write from = ["…"] with the names of styles, or regions = { mask = "style" }'
    named = isinstance(style.get("use"), str)
    yield document.diagnostic(document.value_span((*path, "use") if named else path), message, (hint,))


def _weights(document: Document, path: Path, style: dict[str, Any]) -> Iterator[Diagnostic]:
    styles, weights = listed(style.get("from")), listed(style.get("weights"))
    whose = subject(document.table, path[:-1])
    if "weights" in style and "from" not in style and "regions" in style:
        message = f"{whose} has weights, but no styles to mix by them"
        hint = "weights mix the styles of from; a region has one style"
        yield document.diagnostic(document.key_span((*path, "weights")), message, (hint,))
    elif styles and weights and len(styles) != len(weights):
        message = f"{whose} mixes {_count(styles, 'style')} by {_count(weights, 'weight')}"
        span = document.value_span((*path, "weights"))
        yield document.diagnostic(span, message, ("give one weight for each style in from",))


def _count(things: list[Any], word: str) -> str:
    return f"{len(things)} {word}{'' if len(things) == 1 else 's'}"


def _seeds(document: Document, path: Path, style: dict[str, Any]) -> Iterator[Diagnostic]:
    """Two versions with one seed would be the same picture twice."""
    seeds = listed(style.get("seed"))
    for index, seed in enumerate(seeds):
        if seed in seeds[:index] and _is_seed(seed):
            here = (*path, "seed", index)
            message = f"{subject(document.table, here)} is {seed} again"
            yield document.diagnostic(
                document.value_span(here), message, ("every version has a seed of its own",)
            )


def _versions(
    document: Document, layer: str, style: dict[str, Any], layers: dict[Any, Path]
) -> Iterator[Diagnostic]:
    """A layer must not be called what a version of another layer is called."""
    for seed in filter(_is_seed, listed(style.get("seed"))):
        name = version_name(layer, seed)
        if name in layers:
            message = f'"{name}" is what a version of layer "{layer}" is called'
            span = document.value_span((*layers[name], "name"))
            yield document.diagnostic(span, message, ("call this layer something else",))


def _below(document: Document, path: Path) -> Iterator[Diagnostic]:
    """Painting on from the layer below: there must be one, and it must have pixels of its own."""
    whose, span = subject(document.table, path), document.value_span((*path, "style", "init"))
    index = path[-1]
    if not isinstance(index, int):
        if index == SIDES[0]:
            message = f"{whose} starts from the layer below, but it is the lower half of a split"
            yield document.diagnostic(span, message, (f"take the line out, {_ELSE}",))
        return
    if index == 0:
        within = " in its group" if len(path) > 2 else ""
        message = f"{whose} starts from the layer below, but there is none{within}"
        yield document.diagnostic(span, message, (f"layers stand bottom first: move it up, {_ELSE}",))
        return
    below = (*path[:-1], index - 1)
    if "layer" in tabled(value_at(document.table, below)):
        message = (
            f"{whose} starts from {subject(document.table, below)}, a group, which has no pixels of its own"
        )
        yield document.diagnostic(
            span, message, (f"put a layer with a source or a fill right below it, {_ELSE}",)
        )
