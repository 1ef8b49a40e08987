"""Findings: a survey in words, for `build --dry-run` and `explain`.

Knows sentences. Does not know how a survey is made.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..build.keys import Keys
from ..build.reasons import why, would_be_patched
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
    return "" if finding.patch is None else f" ({would_be_patched(finding.patch)})"


def explanation(forecast: Sequence[Finding]) -> str:
    """For each node that would run, what differs since its last run, old → new."""
    lines = [line for finding in forecast for line in why(finding)]
    hits = sum(finding.verdict is Verdict.HIT for finding in forecast)
    return "\n".join([*lines, f"{hits} of {len(forecast)} from the store"])
