"""Execute: a plan from first look-up to last output.

Knows the order of work, how much of it runs at once and how it stops. Does not know how a node is computed
(`worker`, `perform`) nor what the artist reads (`observe`).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from ..errors import Cancelled, ComposerError, OperationError
from ..graph.action import Stylize
from ..graph.manifest import Device
from ..graph.node import Node, Plan
from ..store.store import ActionEntry, Store
from .bench import Line, Pace
from .keys import Keys, LookUp
from .observe import How, Observer
from .patching import Patching
from .schedule import Schedule, State
from .worker import Made, Worker

_log = logging.getLogger(__name__)
_POLL_SECONDS = 0.1


@dataclass
class Result:
    """What became of each node: entries of those that are done, errors of those that failed.

    `patched`: of the rendered ones, those that were patched, and the share (0…1) painted.
    """

    entries: dict[str, ActionEntry] = field(default_factory=dict)
    look_ups: dict[str, LookUp] = field(default_factory=dict)
    rendered: list[str] = field(default_factory=list)
    patched: dict[str, float] = field(default_factory=dict)
    errors: dict[str, ComposerError] = field(default_factory=dict)
    cancelled: tuple[str, ...] = ()


class Execution:
    """One run of one plan: `jobs` nodes at a time, one of them a neural layer, since those share a device.

    `patching` None renders every layer whole. `pace`: of each layer's checkpoints.
    """

    def __init__(
        self,
        plan: Plan,
        store: Store,
        device: Device,
        jobs: int,
        observer: Observer,
        patching: Patching | None = None,
        pace: Callable[[], Pace] = Pace,
    ) -> None:
        self._plan = plan
        self._observer = observer
        self._stop = threading.Event()
        self._keys = Keys(store, device, None if patching is None else patching.known)
        self._worker = Worker(store, device, patching, pace)
        self._schedule = Schedule(plan)
        self._queued: dict[str, tuple[LookUp, dict[str, str]]] = {}
        self._running: dict[Future[Made], str] = {}
        self._lost: set[str] = set()
        self._jobs = jobs
        self._told = threading.Lock()
        self.result = Result()

    def stop(self) -> None:
        """Ask the build to end: nothing new starts, running nodes stop at their next step."""
        self._stop.set()

    def run(self) -> Result:
        """Run until every node has ended. Raises Cancelled after `stop`."""
        with ThreadPoolExecutor(self._jobs) as pool:
            while not self._schedule.finished and not self._stop.is_set():
                for name in self._schedule.ready():
                    if self._schedule.states[name] is State.READY:
                        self._advance(name)
                        self._start(pool)
                self._start(pool)
                self._collect()
            self._schedule.cancel()
            while self._running:
                self._collect()
        if self._stop.is_set():
            raise Cancelled
        states = self._schedule.states
        self.result.cancelled = tuple(n for n, state in states.items() if state is State.CANCELLED)
        return self.result

    def _advance(self, name: str) -> None:
        """Look a ready node up: done by a hit, queued by a miss, or put back behind inputs that were lost."""
        node = self._plan.nodes[name]
        try:
            look_up = self._keys.look_up(node)
        except ComposerError as error:
            self._failed(name, error)
            return
        entry = look_up.entry
        if entry is not None and name not in self._lost and self._keys.is_usable(node, entry):
            self._done(name, Made(look_up, How.HIT))
            return
        if lost := self._keys.lost(node):
            self._lost.update(lost)
            self._schedule.revive(lost, waiting=name)
            return
        self._schedule.queue(name)
        self._queued[name] = look_up, self._keys.digests(node)

    def _start(self, pool: ThreadPoolExecutor) -> None:
        """Give queued nodes to free workers, neural layers first: everything else fits in beside them."""
        for name in sorted(self._queued, key=lambda name: not self._is_neural(name)):
            if len(self._running) == self._jobs:
                return
            if self._is_neural(name) and any(map(self._is_neural, self._running.values())):
                continue
            future = pool.submit(self._make, self._plan.nodes[name], *self._queued.pop(name))
            self._running[future] = name
            self._schedule.run(name)

    def _is_neural(self, name: str) -> bool:
        return isinstance(self._plan.nodes[name].action, Stylize)

    def _make(self, node: Node, look_up: LookUp, digests: dict[str, str]) -> Made:
        if self._stop.is_set():
            raise Cancelled
        with self._told:
            self._observer.started(node.name)
        return self._worker.make(node, look_up, digests, self._line(node.name))

    def _line(self, name: str) -> Line:
        def stepped(done: int, total: int) -> None:
            with self._told:
                self._observer.stepped(name, done, total)

        def tell(message: str) -> None:
            with self._told:
                self._observer.told(name, message)

        return Line(stepped, tell, self._stop.is_set)

    def _collect(self) -> None:
        ended, _ = wait(self._running, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
        for future in ended:
            name = self._running.pop(future)
            try:
                made = future.result()
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
                self._done(name, made)

    def _done(self, name: str, made: Made) -> None:
        self._lost.discard(name)
        self._keys.outputs[name] = made.entry.output
        self.result.look_ups[name] = made.look_up
        self.result.entries[name] = made.entry
        if made.how is How.RENDERED:
            self.result.rendered.append(name)
        if made.painted is not None:
            self.result.patched[name] = made.painted
        self._schedule.done(name)
        with self._told:
            self._observer.finished(name, made.how, made.entry.seconds)

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
