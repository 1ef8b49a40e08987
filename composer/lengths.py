"""Lengths: numbers that are canvas pixels, and how they scale with a draft.

Knows annotations and values. Does not know any extension's parameters.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, get_args


@dataclass(frozen=True, slots=True)
class _CanvasPixels:
    """Marks a number as a length in canvas pixels."""


CanvasPx = Annotated[float, _CanvasPixels()]
CanvasPoint = tuple[CanvasPx, CanvasPx]


def is_marked(metadata: Iterable[Any]) -> bool:
    """Whether the metadata of an annotation says that it is a length."""
    return any(isinstance(mark, _CanvasPixels) for mark in metadata)


def scaled_parts(value: Any, annotation: Any, factor: float) -> Any:
    """`value` with every part whose annotation is marked as a length multiplied by `factor`."""
    if is_marked(getattr(annotation, "__metadata__", ())):
        return value * factor if isinstance(value, (int, float)) else value
    parts = tuple(part for part in get_args(annotation) if part is not type(None))
    if isinstance(value, (tuple, list)) and parts:
        parts = _tuple_parts(parts)
        each = parts if len(parts) == len(value) else (parts[0],) * len(value)
        return type(value)(scaled_parts(v, part, factor) for v, part in zip(value, each, strict=True))
    if isinstance(value, (int, float)) and len(parts) == 1:
        return scaled_parts(value, parts[0], factor)
    return value


def _tuple_parts(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    """The element annotations of a tuple or list, seen through `X | None` and `tuple[X, ...]`."""
    if len(parts) == 1 and getattr(parts[0], "__origin__", None) in (tuple, list):
        parts = get_args(parts[0])
    return tuple(part for part in parts if part is not Ellipsis)
