"""Survey: what a build would do, and why, without doing it.

Knows look-ups and the last build's manifests. Does not run anything. Past a miss the inputs below are
unknown: such a node *may* run, and early cutoff may still save it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from ..errors import ComposerError
from ..graph.action import Ingredient
from ..graph.manifest import Change, changes
from ..graph.node import Node, Plan
from .history import History
from .keys import Keys


class Verdict(Enum):
    """What would become of a node."""

    HIT = "from the store"
    RUN = "would run"
    MAY_RUN = "may run"
    BROKEN = "cannot run"


@dataclass(frozen=True)
class Finding:
    """One node's verdict: the fields that differ since it last ran, or the inputs it waits for."""

    node: Node
    verdict: Verdict
    changes: tuple[Change, ...] = ()
    is_new: bool = False
    waits_for: tuple[str, ...] = ()
    seconds: float | None = None
    error: ComposerError | None = None


def survey(plan: Plan, keys: Keys, history: History) -> Iterator[Finding]:
    """A finding for every node, in running order."""
    for node in plan.nodes.values():
        waits_for = tuple(source for _, source in node.inputs if source not in keys.outputs)
        seconds = history.seconds(node)
        if waits_for:
            yield Finding(node, Verdict.MAY_RUN, waits_for=waits_for, seconds=seconds)
            continue
        try:
            look_up = keys.look_up(node)
        except ComposerError as error:
            yield Finding(node, Verdict.BROKEN, error=error)
            continue
        if look_up.entry is not None:
            keys.outputs[node.name] = look_up.entry.output
            yield Finding(node, Verdict.HIT)
            continue
        yield _miss(node, look_up.manifest, history, seconds)


def _miss(node: Node, listed: tuple[Ingredient, ...], history: History, seconds: float | None) -> Finding:
    before = history.manifest(node.name)
    if before is None:
        return Finding(node, Verdict.RUN, is_new=True, seconds=seconds)
    return Finding(node, Verdict.RUN, changes=changes(before, listed), seconds=seconds)
