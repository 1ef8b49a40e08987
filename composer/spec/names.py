"""Names: sources, styles, masks and layers that a piece refers to, and whether they exist.

Knows the shape of a piece as it was written, mistakes and all. Does not know extensions.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..diagnostics import Diagnostic, Span, did_you_mean
from ..text.document import Document
from ..text.spans import Path
from .expression import ExpressionError, names_in, parse_expression
from .keys import keys_of, unknown_key_hints
from .piece import Layer, Piece
from .sides import SIDES, side_name
from .sites import each_layer, each_mask, each_masking, each_treated, listed, tabled
from .subjects import subject
from .uses import STYLE_KEYS

_KINDS = ("source", "style", "mask", "layer")
_KEYS = STYLE_KEYS | set(keys_of(Layer))
PartSpan = Callable[[Path, int, int], Span]


def name_mistakes(document: Document) -> Iterator[Diagnostic]:
    """Every name that stands for nothing, at its own place."""
    names = {kind: _names(document.table, kind) for kind in _KINDS}
    for path, layer in each_layer(document.table):
        yield from _check(document, names, "source", (*path, "source"), layer.get("source"))
        yield from _check(document, names, "layer", (*path, "place"), layer.get("place"))
        if layer.get("copy") != "below":
            yield from _check(document, names, "layer", (*path, "copy"), layer.get("copy"))
    for path, masking in each_masking(document.table):
        yield from _expression(document, names, path, masking)
    for path, treated in each_treated(document.table):
        yield from _style(document, names, (*path, "style"), tabled(treated.get("style")))
    for path, mask in each_mask(document.table):
        yield from _check(document, names, "layer", (*path, "place"), mask.get("place"))
        yield from _of(document, names, (*path, "of"), mask.get("of"))


def reference_mistakes(
    document: Document, kinds: tuple[str, ...], path: Path, text: str
) -> Iterator[Diagnostic]:
    """What is wrong with a parameter that names one of `kinds` (source, layer), or is a mask expression."""
    names = {kind: _names(document.table, kind) for kind in _KINDS}
    if kinds == ("mask",):
        yield from _expression(document, names, path, text)
    elif not any(names[kind] is None or text in (names[kind] or ()) for kind in kinds):
        yield _unknown(document, document.value_span(path), kinds, text, names)


def _style(
    document: Document, names: dict[str, set[str] | None], path: Path, style: dict[str, Any]
) -> Iterator[Diagnostic]:
    """The styles and masks that a layer's style names."""
    for index, name in enumerate(listed(style.get("from"))):
        yield from _check(document, names, "style", (*path, "from", index), name)
    for mask, name in tabled(style.get("regions")).items():
        here = (*path, "regions", mask)
        if mask in _KEYS and mask not in (names["mask"] or ()):
            yield _misplaced(document, here)
            continue
        yield from _expression(document, names, here, mask, document.key_part_span)
        yield from _check(document, names, "style", here, name)


def _misplaced(document: Document, path: Path) -> Diagnostic:
    """A key of the style or the layer that stands below the header of the regions."""
    message = f'"{path[-1]}" is not a mask'
    return document.diagnostic(
        document.key_span(path), message, unknown_key_hints(document, path, model=None)
    )


def _names(table: dict[str, Any], kind: str) -> set[str] | None:
    """The names of a kind; None when they cannot be known, because their tables are in disorder."""
    given = table.get(kind)
    if kind == "layer":
        return None if "layer" not in table or not isinstance(given, list) else _layer_names(table)
    if given is not None:
        return set(given) if isinstance(given, dict) else None
    unknown = [key for key in table if key not in Piece.model_fields]
    return None if difflib.get_close_matches(kind, unknown, n=1, cutoff=0.6) else set()


def _layer_names(table: dict[str, Any]) -> set[str]:
    """The layers' names; of a layer without a name every text, for one of them may be its name."""
    names: set[str] = set()
    for _, layer in each_layer(table):
        name = layer.get("name")
        texts = [name] if name is not None else layer.values()
        names |= {text for text in texts if isinstance(text, str)}
        if "split" in layer and isinstance(name, str):
            names |= {side_name(name, side) for side in SIDES}
    return names


def _check(
    document: Document, names: dict[str, set[str] | None], kind: str, path: Path, name: Any
) -> Iterator[Diagnostic]:
    known = names[kind]
    if known is not None and isinstance(name, str) and name and name not in known:
        yield _unknown(document, document.value_span(path), (kind,), name, names)


def _of(document: Document, names: dict[str, set[str] | None], path: Path, name: Any) -> Iterator[Diagnostic]:
    sources, layers = names["source"], names["layer"]
    if sources is None or layers is None or not isinstance(name, str) or not name:
        return
    if name not in sources | layers:
        yield _unknown(document, document.value_span(path), ("source", "layer"), name, names)


def _expression(
    document: Document,
    names: dict[str, set[str] | None],
    path: Path,
    text: Any,
    part_span: PartSpan | None = None,
) -> Iterator[Diagnostic]:
    """What is wrong with a mask expression at `path`: in its value, or where `part_span` finds its parts."""
    if not isinstance(text, str):
        return
    part_span = part_span or document.part_span
    try:
        found = list(names_in(parse_expression(text)))
    except ExpressionError as error:
        span = part_span(path, error.start, error.end)
        hints = (error.hint,) if error.hint else ()
        yield document.diagnostic(span, f"{subject(document.table, path)} {error.message}", hints)
        return
    for name in found:
        if names["mask"] is not None and name.name not in names["mask"]:
            span = part_span(path, name.start, name.end)
            yield _unknown(document, span, ("mask",), name.name, names)


def _unknown(
    document: Document, span: Span, kinds: tuple[str, ...], name: str, names: dict[str, set[str] | None]
) -> Diagnostic:
    known = {each for kind in kinds for each in names[kind] or ()}
    message = f'there is no {" or ".join(kinds)} "{name}"'
    return document.diagnostic(span, message, _hints(kinds, name, names, known))


def _hints(
    kinds: tuple[str, ...], name: str, names: dict[str, set[str] | None], known: Iterable[str]
) -> tuple[str, ...]:
    for other in _KINDS:
        if other not in kinds and name in (names[other] or ()):
            return (f'"{name}" is a {other}, not a {kinds[0]}',)
    if not known:
        return (f"no {kinds[0]} is defined: write [{kinds[0]}.{_bare(name)}]",) if kinds != ("layer",) else ()
    return did_you_mean(name, known)


def _bare(name: str) -> str:
    return name if name.replace("-", "_").isidentifier() and name.isascii() else f'"{name}"'
