"""`composer explain`: what would run, and why, field by field.

Knows which nodes are meant by the name of a layer or mask. Does not know why a node would run.
"""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from ..build.device import choose_device
from ..build.project import open_project
from ..build.session import Session
from ..diagnostics import did_you_mean
from ..errors import UsageError
from ..graph.action import Composite, Export
from ..graph.node import Plan
from ..graph.recipe import GroupRecipe, LayerRecipe
from . import console, findings


def run(options: argparse.Namespace) -> int:
    """Explain the whole piece, or one layer or mask of it, with all that it is made of."""
    project = open_project(options.piece)
    plan = project.plan(options.scale)
    if options.layer is not None:
        part = _part(plan, project.reading().document.table.get("mask", {}), options.layer)
        for told in part.unasked:
            print(console.plain(told))
        if not part.nodes:
            return 0
        plan = replace(plan, nodes={name: plan.nodes[name] for name in plan.needed_by(*part.nodes)})
    device = choose_device(plan, options.device)
    patch = options.patch or bool(plan.patch)
    session = Session(project, plan, device, options.scale, patch=patch)
    print(console.plain(findings.explanation(findings.survey_of(session, with_patches=True))))
    return 0


@dataclass(frozen=True)
class _Part:
    """What an artist asks about by one name: the nodes that finish it, and what to say of those left out."""

    nodes: tuple[str, ...]
    unasked: tuple[str, ...] = ()


def _part(plan: Plan, masks: Collection[str], name: str) -> _Part:
    """A layer with all its versions, a group with all its layers, one version, or a mask, in this order."""
    versions = {version: (version,) for versions in plan.written.values() for version in versions}
    layers = {**versions, **plan.written}
    if name in layers:
        painted = [plan.layers[each] for each in layers[name] if each in plan.layers]
        found = (*painted, *_masks_of(plan, name)) if painted or name in plan.written else ()
        unasked = tuple(each for each in layers[name] if each not in plan.layers)
        hidden = unasked if found else (name,)
        return _Part(found, tuple(f'layer "{each}" is hidden and nothing asks for it' for each in hidden))
    if name in masks:
        own = f'mask "{name}"'
        made = tuple(node for node in plan.nodes if node == own or node.startswith(f"{own} "))
        return _Part(made, () if made else (f"nothing asks for {own}, or another mask is the same",))
    known = {*layers, *masks}
    raise UsageError(f'there is no layer or mask "{name}"', " ".join(did_you_mean(name, known)))


def _masks_of(plan: Plan, name: str) -> Iterator[str]:
    """The nodes of the masks that a layer, or a group with all in it, is shown through.

    A version is shown through the mask of its layer.
    """
    owners = (layer for layer, versions in plan.written.items() if name in versions)
    layer = name if name in plan.written else min(owners, key=lambda each: len(plan.written[each]))
    for node in plan.nodes.values():
        if isinstance(node.action, Composite | Export):
            made = dict(node.inputs)
            yield from (made[role] for role in _mask_roles(node.action.recipe.items, layer))


def _mask_roles(
    items: Iterable[LayerRecipe | GroupRecipe], layer: str, *, inside: bool = False
) -> Iterator[str]:
    """The roles of the masks of the layer in a stack, and of all that is in it if it is a group."""
    for item in items:
        is_asked = inside or item.name == layer
        if is_asked and item.mask is not None:
            yield item.mask
        if isinstance(item, GroupRecipe):
            yield from _mask_roles(item.children, layer, inside=is_asked)
