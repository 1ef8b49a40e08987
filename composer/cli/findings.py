"""Findings: a survey in words, for `build --dry-run` and `explain`.

Knows sentences. Does not know how a survey is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..build.keys import Keys
from ..build.session import Session
from ..build.survey import Finding, Verdict, survey


def survey_of(session: Session) -> list[Finding]:
    """A finding for every node of the session's plan."""
    keys = Keys(session.project.store, session.device)
    return survey(session.plan, keys, session.history)


def dry_run(forecast: Sequence[Finding]) -> str:
    """One line a node that would or may run, and the sum."""
    awake = [finding for finding in forecast if finding.verdict is not Verdict.HIT]
    lines = [f"{finding.verdict.value:<10} {_seconds(finding):>9}  {finding.node.name}" for finding in awake]
    known = [finding.seconds for finding in awake if finding.seconds is not None]
    sum_known = f"about {sum(known):.1f} s" if len(known) == len(awake) else f"at least {sum(known):.1f} s"
    lines.append(f"{len(awake)} to run ({sum_known}), {len(forecast) - len(awake)} from the store")
    return "\n".join(lines)


def _seconds(finding: Finding) -> str:
    return "? s" if finding.seconds is None else f"{finding.seconds:.1f} s"


def explanation(forecast: Sequence[Finding]) -> str:
    """For each node that would run, what differs since its last run, old → new."""
    lines = [line for finding in forecast for line in _why(finding)]
    hits = sum(finding.verdict is Verdict.HIT for finding in forecast)
    return "\n".join([*lines, f"{hits} of {len(forecast)} from the store"])


def _why(finding: Finding) -> Iterator[str]:
    if finding.verdict is Verdict.HIT:
        return
    yield f"{finding.node.name} {finding.verdict.value}"
    if finding.error is not None:
        yield f"    {finding.error.message}"
    elif finding.waits_for:
        yield f"    waits for {', '.join(finding.waits_for)}; runs unless they come out as before"
    elif finding.is_new:
        yield "    it never ran before"
    elif not finding.changes:
        yield "    nothing changed, but its result is no longer in the store"
    for change in finding.changes:
        yield f"    {change}"
