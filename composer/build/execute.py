"""Execute: a plan from first look-up to last output.

Knows the order of work, the lanes it runs in and how it stops. Does not know how a node is computed
(`worker`, `perform`) nor what the artist reads (`observe`).
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from ..errors import Cancelled, ComposerError, OperationError
from ..graph.action import Export, Stylize
from ..graph.manifest import Device
from ..graph.node import Node, Plan
from ..store.store import ActionEntry, Store
from .keys import Keys, LookUp
from .observe import How, Observer
from .schedule import Schedule, State
from .worker import Worker

_log = logging.getLogger(__name__)
_POLL_SECONDS = 0.1


@dataclass
class Result:
    """What became of each node: entries of those that are done, errors of those that failed."""

    entries: dict[str, ActionEntry] = field(default_factory=dict)
    look_ups: dict[str, LookUp] = field(default_factory=dict)
    rendered: list[str] = field(default_factory=list)
    errors: dict[str, ComposerError] = field(default_factory=dict)
    cancelled: tuple[str, ...] = ()


class Execution:
    """One run of one plan.

    Neural layers share one lane, since they share one device; everything else runs `jobs` at a time.
    """

    def __init__(self, plan: Plan, store: Store, device: Device, jobs: int, observer: Observer) -> None:
        self._plan = plan
        self._store = store
        self._observer = observer
        self._stop = threading.Event()
        self._keys = Keys(store, device)
        self._worker = Worker(store, device, self._stop.is_set)
        self._schedule = Schedule(plan)
        self._running: dict[Future[tuple[ActionEntry, How]], str] = {}
        self._lost: set[str] = set()
        self._jobs = jobs
        self._told = threading.Lock()
        self.result = Result()

    def stop(self) -> None:
        """Ask the build to end: nothing new starts, running nodes stop at their next step."""
        self._stop.set()

    def run(self) -> Result:
        """Run until every node has ended. Raises Cancelled after `stop`."""
        with ThreadPoolExecutor(self._jobs) as lane, ThreadPoolExecutor(1) as neural_lane:
            while not self._schedule.finished and not self._stop.is_set():
                for name in self._schedule.ready():
                    if self._schedule.states[name] is State.READY:
                        self._advance(name, lane, neural_lane)
                self._collect()
            self._schedule.cancel()
            while self._running:
                self._collect()
        if self._stop.is_set():
            raise Cancelled
        states = self._schedule.states
        self.result.cancelled = tuple(n for n, state in states.items() if state is State.CANCELLED)
        return self.result

    def _advance(self, name: str, lane: ThreadPoolExecutor, neural_lane: ThreadPoolExecutor) -> None:
        node = self._plan.nodes[name]
        try:
            look_up = self._keys.look_up(node)
        except ComposerError as error:
            self._failed(name, error)
            return
        self.result.look_ups[name] = look_up
        if look_up.entry is not None and self._usable(node, look_up.entry):
            self._done(name, look_up.entry, How.HIT)
            return
        lost = [source for _, source in node.inputs if not self._store.has(self._keys.outputs[source])]
        if lost:
            self._lost.update(lost)
            self._schedule.revive(lost, waiting=name)
            return
        self._schedule.queue(name)
        chosen = neural_lane if isinstance(node.action, Stylize) else lane
        future = chosen.submit(self._make, node, look_up, self._keys.digests(node))
        self._running[future] = name
        self._schedule.run(name)

    def _usable(self, node: Node, entry: ActionEntry) -> bool:
        """Whether the entry will do: an export is read for sure, anything else only by a miss below it."""
        if node.name in self._lost:
            return False
        return not isinstance(node.action, Export) or self._store.has(entry.output)

    def _make(self, node: Node, look_up: LookUp, digests: dict[str, str]) -> tuple[ActionEntry, How]:
        if self._stop.is_set():
            raise Cancelled
        with self._told:
            self._observer.started(node.name)
        return self._worker.make(node, look_up, digests, lambda d, t: self._stepped(node.name, d, t))

    def _stepped(self, name: str, done: int, total: int) -> None:
        with self._told:
            self._observer.stepped(name, done, total)

    def _collect(self) -> None:
        ended, _ = wait(self._running, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
        for future in ended:
            name = self._running.pop(future)
            try:
                entry, how = future.result()
            except Cancelled as error:
                self._schedule.fail(name)
                if not self._stop.is_set():
                    self.result.errors[name] = error
            except ComposerError as error:
                self._failed(name, error)
            except Exception as error:  # an operation's bug must not take the other layers down
                _log.debug("%s failed", name, exc_info=error)
                self._failed(name, _unexpected(error))
            else:
                self._done(name, entry, how)

    def _done(self, name: str, entry: ActionEntry, how: How) -> None:
        self._lost.discard(name)
        self._keys.outputs[name] = entry.output
        self.result.entries[name] = entry
        if how is How.RENDERED:
            self.result.rendered.append(name)
        self._schedule.done(name)
        with self._told:
            self._observer.finished(name, how, entry.seconds)

    def _failed(self, name: str, error: ComposerError) -> None:
        self._schedule.fail(name)
        self.result.errors[name] = error
        with self._told:
            self._observer.failed(name, error)


def _unexpected(error: Exception) -> OperationError:
    if isinstance(error, MemoryError):
        return OperationError(
            "there is not enough memory", "build with --jobs 1, or a draft with --scale 0.5"
        )
    return OperationError(
        f"{type(error).__name__}: {error}",
        "this is a mistake in Composer; run again with --verbose and report what it prints",
    )
