"""Session: one build from plan to files, and what remains of it.

Knows the order: render, deliver outputs, remember. Does not know the terminal. Whatever was rendered
is kept, also when a layer failed or the artist stopped.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from ..graph.manifest import Device
from ..graph.node import Plan
from .execute import Execution, Result
from .history import History
from .lockfile import write_lock
from .observe import Observer
from .outputs import Delivery, deliver
from .project import Project


@dataclass(frozen=True)
class Built:
    """What a build came to."""

    result: Result
    deliveries: tuple[Delivery, ...]
    seconds: float


@dataclass(frozen=True)
class Session:
    """One build of one plan. `scale` < 1 is a draft; `is_whole`: the piece's own outputs are written."""

    project: Project
    plan: Plan
    device: Device
    scale: float = 1.0
    is_whole: bool = True

    @property
    def history(self) -> History:
        """What the last build of this piece at this scale ran on."""
        return History(self.project.store, f"{self.project.piece.stem}@{self.scale:g}")

    def execution(self, jobs: int, observer: Observer) -> Execution:
        """The run that `build` drives; the caller may stop it from a signal handler."""
        return Execution(self.plan, self.project.store, self.device, jobs, observer)

    def build(self, execution: Execution) -> Built:
        """Render and deliver. Raises Cancelled, StoreError, and OSError for the lock file."""
        started = time.perf_counter()
        history = self.history
        with self.project.store.hold():
            try:
                execution.run()
            finally:
                self._remember(execution.result, history)
            deliveries = self._deliver(execution.result)
        result = execution.result
        if not result.errors and self.scale == 1.0 and self.is_whole:
            write_lock(self.project.lock_file, self.plan, result, self.project.store, self.device)
        return Built(result, deliveries, time.perf_counter() - started)

    def _deliver(self, result: Result) -> tuple[Delivery, ...]:
        return tuple(
            deliver(self.project.store, self.project.folder, output.path, result.entries[output.node].output)
            for output in self.plan.outputs
            if output.node in result.entries
        )

    def _remember(self, result: Result, history: History) -> None:
        manifests = {
            name: look_up.manifest for name, look_up in result.look_ups.items() if name in result.entries
        }
        seconds = {name: (self.plan.nodes[name], result.entries[name].seconds) for name in result.rendered}
        history.record(manifests, seconds)
        if len(result.entries) == len(self.plan.nodes):
            history.pin((entry.output for entry in result.entries.values()), is_whole=self.is_whole)
