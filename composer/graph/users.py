"""Users: which layers of a piece use a mask that it names.

Knows where a layer may name one. Does not know nodes.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import registry
from ..registry import Kind
from ..spec.expression import names_in, parse_expression
from ..spec.piece import FilterUse, Layer


def first_user(expression: str, layers: tuple[Layer, ...]) -> str:
    """The first layer that uses a mask of the expression; else the first that shows a source, or is there."""
    wanted = {name.name for name in names_in(parse_expression(expression))}
    users = [layer.name for layer in layers if wanted & _used_by(layer)]
    showing = [layer.name for layer in layers if layer.source is not None]
    return (users or showing or [layers[0].name])[0]


def _used_by(layer: Layer) -> set[str]:
    """The masks that a layer names for itself, its filters and its style."""
    maskings = [layer.mask, layer.split, *(use.mask for use in layer.filter)]
    maskings += [named for use in layer.filter for named in _named_by(use)]
    if layer.style is not None:
        maskings += [layer.style.protect, *layer.style.regions]
    expressions = [parse_expression(masking) for masking in maskings if isinstance(masking, str)]
    return {name.name for expression in expressions for name in names_in(expression)}


def _named_by(use: FilterUse) -> Iterator[str]:
    """The mask expressions among the parameters of a filter."""
    extension = registry.find(Kind.FILTER, use.use)
    for field, kind in extension.references.items():
        value = use.params.get(extension.params.model_fields[field].alias or field)
        if "mask" in kind and isinstance(value, str):
            yield value
