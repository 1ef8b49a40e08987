"""Execute: a plan from first look-up to last output.

Knows the order of work, how much of it runs at once, how it stops, and how it is handed over to the
execution of a newer plan. Does not know how a node is computed (`worker`, `perform`) nor what the artist
reads (`observe`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, InvalidStateError, wait
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from ..errors import Cancelled, ComposerError, in_words
from ..graph.action import Action, Export, Stylize
from ..graph.manifest import Device, action_key
from ..graph.node import Node, Plan
from ..pixels.raster import Raster
from ..store.store import ActionEntry, Store
from .bench import Line, Pace
from .crew import Crew, Work
from .keys import Keys, LookUp
from .observe import How, Observer
from .patching import Patching, whole
from .schedule import Schedule, State
from .worker import Made, Worker

if TYPE_CHECKING:
    from .continuing import Continuing

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

    `patching` None renders every layer whole. `pace`: of each layer's checkpoints. `crew`: who computes,
    and may be at work already for an earlier plan; None hires one for this run. `patience`: seconds for
    which layered files wait, once all else is done, and then are written one by one, lest the next edit find
    the processors busy: writing one cannot be stopped half-way. `show`: is given a small picture of a style
    layer now and then while it is painted. `continuing`: see `Worker`.
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
        crew: Crew | None = None,
        patience: float = 0.0,
        show: Callable[[str, Raster], None] | None = None,
        continuing: Continuing | None = None,
    ) -> None:
        self._plan = plan
        self._observer = observer
        self._stop = threading.Event()
        self._handed_over: Future[None] = Future()
        self._keys = Keys(store, device, None if patching is None else patching.known)
        self._worker = Worker(store, device, patching, pace, continuing)
        self._schedule = Schedule(plan)
        self._queued: dict[str, tuple[LookUp, dict[str, str]]] = {}
        self._running: dict[str, Work] = {}
        self._hired = crew
        self._patience = patience
        self._show = show
        self._calm_since = time.monotonic()
        self._lost: set[str] = set()
        self._jobs = jobs
        self._told = threading.Lock()
        self.result = Result()

    def stop(self) -> None:
        """Ask the build to end: nothing new starts, running nodes stop at their next step."""
        self._stop.set()

    def hand_over(self) -> None:
        """Ask the build to end at once; what runs goes on: the crew's next execution takes it or ends it."""
        with suppress(InvalidStateError):  # it was asked before
            self._handed_over.set_result(None)

    def run(self) -> Result:
        """Run until every node has ended. Raises Cancelled after `stop` and `hand_over`."""
        with Crew(self._jobs) if self._hired is None else nullcontext(self._hired) as crew:
            while not self._schedule.finished and not self._is_ending:
                for name in self._schedule.ready():
                    if self._schedule.states[name] is State.READY:
                        self._advance(name)
                        self._start(crew)
                self._start(crew)
                self._dismiss(crew)
                self._collect()
            self._schedule.cancel()
            while self._running and not self._handed_over.done():
                self._collect()
        if self._is_ending:
            raise Cancelled
        states = self._schedule.states
        self.result.cancelled = tuple(n for n, state in states.items() if state is State.CANCELLED)
        return self.result

    @property
    def _is_ending(self) -> bool:
        return self._stop.is_set() or self._handed_over.done()

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

    def _start(self, crew: Crew) -> None:
        """Give queued nodes to free workers, neural layers first: everything else fits in beside them."""
        for name in sorted(self._queued, key=lambda name: not self._is_neural(name)):
            if len(self._running) == self._jobs:
                return
            left, key = crew.left_over(self._running.values()), self._key(name)
            work = next((work for work in left if work.key == key), None)
            if work is None and self._must_wait(name, crew):
                continue
            self._running[name] = self._begun(name, crew) if work is None else self._taken_over(name, work)
            self._schedule.run(name)

    def _must_wait(self, name: str, crew: Crew) -> bool:
        """Neural layers share a device; a layered file can wait for what is looked at first."""
        if self._is_neural(name):
            return crew.is_painting
        return self._patience > 0 and self._is_layered(name) and not self._is_calm(crew)

    def _is_calm(self, crew: Crew) -> bool:
        """Whether for as long as `patience` layered files were all there was to do, and none is written."""
        if any(is_layered(work.action) for work in crew.works):
            return False
        if not all(map(self._is_layered, (*self._queued, *self._running))):
            self._calm_since = time.monotonic()
        return time.monotonic() - self._calm_since >= self._patience

    def _begun(self, name: str, crew: Crew) -> Work:
        node, queued = self._plan.nodes[name], self._queued.pop(name)
        key = action_key(whole(queued[0].manifest))
        return crew.begin(key, node.action, self._line(name), partial(self._make, node, *queued))

    def _taken_over(self, name: str, work: Work) -> Work:
        del self._queued[name]
        work.line = self._line(name)
        with self._told:
            self._observer.started(name)
        return work

    def _dismiss(self, crew: Crew) -> None:
        """End what earlier plans left running, where this plan turns out not to want it."""
        left = crew.left_over(self._running.values())
        if not left:
            return
        keys = {*map(self._key, self._queued)}
        hoped = [self._plan.nodes[name].action for name in self._unknown()]
        for work in left:
            if work.key not in keys and not any(work.is_like(action) for action in hoped):
                work.dismiss()

    def _unknown(self) -> Iterator[str]:
        """Nodes whose keys are not known yet, but for those below a neural layer that is painted first."""
        states = self._schedule.states
        unpainted = {
            name for name, state in states.items() if self._is_neural(name) and state is not State.DONE
        }
        for name, state in states.items():
            if state in (State.WANT, State.READY):
                above = set(self._plan.needed_by(name)) - {name}
                if not above & unpainted:
                    yield name

    def _key(self, name: str) -> str:
        """The key under which a queued node is made."""
        return action_key(whole(self._queued[name][0].manifest))

    def _is_neural(self, name: str) -> bool:
        return isinstance(self._plan.nodes[name].action, Stylize)

    def _is_layered(self, name: str) -> bool:
        return is_layered(self._plan.nodes[name].action)

    def _make(self, node: Node, look_up: LookUp, digests: dict[str, str], line: Line) -> Made:
        if line.cancelled():
            raise Cancelled
        with self._told:
            self._observer.started(node.name)
        return self._worker.make(node, look_up, digests, line)

    def _line(self, name: str) -> Line:
        def stepped(done: int, total: int) -> None:
            with self._told:
                self._observer.stepped(name, done, total)

        def tell(message: str) -> None:
            with self._told:
                self._observer.told(name, message)

        return Line(
            stepped, tell, self._stop.is_set, None if self._show is None else partial(self._show, name)
        )

    def _collect(self) -> None:
        waited: list[Future[Any]] = [*(work.future for work in self._running.values()), self._handed_over]
        goes_on = self._schedule.finished or self._schedule.ready()  # hits end a build, or let others begin
        wait(waited, timeout=0.0 if goes_on else _POLL_SECONDS, return_when=FIRST_COMPLETED)
        for name in [name for name, work in self._running.items() if work.future.done()]:
            self._ended(name, self._running.pop(name).future)

    def _ended(self, name: str, future: Future[Made]) -> None:
        try:
            self._done(name, future.result())
        except Cancelled as error:
            self._schedule.fail(name)
            if not self._stop.is_set():
                self.result.errors[name] = error
        except ComposerError as error:
            self._failed(name, error)
        except Exception as error:  # an operation's bug must not take the other layers down
            _log.debug("%s failed", name, exc_info=error)
            self._failed(name, in_words(error))

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


def is_layered(action: Action) -> bool:
    """Whether the action writes a file with layers, which takes long."""
    return isinstance(action, Export) and action.extension.needs.layers
