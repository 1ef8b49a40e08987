"""Rules: what must hold between several keys of a piece, each mistake at the key that is one too many.

Knows the shape of a piece as it was written, mistakes and all. Does not check types and names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..diagnostics import Diagnostic, did_you_mean
from ..text.document import Document
from ..text.spans import Path
from .canvas import beyond_every_format
from .keys import is_near, keys_of
from .piece import Layer, Source, StyleSource
from .samples import SAMPLES
from .sides import SIDES
from .sites import each_layer, each_mask, each_named, tabled
from .subjects import subject

_CONTENT = ("source", "fill", "copy", "layer")
_CANNOT = {
    "fill": ("place", "style", "split"),
    "copy": ("place", "split"),
    "layer": ("place", "filter", "style", "split"),
}
"""What a layer with that content cannot have; a source can have all."""
_KINDS = {"fill": "a fill", "copy": "a copy", "layer": "a group"}
_OF_A_FIT = ("fit", "anchor", "offset", "scale", "rotate")
_KEYS = {"source": set(keys_of(Source)), "style": set(keys_of(StyleSource))}


def rule_mistakes(document: Document) -> Iterator[Diagnostic]:
    """Every rule between keys that is broken."""
    if (beyond := beyond_every_format(document)) is not None:
        yield beyond
    for kind in ("source", "style"):
        for _, path, table in each_named(document.table, kind):
            yield from _source(document, path, table)
    for path, mask in each_mask(document.table):
        yield from _mask(document, path, mask)
        yield from _place(document, path, mask)
    for name in tabled(document.table.get("mask")):
        yield from _mask_name(document, name)
    for path, layer in each_layer(document.table):
        yield from _content(document, path, layer)
        yield from _split(document, path, layer)
        yield from _copied(document, path, layer)
        yield from _place(document, path, layer)
        yield from _details(document, path, layer)


def _source(document: Document, path: Path, table: dict[str, Any]) -> Iterator[Diagnostic]:
    """A picture is a file or a sample."""
    whose = subject(document.table, path)
    unknown = [key for key in table if key not in _KEYS[str(path[0])]]
    if "file" in table and "sample" in table:
        yield _one_too_many(document, path, ("file", "sample"))
    elif not {"file", "sample"} & set(table) and not any(is_near(key, unknown) for key in ("file", "sample")):
        hint = 'write file = "photos/…", or sample = "coffee" for a photograph that is always there'
        message = f"{whose} has neither a file nor a sample"
        yield document.diagnostic(document.value_span(path), message, (hint,))
    sample = table.get("sample")
    if isinstance(sample, str) and sample and sample not in SAMPLES:
        span = document.value_span((*path, "sample"))
        yield document.diagnostic(span, f'there is no sample "{sample}"', did_you_mean(sample, SAMPLES))


def _mask(document: Document, path: Path, mask: dict[str, Any]) -> Iterator[Diagnostic]:
    if "of" in mask and "file" in mask:
        yield _one_too_many(document, path, ("of", "file"))
    if _positive(mask.get("grow")) and _positive(mask.get("shrink")):
        yield _one_too_many(document, path, ("grow", "shrink"))


def _positive(value: Any) -> bool:
    return isinstance(value, (int, float)) and value > 0


def _mask_name(document: Document, name: str) -> Iterator[Diagnostic]:
    plain = "".join(each if each.isalnum() else "_" for each in name) or "mask"
    if plain != name:
        message = f'mask "{name}" cannot be named in an expression: names are letters, digits and "_"'
        hint = f'call it "{plain}"'
        yield document.diagnostic(document.key_span(("mask", name)), message, (hint,))


def _content(document: Document, path: Path, layer: dict[str, Any]) -> Iterator[Diagnostic]:
    """A layer shows a source, a fill or its own layers; only a source is placed, filtered and painted."""
    whose = subject(document.table, path)
    given = [key for key in _CONTENT if key in layer]
    if len(given) > 1:
        yield _one_too_many(document, path, given)
    elif not given and not _misspelt(layer):
        hint = 'write source = "…", fill = "#…", or give it layers of its own under [[layer.layer]]'
        yield document.diagnostic(document.value_span(path), f"{whose} shows nothing", (hint,))
    elif given and given != ["source"]:
        for key in _CANNOT[given[0]]:
            if key in layer:
                able = [word for word in _CONTENT if key not in _CANNOT.get(word, ())]
                message = f'{whose} is {_KINDS[given[0]]} and cannot have "{key}"'
                hint = f'only a layer with a {" or a ".join(able)} has "{key}"'
                yield document.diagnostic(document.key_span((*path, key)), message, (hint,))


def _split(document: Document, path: Path, layer: dict[str, Any]) -> Iterator[Diagnostic]:
    """What a split layer leaves to its sides, and sides without a split."""
    whose = subject(document.table, path)
    for side in SIDES:
        if side in layer and "split" not in layer:
            message = f"{whose} has a {side}, but is not split"
            hint = 'add split = "…" with a mask that shows the foreground'
            yield document.diagnostic(document.key_span((*path, side)), message, (hint,))
    if "split" in layer and "style" in layer:
        message = f'{whose} is split and cannot have "style"'
        hint = "give its foreground or its background a style of its own"
        yield document.diagnostic(document.key_span((*path, "style")), message, (hint,))


def _copied(document: Document, path: Path, layer: dict[str, Any]) -> Iterator[Diagnostic]:
    if layer.get("copy") == "below" and path[-1] == 0 and not _on_background(document, path):
        message = f"{subject(document.table, path)} copies what is below it, but there is nothing"
        span = document.value_span((*path, "copy"))
        yield document.diagnostic(span, message, ("layers stand bottom first",))


def _on_background(document: Document, path: Path) -> bool:
    """Whether the canvas's background lies below the layer."""
    return len(path) == 2 and "background" in tabled(document.table.get("canvas"))


def _place(document: Document, path: Path, table: dict[str, Any]) -> Iterator[Diagnostic]:
    """A perspective says all; a fit beside it would be ignored."""
    place = tabled(table.get("place"))
    for key in _OF_A_FIT if "quad" in place else ():
        if key in place:
            yield _one_too_many(document, (*path, "place"), ("quad", key))


def _misspelt(layer: dict[str, Any]) -> bool:
    """Whether a layer without content has a key that was probably meant to be its content."""
    unknown = [key for key in layer if key not in set(keys_of(Layer))]
    return any(is_near(key, unknown) for key in _CONTENT)


def _details(document: Document, path: Path, layer: dict[str, Any]) -> Iterator[Diagnostic]:
    whose = subject(document.table, path)
    if (
        layer.get("blend") == "pass_through"
        and "layer" not in layer
        and {"source", "fill", "copy"} & set(layer)
    ):
        span = document.value_span((*path, "blend"))
        message = f'{whose} blends with "pass_through", which only a group can'
        yield document.diagnostic(span, message, ("a group is a layer with layers of its own",))
    if layer.get("clip") is True and path[-1] == 0:
        message = f"{whose} is clipped, but there is no layer below it"
        yield document.diagnostic(
            document.value_span((*path, "clip")), message, ("layers stand bottom first",)
        )
    if layer.get("clip") is True and layer.get("blend") == "pass_through" and "layer" in layer:
        message = f"{whose} passes through and cannot be clipped"
        hint = "take out clip, or the blend: an isolated group can be clipped"
        yield document.diagnostic(document.key_span((*path, "clip")), message, (hint,))


def _one_too_many(document: Document, path: Path, keys: Iterable[str]) -> Diagnostic:
    """Keys that exclude each other; told at the one that comes last."""
    spans = sorted((document.key_span((*path, key)), key) for key in keys)
    first, last = spans[0][1], spans[-1][1]
    message = f'{subject(document.table, path)} has both "{first}" and "{last}"'
    return document.diagnostic(spans[-1][0], message, ("keep one of them",))
