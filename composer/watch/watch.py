"""Watch: a piece, built again whenever something it is made from was saved; the one door to this room.

Knows how a save becomes an epoch: the files settle, the piece is planned, the plan is built. What cannot be
planned is told and changes nothing else: the last good picture stays, and a build that runs goes on. Does not
know who listens, nor how the process ends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..build.memory import ShortOfMemory, own_bytes
from ..build.project import Project
from ..build.room import check_room
from ..build.survey import Verdict
from ..errors import BlobMissing, Cancelled, ComposerError, InputError, StoreError, UsageError
from ..graph.node import Plan
from .builder import Builder, Wanted, Wish
from .events import Listener, Mistaken, Origin
from .housekeeping import Housekeeper
from .hub import Hub
from .reads import hoped_for, read_by
from .reporter import problem_of
from .state import State
from .watcher import Watcher

FRESH_SECONDS = 3.0
"""A file that changed so lately may still be in the writing when it cannot be read: it is tried once more."""
_AGAIN_SECONDS = 1.0
_DISK_SECONDS = 30.0
"""How often it is tried again while the disk refuses, or memory is short: nobody saves the piece when there
is room once more."""


class Watch:
    """One piece, watched. `approve` raises ComposerError for a plan that must not be built."""

    def __init__(
        self, project: Project, wish: Wish | None = None, approve: Callable[[Plan], None] = lambda _: None
    ) -> None:
        self._project = project
        self._jobs = (wish or Wish()).jobs
        self._approve = approve
        self._hub = Hub()
        self._watcher = Watcher(self._hub.publish)
        wish = wish or Wish()
        self._builder = Builder(project, wish, self._hub.publish, self._worth_telling)
        self._housekeeper = Housekeeper(project, wish.quota, self._hub.publish)
        self._epoch = 0
        self._tried: dict[Path, float] = {}
        self._read: frozenset[Path] = frozenset({project.piece})

    @property
    def project(self) -> Project:
        """The piece, with the store in which every digest that is told is found."""
        return self._project

    @property
    def state(self) -> State:
        """What the watch has come to."""
        return self._hub.state

    @property
    def watched(self) -> tuple[Path, ...]:
        """The files that are watched now."""
        return self._watcher.paths

    def subscribe(self, listener: Listener) -> State:
        """Tell the listener of all that happens from now on; the state now, no event missed in between."""
        return self._hub.subscribe(listener)

    def unsubscribe(self, listener: Listener) -> None:
        """Tell it no more."""
        self._hub.unsubscribe(listener)

    def run(self) -> None:
        """Build, and go on building, until `stop`. Raises UsageError when another watch has the piece."""
        with self._alone():
            self._builder.start()
            self._hub.subscribe(self._housekeeper)
            self._housekeeper.start()
            try:
                self._watcher.attend(self._read)
                self._save(())
                while changed := self._watcher.wait():
                    self._save(changed)
            finally:
                self._housekeeper.close()
                self._builder.close()

    def stop(self) -> None:
        """End `run`; from any thread or signal handler."""
        self._watcher.close()

    def _save(self, changed: tuple[Path, ...]) -> None:
        """Plan the piece as it stands now, and have it built."""
        since = time.monotonic()
        try:
            plan = self._project.plan()
            self._approve(plan)
            warnings = self._look_for_room(plan)
        except ComposerError as error:
            if isinstance(error, ShortOfMemory | StoreError):
                self._watcher.remind([self._project.piece], _DISK_SECONDS)
            self._watcher.attend(self._read | hoped_for(error, self._project))
            self._hub.publish(Mistaken(Origin.PIECE, (problem_of(error),)))
            return
        self._read = read_by(plan, self._project)
        self._watcher.attend(self._read)
        if self.state.mistakes.get(Origin.PIECE):
            self._hub.publish(Mistaken(Origin.PIECE, ()))
        self._epoch += 1
        self._builder.want(Wanted(self._epoch, plan, changed, since, warnings))

    def _look_for_room(self, plan: Plan) -> tuple[str, ...]:
        """What to warn of before the plan is built. Raises ShortOfMemory when it cannot be.

        What is in the store already is looked up only where all of the plan would not fit.
        """
        try:
            if not self._room_for(plan, plan.nodes):
                return ()
        except ShortOfMemory:
            pass
        found = self._builder.forecast(plan)
        awake = {finding.node.name for finding in found if finding.verdict is not Verdict.HIT}
        return tuple(f"warning: {each}" for each in self._room_for(plan, awake))

    def _room_for(self, plan: Plan, runs: Collection[str]) -> tuple[str, ...]:
        return check_room(self._project, plan, runs, self._jobs, own=own_bytes())

    def _worth_telling(self, plan: Plan, errors: dict[str, ComposerError]) -> dict[str, ComposerError]:
        """The errors but for those of files that have only just changed: these are read once more first."""
        told = dict(errors)
        if any(isinstance(error, StoreError) for error in errors.values()):
            self._watcher.remind([self._project.piece], _DISK_SECONDS)
        if any(isinstance(error, BlobMissing) for error in errors.values()):
            self._watcher.remind([self._project.piece], _AGAIN_SECONDS)
        for name, error in errors.items():
            if isinstance(error, InputError) and name in plan.nodes:
                fresh = [path for _, path in plan.nodes[name].files if self._is_fresh(path)]
                if fresh:
                    self._watcher.remind(fresh, _AGAIN_SECONDS)
                    del told[name]
        return told

    def _is_fresh(self, path: Path) -> bool:
        """Whether the file changed a moment ago and was not tried again since."""
        ago = self._watcher.touched(path)
        if ago is None or ago > FRESH_SECONDS:
            return False
        changed = time.monotonic() - ago
        if self._tried.get(path, -1.0) >= changed:
            return False
        self._tried[path] = time.monotonic()
        return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        piece = self._project.piece
        taken = UsageError(
            f"{piece.name} is being watched already, by another `composer watch`",
            "look at that one, or stop it first; a `composer build` beside it does no harm",
        )
        try:
            lock = self._project.store.lock(f"watch {piece.name}", lambda: True)
            with lock:
                yield
        except Cancelled:
            raise taken from None
