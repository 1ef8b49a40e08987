"""Worker: computes one node and publishes the result.

Knows how values leave and enter the store, and that only one build renders a key. Does not know
which node comes next. What computes is imported by the first miss, so that a build which finds all
in the store does not wait for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import Cancelled
from ..graph.action import Action, Apply, Composite, Export, Fill, Place
from ..graph.manifest import Device
from ..graph.node import Node
from ..pixels import codec
from ..store.store import ActionEntry, Store
from .keys import LookUp
from .memory import check_memory
from .observe import How

if TYPE_CHECKING:
    from .perform import Inputs

Step = Callable[[int, int], None]


@dataclass(frozen=True)
class WorkerBench:
    """The bench a node runs on: the build's device, its progress line and its stop signal."""

    device: str
    threads: int
    report: Step
    cancelled: Callable[[], bool]

    def step(self, done: int, total: int) -> None:
        """Pass the progress on. Raises Cancelled once the build is stopped."""
        if self.cancelled():
            raise Cancelled
        self.report(done, total)


class Worker:
    """Turns misses into entries of one store, on one device."""

    def __init__(self, store: Store, device: Device, cancelled: Callable[[], bool]) -> None:
        self._store = store
        self._device = device
        self._cancelled = cancelled

    def make(
        self, node: Node, wanted: LookUp, digests: dict[str, str], report: Step
    ) -> tuple[ActionEntry, How]:
        """The entry of `node`: rendered now, or by whoever held its lock meanwhile.

        `digests`: of each input by role. Raises ComposerError, StoreError and Cancelled.
        """
        with self._store.lock(wanted.key, self._cancelled):
            entry = self._store.action(wanted.key)
            if entry is not None and self._store.has(entry.output):
                return entry, How.JOINED
            started = time.perf_counter()
            bench = WorkerBench(self._device.name, self._device.threads, report, self._cancelled)
            output = self._output(node, digests, bench)
            seconds = time.perf_counter() - started
            entry = ActionEntry(
                output=output,
                manifest=[[field, value] for field, value in wanted.manifest],
                seconds=round(seconds, 3),
                created=time.time(),
                size=self._store.path_of(output).stat().st_size,
            )
            self._store.publish(wanted.key, entry)
            return entry, How.RENDERED

    def _output(self, node: Node, digests: dict[str, str], bench: WorkerBench) -> str:
        from .perform import perform  # see above

        inputs = self._inputs(node, digests)
        check_memory(node.action, _pixels(node.action, inputs))
        if isinstance(node.action, Export):
            return self._exported(node.action, inputs)
        return self._store.put(codec.encode(perform(node.action, inputs, bench)))

    def _inputs(self, node: Node, digests: dict[str, str]) -> Inputs:
        from .perform import Inputs  # see above

        values = {role: codec.decode(self._store.open(digests[role])) for role, _ in node.inputs}
        files = {role: self._store.path_of(digests[role]) for role, _ in node.files}
        return Inputs(values, files)

    def _exported(self, action: Export, inputs: Inputs) -> str:
        from .perform import write_export  # see above

        with self._store.temporary(action.extension.suffix) as path:
            write_export(action, inputs, path)
            return self._store.put_file(path)


def _pixels(action: Action, inputs: Inputs) -> int:
    """How many pixels the action works on: the canvas's, or those of its largest input."""
    if isinstance(action, Composite | Export):
        return action.recipe.canvas.pixels
    canvas = action.canvas if isinstance(action, Place | Fill | Apply) else None
    return inputs.largest if canvas is None else canvas.pixels
