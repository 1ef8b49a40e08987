"""`composer explain`: what would run, and why, field by field."""

from __future__ import annotations

import argparse
from dataclasses import replace

from ..build.device import choose_device
from ..build.project import open_project
from ..build.session import Session
from ..diagnostics import did_you_mean
from ..errors import UsageError
from ..graph.node import Plan
from . import console, findings


def run(options: argparse.Namespace) -> int:
    """Explain the whole piece, or one layer or mask of it."""
    project = open_project(options.piece)
    plan = project.plan(options.scale)
    if options.layer is not None:
        plan = _part(plan, options.layer)
    device = choose_device(plan, options.device)
    patch = options.patch or bool(plan.patch)
    session = Session(project, plan, device, options.scale, patch=patch)
    print(console.plain(findings.explanation(findings.survey_of(session, with_patches=True))))
    return 0


def _part(plan: Plan, name: str) -> Plan:
    wanted = plan.layers.get(name) or next(
        (node for node in (f'mask "{name}" adjusted', f'mask "{name}"') if node in plan.nodes), None
    )
    if wanted is None:
        raise UsageError(f'there is no layer or mask "{name}"', " ".join(did_you_mean(name, plan.layers)))
    return replace(plan, nodes={needed: plan.nodes[needed] for needed in plan.needed_by(wanted)})
