"""Ingredients: what several actions list alike – an extension, a placement, a depth.

Knows the fields by which they are told. Does not know actions.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..operation import Params, ingredients_of
from ..pixels.resample import Fit
from ..registry import Extension
from .recipe import Ingredient


def of_depth(depth: int) -> Iterator[Ingredient]:
    """Listed where it is asked for: a piece without such a wish keeps its keys."""
    if depth != 8:
        yield "depth", depth


def of_extension(extension: Extension, params: Params, word: str = "") -> Iterator[Ingredient]:
    """The extension with its version, its parameters and its weights; `word`: in place of its kind."""
    yield "operation", f"{word or extension.kind} {extension.name} v{extension.version}"
    yield from ingredients_of(params).items()
    if extension.needs.weights is not None:
        for name, digest in extension.needs.weights(params).items():
            yield f"weights {name}", digest


def of_fit(fit: Fit) -> Iterator[Ingredient]:
    """Every field of the fit."""
    yield "fit", fit.fit
    yield "anchor", fit.anchor
    yield "offset", list(fit.offset)
    yield "scale", fit.scale
    yield "rotate", fit.rotate
    yield "flip", fit.flip
    yield "crop", list(fit.crop)
    yield "pixel scale", fit.pixel_scale
    if fit.quad is not None:
        yield "quad", [list(corner) for corner in fit.quad]
