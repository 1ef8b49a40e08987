"""Stack: the layer stack of a plan with the digests of its pixels, for whoever shows layers one by one.

Knows recipes and entries. Does not know pixels.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..graph.action import Composite, Export
from ..graph.node import Node, Plan
from ..graph.recipe import GroupRecipe, LayerRecipe
from ..pixels.geometry import Extent
from ..store.store import ActionEntry
from .events import LayerShown


def canvas_of(plan: Plan) -> Extent:
    """The size of the picture, in pixels."""
    action = plan.nodes[plan.merged].action
    assert isinstance(action, Composite)
    return action.recipe.canvas


def layers_of(plan: Plan, entries: Mapping[str, ActionEntry]) -> tuple[LayerShown, ...]:
    """The layers, bottom first: hidden ones too where a layered output holds them."""
    node = _richest(plan)
    assert isinstance(node.action, Composite | Export)
    made = {role: entries[source].output for role, source in node.inputs if source in entries}
    return tuple(_shown(item, made) for item in node.action.recipe.items)


def _richest(plan: Plan) -> Node:
    nodes = (plan.nodes[output.node] for output in plan.outputs)
    layered = (n for n in nodes if isinstance(n.action, Export) and n.action.extension.needs.layers)
    return next(layered, plan.nodes[plan.merged])


def _shown(item: LayerRecipe | GroupRecipe, made: Mapping[str, str]) -> LayerShown:
    is_group = isinstance(item, GroupRecipe)
    return LayerShown(
        name=item.name,
        pixels=None if isinstance(item, GroupRecipe) else made.get(item.raster),
        mask=None if item.mask is None else made.get(item.mask),
        blend=item.blend.name,
        opacity=item.opacity,
        visible=item.visible,
        clip=item.clip,
        children=tuple(_shown(child, made) for child in item.children)
        if isinstance(item, GroupRecipe)
        else (),
        is_group=is_group,
        pass_through=isinstance(item, GroupRecipe) and item.pass_through,
    )
