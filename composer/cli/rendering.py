"""Rendering: a build that has something to do, or may have.

Knows what the artist reads. Does not know how anything is rendered, nor how Ctrl-C ends it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from .. import registry
from ..build.device import choose_device
from ..build.doubt import SURE, told_confidence
from ..build.outputs import Delivery, told_kept
from ..build.project import Project, open_project
from ..build.receipt import Request
from ..build.session import Built, Session, keep_receipt
from ..build.survey import Verdict
from ..diagnostics import did_you_mean
from ..errors import Cancelled, ComposerError, UsageError
from ..graph.node import Plan
from ..registry import Kind
from ..sizes import readable
from . import console, findings
from .ignoring import lacking_records, tell_of_records
from .progress import Progress
from .room import warn_of_room
from .stopping import leave, stopping


def run(options: argparse.Namespace, request: Request) -> int:
    """Build the piece of the options, which come to that request."""
    project = open_project(options.piece)
    outputs = None if options.output is None else _outputs(options.output)
    if options.locked and (outputs is not None or options.scale != 1):
        hint = "build without -o and --scale"
        raise UsageError("the lock file records the piece's own outputs at their full size", hint)
    source = project.source()
    plan = project.plan(options.scale, outputs, source)
    spare_the_inputs(project, plan)
    device = choose_device(plan, options.device)
    patch = not options.from_scratch and (options.patch or bool(plan.patch))
    session = Session(project, plan, device, options.scale, outputs is None, patch, options.locked)
    forecast = findings.survey_of(session, with_patches=options.dry_run)
    awake = {finding.node.name for finding in forecast if finding.verdict is not Verdict.HIT}
    warn_of_room(project, plan, awake, options.jobs)
    if options.dry_run:
        print(console.plain(findings.dry_run(forecast)))
        return 0
    lacking = lacking_records(plan)
    progress = Progress(forecast, sys.stdout, every_node=options.verbose)
    execution = session.execution(options.jobs, progress)
    with stopping(execution.stop, progress.close, sys.stderr):
        try:
            built = session.build(execution)
        except Cancelled:
            leave(progress.close, sys.stderr)
    progress.close()
    if outputs is None and not built.result.errors:
        keep_receipt(request, session, built, source)
    status = _report(project, built)
    tell_of_records(project, lacking)
    return status


def _outputs(paths: list[Path]) -> dict[str, Path]:
    formats = {registry.find(Kind.EXPORT, name).suffix: name for name in registry.names(Kind.EXPORT)}
    outputs: dict[str, Path] = {}
    for path in paths:
        if path.suffix.lower() not in formats:
            raise UsageError(
                f'no output format writes "{path.name}"', " ".join(did_you_mean(path.suffix, formats))
            )
        word = formats[path.suffix.lower()]
        if word in outputs:
            raise UsageError(
                f'"{outputs[word].name}" and "{path.name}" are both {word}', "build them one after the other"
            )
        outputs[word] = path.absolute()
    return outputs


def spare_the_inputs(project: Project, plan: Plan) -> None:
    """Raises UsageError when an output would take the place of what the build reads, or lie in the store."""
    read = (path for node in plan.nodes.values() for _, path in node.files)
    spare(project, read, (output.path for output in plan.outputs))


def spare(project: Project, read: Iterable[Path], written: Iterable[Path]) -> None:
    """Raises UsageError when one of `written` is among `read`, is the piece itself, or lies in the store."""
    inputs = {path.resolve() for path in read} | {project.piece}
    for output in written:
        path = Path(os.path.realpath(output))
        if path.is_relative_to(project.store_folder) or path in inputs:
            what = "is an input of this piece" if path in inputs else "lies in the store"
            raise UsageError(f"{_shown(project, output)} {what}", "write to another file")


def _report(project: Project, built: Built) -> int:
    for name, confidence in built.confidences.items():
        if confidence < SURE or name in built.result.rendered:
            print(console.plain(told_confidence(name, confidence)))
    for layer in built.elsewhere:
        print(console.plain(f'layer "{layer}" was locked on another kind of device and is not compared'))
    for delivery in built.deliveries:
        shown = _shown(project, delivery.path)
        tell_kept(project, delivery)
        size = readable(delivery.path.stat().st_size)
        print(f"{'wrote' if delivery.written else 'unchanged'} {shown} ({size})")
    result = built.result
    hits = len(result.entries) - len(result.rendered)
    patched = f" ({len(result.patched)} of them patched)" if result.patched else ""
    print(f"{len(result.rendered)} rendered{patched}, {hits} from the store, in {built.seconds:.1f} s")
    for name, error in result.errors.items():
        print(console.plain(f"failed: {name}: {error}"), file=sys.stderr)
    if result.cancelled:
        print(console.plain(f"not made because of that: {', '.join(result.cancelled)}"), file=sys.stderr)
    return ComposerError.exit_code if result.errors else 0


def tell_kept(project: Project, delivery: Delivery) -> None:
    """Say where a file is kept that the tool did not write."""
    if delivery.kept is not None:
        shown, kept = _shown(project, delivery.path), _shown(project, delivery.kept)
        print(told_kept(shown, kept, is_edited=delivery.is_edited))


def _shown(project: Project, path: Path) -> str:
    inside = path.is_relative_to(project.folder)
    return console.plain(str(path.relative_to(project.folder) if inside else path))
