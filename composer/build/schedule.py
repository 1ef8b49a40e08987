"""Schedule: which nodes of a plan are where in their lives, and which can go on now.

Knows the plan's dependencies and the lifecycle. Does not know keys, the store, threads or time.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from ..graph.node import Plan


class State(Enum):
    """The life of a node in one build.

    WANT       its output is needed; some input is not there yet
    READY      every input is done; its key can be looked up
    QUEUED     the look-up was a miss; it waits for a worker
    RUNNING    a worker computes it
    DONE       its output's digest is known (a hit, or rendered)
    FAILED     it, and so all that depends on it, has no output in this build
    CANCELLED  never started, because an input failed or the artist stopped
    """

    WANT = "want"
    READY = "ready"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_ENDED = {State.DONE, State.FAILED, State.CANCELLED}
_STARTED = {State.QUEUED, State.RUNNING}


class Schedule:
    """The states of all nodes of one plan."""

    def __init__(self, plan: Plan) -> None:
        self._inputs = {name: [source for _, source in node.inputs] for name, node in plan.nodes.items()}
        self.states = dict.fromkeys(plan.nodes, State.WANT)
        self._promote()

    @property
    def finished(self) -> bool:
        """Whether every node has ended."""
        return all(state in _ENDED for state in self.states.values())

    def ready(self) -> tuple[str, ...]:
        """The nodes whose keys can be looked up now, in the plan's order."""
        return tuple(name for name, state in self.states.items() if state is State.READY)

    def queue(self, name: str) -> None:
        """A look-up missed: READY → QUEUED."""
        self._move(name, {State.READY}, State.QUEUED)

    def run(self, name: str) -> None:
        """A worker took it: QUEUED → RUNNING."""
        self._move(name, {State.QUEUED}, State.RUNNING)

    def done(self, name: str) -> None:
        """Its output is known: READY (a hit) or RUNNING → DONE."""
        self._move(name, {State.READY, State.RUNNING}, State.DONE)
        self._promote()

    def fail(self, name: str) -> None:
        """It failed: READY, QUEUED or RUNNING → FAILED; what depends on it is CANCELLED."""
        self._move(name, {State.READY, *_STARTED}, State.FAILED)
        self._cancel_dependents()

    def revive(self, names: Iterable[str], waiting: str) -> None:
        """The outputs of `names` were lost: DONE → READY, and READY `waiting` → WANT."""
        for name in names:
            self._move(name, {State.DONE, State.READY}, State.READY)
        self._move(waiting, {State.READY}, State.WANT)
        self._demote()

    def cancel(self) -> None:
        """The artist stopped: whatever has not ended and is not running is CANCELLED."""
        for name, state in self.states.items():
            if state not in _ENDED and state is not State.RUNNING:
                self.states[name] = State.CANCELLED

    def _move(self, name: str, allowed: set[State], to: State) -> None:
        if self.states[name] not in allowed:
            raise RuntimeError(f"{name} cannot go from {self.states[name].name} to {to.name}")
        self.states[name] = to

    def _promote(self) -> None:
        for name, sources in self._inputs.items():
            if self.states[name] is State.WANT and all(self.states[s] is State.DONE for s in sources):
                self.states[name] = State.READY

    def _demote(self) -> None:
        """A READY node whose input is being made again waits for it."""
        for name, sources in self._inputs.items():
            if self.states[name] is State.READY and any(self.states[s] is not State.DONE for s in sources):
                self.states[name] = State.WANT

    def _cancel_dependents(self) -> None:
        for name, sources in self._inputs.items():
            lost = any(self.states[s] in (State.FAILED, State.CANCELLED) for s in sources)
            if lost and self.states[name] in (State.WANT, State.READY):
                self.states[name] = State.CANCELLED
