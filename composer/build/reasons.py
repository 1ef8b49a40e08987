"""Reasons: why a node would run, in words.

Knows the sentences that `composer explain` and a watch's page share. Does not know how a survey is made.
"""

from __future__ import annotations

from collections.abc import Iterator

from .patching import Lineage, Patch, percent
from .survey import Finding, Verdict


def why(finding: Finding) -> Iterator[str]:
    """The node and its verdict, then what differs since its last run, old → new, indented."""
    if finding.verdict is Verdict.HIT:
        if finding.lineage is not None:
            yield f"{finding.node.name}: {_was_patched(finding.lineage)}"
        return
    yield f"{finding.node.name} {finding.verdict.value}"
    if finding.error is not None:
        yield f"    {finding.error.message}"
    elif finding.waits_for:
        unless = "" if finding.changes else "; runs unless they come out as before"
        yield f"    waits for {', '.join(finding.waits_for)}{unless}"
    elif finding.is_new:
        yield "    it never ran before"
    elif not finding.changes and finding.lineage is not None:
        yield f"    its last picture was {_was_patched(finding.lineage)}; this one would be whole"
    elif not finding.changes:
        yield "    nothing changed, but its result is no longer in the store"
    for change in finding.changes:
        yield f"    {change}"
    if finding.patch is not None:
        yield f"    {would_be_patched(finding.patch)}"


def would_be_patched(patch: Patch) -> str:
    """How much differs, and how much would be painted."""
    differs, painted = percent(patch.differs), percent(patch.lineage.painted)
    return f"would be patched: {differs} of the layer differs, {painted} would be painted anew"


def _was_patched(lineage: Lineage) -> str:
    row = f" ({lineage.count} patches in a row)" if lineage.count > 1 else ""
    return f"patched {percent(lineage.painted)} of the layer, from {lineage.parent[:12]}{row}"
