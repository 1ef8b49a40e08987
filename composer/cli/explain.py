"""`composer explain`: what would run, and why, field by field."""

from __future__ import annotations

import argparse
from collections.abc import Collection
from dataclasses import dataclass, replace

from ..build.device import choose_device
from ..build.project import open_project
from ..build.session import Session
from ..diagnostics import did_you_mean
from ..errors import UsageError
from ..graph.node import Plan
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
        found = tuple(plan.layers[each] for each in layers[name] if each in plan.layers)
        unasked = tuple(each for each in layers[name] if each not in plan.layers)
        hidden = unasked if found else (name,)
        return _Part(found, tuple(f'layer "{each}" is hidden and nothing asks for it' for each in hidden))
    if name in masks:
        own = f'mask "{name}"'
        made = tuple(node for node in plan.nodes if node == own or node.startswith(f"{own} "))
        return _Part(made, () if made else (f"nothing asks for {own}, or another mask is the same",))
    known = {*layers, *masks}
    raise UsageError(f'there is no layer or mask "{name}"', " ".join(did_you_mean(name, known)))
