"""Recipes: how the finished layers stand on each other, as values.

Knows roles in place of pixels and masks, and lists what of a stack is an ingredient. Does not know nodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..digest import Json
from ..pixels.geometry import Extent
from ..pixels.stack import BlendMode

Ingredient = tuple[str, Json]


@dataclass(frozen=True)
class LayerRecipe:
    """One layer of the stack: where its pixels and mask come from (input roles) and how it blends."""

    name: str
    raster: str
    mask: str | None
    blend: BlendMode
    opacity: float
    visible: bool
    clip: bool


@dataclass(frozen=True)
class GroupRecipe:
    """One group of the stack, children bottom first."""

    name: str
    children: tuple[LayerRecipe | GroupRecipe, ...]
    mask: str | None
    blend: BlendMode
    opacity: float
    visible: bool
    clip: bool
    pass_through: bool


@dataclass(frozen=True)
class StackRecipe:
    """How the finished layers stand on each other."""

    canvas: Extent
    items: tuple[LayerRecipe | GroupRecipe, ...]
    title: str
    dpi: float


def stack_ingredients(
    items: tuple[LayerRecipe | GroupRecipe, ...], prefix: str, *, named: bool
) -> Iterator[Ingredient]:
    """What of a stack decides its picture; with names, what decides a layered file."""
    for position, item in enumerate(items, start=1):
        where = f"{prefix}layer {position}"
        if named:
            yield f"{where} name", item.name
        if isinstance(item, LayerRecipe):
            yield f"{where} pixels", item.raster
        yield f"{where} mask", item.mask
        yield f"{where} blend", f"{item.blend.name} v{item.blend.version}"
        yield f"{where} opacity", item.opacity
        yield f"{where} visible", item.visible
        yield f"{where} clip", item.clip
        if isinstance(item, GroupRecipe):
            yield f"{where} pass through", item.pass_through
            yield from stack_ingredients(item.children, f"{where} › ", named=named)
