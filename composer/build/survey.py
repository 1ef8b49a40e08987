"""Survey: what a build would do, and why, without doing it.

Knows look-ups and the last build's manifests. Does not run anything. Past a miss the inputs below are
unknown: such a node *may* run, and early cutoff may still save it. A hit whose value
the store has lost costs nothing until a node that reads it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ..errors import ComposerError
from ..graph.manifest import Change, changes
from ..graph.node import Node, Plan
from .history import History
from .keys import Keys, LookUp
from .patching import Lineage, Patch, Patching, lineage_of, whole


class Verdict(Enum):
    """What would become of a node."""

    HIT = "from the store"
    RUN = "would run"
    MAY_RUN = "may run"
    BROKEN = "cannot run"


@dataclass(frozen=True)
class Finding:
    """One node's verdict: the fields that differ since it last ran, or the inputs it waits for.

    `lineage`: what it, or its last run, was patched from. `patch`: how it would be patched, if it would.
    """

    node: Node
    verdict: Verdict
    changes: tuple[Change, ...] = ()
    is_new: bool = False
    waits_for: tuple[str, ...] = ()
    seconds: float | None = None
    error: ComposerError | None = None
    lineage: Lineage | None = None
    patch: Patch | None = None

    @property
    def is_lost(self) -> bool:
        """Whether it would run as it did before, only since the store no longer has what it came to."""
        is_as_before = not (self.changes or self.is_new or self.waits_for or self.lineage)
        return self.verdict is Verdict.RUN and is_as_before


def survey(plan: Plan, keys: Keys, history: History, patching: Patching | None = None) -> list[Finding]:
    """A finding for every node, in running order.

    With `patching` layers are compared with what they would be patched from: that reads their pixels.
    """
    return _Survey(plan, keys, history, patching).findings()


class _Survey:
    def __init__(self, plan: Plan, keys: Keys, history: History, patching: Patching | None) -> None:
        self._plan = plan
        self._keys = keys
        self._history = history
        self._patching = patching
        self._found: dict[str, Finding] = {}

    def findings(self) -> list[Finding]:
        for node in self._plan.nodes.values():
            self._found[node.name] = self._finding(node)
            if self._found[node.name].verdict is not Verdict.HIT:
                self._wake_lost(node)
        return list(self._found.values())

    def _finding(self, node: Node) -> Finding:
        waits_for = tuple(source for _, source in node.inputs if source not in self._keys.outputs)
        if waits_for:
            changed, seconds = self._own_changes(node), self._history.seconds(node)
            return Finding(node, Verdict.MAY_RUN, changed, waits_for=waits_for, seconds=seconds)
        try:
            look_up = self._keys.look_up(node)
        except ComposerError as error:
            return Finding(node, Verdict.BROKEN, error=error)
        if look_up.entry is not None and self._keys.is_usable(node, look_up.entry):
            self._keys.outputs[node.name] = look_up.entry.output
            return Finding(node, Verdict.HIT, lineage=lineage_of(look_up.manifest))
        return self._run(node, look_up)

    def _own_changes(self, node: Node) -> tuple[Change, ...]:
        """What differs of a node itself, while what it waits for is unknown."""
        before = self._history.manifest(node.name)
        if before is None:
            return ()
        own = tuple(
            each for each in whole(before) if not each[0].startswith("input ") and each[0] != "device"
        )
        return changes(own, tuple(node.action.ingredients()))

    def _run(self, node: Node, missed: LookUp) -> Finding:
        before = self._history.manifest(node.name)
        if before is None:
            return Finding(node, Verdict.RUN, is_new=True, seconds=self._history.seconds(node))
        patch = None if self._patching is None else self._patching.patch(node, whole(missed.manifest))
        return Finding(
            node,
            Verdict.RUN,
            changes=changes(whole(before), whole(missed.manifest)),
            seconds=self._history.seconds(node, is_patch=patch is not None),
            lineage=lineage_of(before),
            patch=patch,
        )

    def _wake_lost(self, node: Node) -> None:
        """What `node` reads but the store has lost runs, or may run, as `node` does."""
        verdict = self._found[node.name].verdict
        for name in self._keys.lost(node):
            if verdict is Verdict.RUN or self._found[name].verdict is Verdict.HIT:
                lost = self._plan.nodes[name]
                self._found[name] = Finding(lost, verdict, seconds=self._history.seconds(lost))
                self._wake_lost(lost)
