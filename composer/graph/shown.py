"""Shown: the part of a stack that is seen, and the inputs it needs.

Knows recipes that still name nodes where roles will stand. Does not know pixels.
"""

from __future__ import annotations

from dataclasses import replace

from .builder import Inputs
from .recipe import GroupRecipe, LayerRecipe

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


def numbered(items: Items) -> tuple[Items, Inputs]:
    """The items with a role in place of each node that they name, and the node of each role."""
    roles: dict[str, str] = {}
    return tuple(_numbered(item, roles) for item in items), tuple(
        (role, node) for node, role in roles.items()
    )


def _numbered(item: Item, roles: dict[str, str]) -> Item:
    mask = None if item.mask is None else _role("mask", item.mask, roles)
    if isinstance(item, LayerRecipe):
        return replace(item, raster=_role("pixels", item.raster, roles), mask=mask)
    return replace(item, mask=mask, children=tuple(_numbered(child, roles) for child in item.children))


def _role(kind: str, node: str, roles: dict[str, str]) -> str:
    """The role of a node's output in the stack; one role a node."""
    if node not in roles:
        count = sum(role.startswith(kind) for role in roles.values())
        roles[node] = f"{kind} {count + 1}"
    return roles[node]
