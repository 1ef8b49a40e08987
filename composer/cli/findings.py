"""Findings: a survey in words, for `build --dry-run` and `explain`.

Knows sentences. Does not know how a survey is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..build.keys import Keys
from ..build.patching import Lineage, Patch, percent
from ..build.session import Session
from ..build.survey import Finding, Verdict, survey


def survey_of(session: Session, *, with_patches: bool) -> list[Finding]:
    """A finding for every node of the session's plan; `with_patches` reads pixels to tell what differs."""
    patching = session.patching
    keys = Keys(session.project.store, session.device, None if patching is None else patching.known)
    return survey(session.plan, keys, session.history, patching if with_patches else None)


def dry_run(forecast: Sequence[Finding]) -> str:
    """One line a node that would or may run, and the sum."""
    awake = [finding for finding in forecast if finding.verdict is not Verdict.HIT]
    lines = [
        f"{finding.verdict.value:<10} {_seconds(finding):>9}  {finding.node.name}{_patch(finding)}"
        for finding in awake
    ]
    known = [finding.seconds for finding in awake if finding.seconds is not None]
    sum_known = f"about {sum(known):.1f} s" if len(known) == len(awake) else f"at least {sum(known):.1f} s"
    lines.append(f"{len(awake)} to run ({sum_known}), {len(forecast) - len(awake)} from the store")
    return "\n".join(lines)


def _seconds(finding: Finding) -> str:
    return "? s" if finding.seconds is None else f"{finding.seconds:.1f} s"


def _patch(finding: Finding) -> str:
    return "" if finding.patch is None else f" ({_would_be_patched(finding.patch)})"


def _would_be_patched(patch: Patch) -> str:
    differs, painted = percent(patch.differs), percent(patch.lineage.painted)
    return f"would be patched: {differs} of the layer differs, {painted} would be painted anew"


def explanation(forecast: Sequence[Finding]) -> str:
    """For each node that would run, what differs since its last run, old → new."""
    lines = [line for finding in forecast for line in _why(finding)]
    hits = sum(finding.verdict is Verdict.HIT for finding in forecast)
    return "\n".join([*lines, f"{hits} of {len(forecast)} from the store"])


def _why(finding: Finding) -> Iterator[str]:
    if finding.verdict is Verdict.HIT:
        if finding.lineage is not None:
            yield f"{finding.node.name}: {_was_patched(finding.lineage)}"
        return
    yield f"{finding.node.name} {finding.verdict.value}"
    if finding.error is not None:
        yield f"    {finding.error.message}"
    elif finding.waits_for:
        yield f"    waits for {', '.join(finding.waits_for)}; runs unless they come out as before"
    elif finding.is_new:
        yield "    it never ran before"
    elif not finding.changes and finding.lineage is not None:
        yield f"    its last picture was {_was_patched(finding.lineage)}; this one would be whole"
    elif not finding.changes:
        yield "    nothing changed, but its result is no longer in the store"
    for change in finding.changes:
        yield f"    {change}"
    if finding.patch is not None:
        yield f"    {_would_be_patched(finding.patch)}"


def _was_patched(lineage: Lineage) -> str:
    row = f" ({lineage.count} patches in a row)" if lineage.count > 1 else ""
    return f"patched {percent(lineage.painted)} of the layer, from {lineage.parent[:12]}{row}"
