"""Shown: the part of a stack that is seen.

Knows recipes. Does not know nodes or pixels.
"""

from __future__ import annotations

from dataclasses import replace

from .action import GroupRecipe, LayerRecipe

Item = LayerRecipe | GroupRecipe
Items = tuple[Item, ...]


def shown(items: Items) -> Items:
    """The items that are seen: hidden ones left out, with the layers of a group or clipped to a layer.

    A group that shows one plain layer is that layer: to the bit, whatever else is hidden in the group.
    """
    seen: list[Item] = []
    is_base_seen = True
    for item in items:
        is_base_seen = is_base_seen if item.clip else item.visible
        if item.visible and is_base_seen:
            seen.append(_opened(item) if isinstance(item, GroupRecipe) else item)
    return tuple(seen)


def _opened(group: GroupRecipe) -> Item:
    children = shown(group.children)
    if len(children) == 1 and not group.pass_through and _is_plain(children[0]):
        return replace(
            children[0],
            name=group.name,
            mask=group.mask,
            blend=group.blend,
            opacity=group.opacity,
            clip=group.clip,
        )
    return replace(group, children=children)


def _is_plain(item: Item) -> bool:
    """Whether an item only lends its pixels to the group it is alone in."""
    own = (item.mask, item.blend.name, item.opacity, item.clip)
    return isinstance(item, LayerRecipe) and own == (None, "normal", 1.0, False)


def roles(item: Item) -> list[str]:
    """The roles of an item's pixels and masks, a group's with those of its layers."""
    own = [item.mask] if item.mask is not None else []
    if isinstance(item, LayerRecipe):
        return [item.raster, *own]
    return own + [role for child in item.children for role in roles(child)]
