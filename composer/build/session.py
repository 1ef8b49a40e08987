"""Session: one build from plan to files, and what remains of it.

Knows the order: render, deliver outputs, remember. Does not know the terminal. Whatever was rendered
is kept, also when a layer failed or the artist stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from ..digest import digest_of_parts
from ..errors import ComposerError, StoreError
from ..graph.action import Apply
from ..graph.manifest import Device
from ..graph.node import Plan
from ..pixels import codec
from ..pixels.raster import Mask
from ..registry import Kind
from ..weights import KNOWN, locate, places
from .bench import Pace
from .execute import Execution, Result
from .history import History
from .lockfile import check_lock, write_lock
from .observe import Observer
from .outputs import Delivery, deliver
from .patching import Patching
from .project import Project
from .rates import Rates
from .receipt import Receipt, Request, keep

_WEIGHTS = "weights "  # before the name, in the manifest of who uses them


@dataclass(frozen=True)
class Built:
    """What a build came to.

    `confidences`: of the masks that were guessed, now or before, 0…1 by node. `lock`: the digest of the lock
    file; None for a build that has none. `elsewhere`: layers that were not compared with it, since they were
    locked on another kind of device.
    """

    result: Result
    deliveries: tuple[Delivery, ...]
    confidences: dict[str, float]
    seconds: float
    lock: str | None = None
    elsewhere: tuple[str, ...] = ()


def keep_receipt(request: Request, session: Session, built: Built, source: bytes) -> None:
    """Remember what a whole build without mistakes read and wrote, so that the next may do nothing.

    `source`: the piece that the build was planned from. Every digest is that of the bytes that were used,
    never of a file as it is by now.
    """
    project, result = session.project, built.result
    read, absent = {project.piece: digest_of_parts([source])}, list[Path]()
    for name, node in session.plan.nodes.items():
        listed = dict(result.look_ups[name].manifest)
        read |= {path: str(listed[f"input {role}"]) for role, path in node.files}
        used = {
            field.removeprefix(_WEIGHTS): used for field, used in listed.items() if field.startswith(_WEIGHTS)
        }
        for weights in filter(KNOWN.__contains__, used):
            found = locate(weights)
            read[found] = str(used[weights])
            absent += takewhile(found.__ne__, places(weights))
    written = {output.path: result.entries[output.node].output for output in session.plan.outputs}
    if built.lock is not None:
        written[project.lock_file] = built.lock
    with suppress(ComposerError):  # all is written; the next build only takes longer
        declared = project.declared(source)
        keep(request, Receipt(read, written, declared, tuple(absent), len(session.plan.nodes)))


@dataclass(frozen=True)
class Session:
    """One build of one plan. `scale` < 1 is a draft; `is_whole`: the piece's own outputs are written.

    `locked`: nothing is written unless every layer comes out as the lock file records it. `patch`: a style
    layer of which only a part changed is painted anew only there. A build that patches makes pictures that
    depend on the builds before it; so `composer build` does not unless the piece or the artist says so: two
    clones of a piece give the same bytes. Where someone waits for each picture, as when watching, to patch is
    the better choice.
    """

    project: Project
    plan: Plan
    device: Device
    scale: float = 1.0
    is_whole: bool = True
    patch: bool = False
    locked: bool = False
    pace: Callable[[], Pace] = Pace

    @property
    def history(self) -> History:
        """What the last build of this piece at this scale ran on."""
        name = f"{self.project.piece.stem}@{self.scale:g}"
        return History(self.project.store, name, Rates(self.plan, self.device))

    @property
    def patching(self) -> Patching | None:
        """What this build may patch from; None when it renders every layer whole."""
        return Patching(self.project.store, self.history.manifest) if self.patch else None

    def execution(self, jobs: int, observer: Observer) -> Execution:
        """The run that `build` drives; the caller may stop it from a signal handler."""
        store = self.project.store
        return Execution(self.plan, store, self.device, jobs, observer, self.patching, self.pace)

    def build(self, execution: Execution) -> Built:
        """Render and deliver; what cannot be written is among the result's errors.

        Raises Cancelled, LockMismatch, and StoreError when the store fails.
        """
        started = time.perf_counter()
        history = self.history
        with self.project.store.hold():
            try:
                execution.run()
            finally:
                self._remember(execution.result, history)
            elsewhere = self._check_lock(execution.result)
            deliveries = self._deliver(execution.result)
            confidences = self._confidences(execution.result)
        result, lock = execution.result, None
        if not result.errors and self.scale == 1.0 and self.is_whole:
            lock = self._lock(result)
        return Built(result, deliveries, confidences, time.perf_counter() - started, lock, elsewhere)

    def _check_lock(self, result: Result) -> tuple[str, ...]:
        if not self.locked or result.errors:
            return ()
        return check_lock(self.project.lock_file, self.plan, result, self.project.store, self.device)

    def _deliver(self, result: Result) -> tuple[Delivery, ...]:
        """Every output that can be written; one that cannot does not keep the others from their places."""
        store, folder, delivered = self.project.store, self.project.folder, []
        for output in self.plan.outputs:
            if output.node in result.entries:
                try:
                    delivered.append(deliver(store, folder, output.path, result.entries[output.node].output))
                except StoreError as error:
                    result.errors[output.node] = error
        return tuple(delivered)

    def _confidences(self, result: Result) -> dict[str, float]:
        """How sure the sources of masks are, where they guess."""
        found: dict[str, float] = {}
        for name in filter(result.entries.__contains__, self.plan.nodes):
            action = self.plan.nodes[name].action
            if isinstance(action, Apply) and action.extension.kind is Kind.MASK:
                mask = codec.decode(self.project.store.open(result.entries[name].output))
                if isinstance(mask, Mask) and mask.confidence is not None:
                    found[name] = mask.confidence
        return found

    def _lock(self, result: Result) -> str | None:
        """The digest of the lock file; None when it cannot be written, which is among the errors then."""
        lock = self.project.lock_file
        try:
            return write_lock(lock, self.plan, result, self.project.store, self.device)
        except OSError as error:
            hint = "the outputs are written; the lock file goes beside the piece"
            result.errors[lock.name] = StoreError(f"cannot write {lock}: {error.strerror or error}", hint)
        except StoreError as error:
            result.errors[lock.name] = error
        return None

    def _remember(self, result: Result, history: History) -> None:
        manifests = {
            name: look_up.manifest for name, look_up in result.look_ups.items() if name in result.entries
        }
        seconds = [
            (self.plan.nodes[name], result.entries[name].seconds, name in result.patched)
            for name in result.rendered
        ]
        with suppress(StoreError):  # it is there for the next build; this one's outputs are still written
            history.record(manifests, seconds)
            if len(result.entries) == len(self.plan.nodes):
                history.pin((entry.output for entry in result.entries.values()), is_whole=self.is_whole)
