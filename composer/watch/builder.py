"""Builder: builds the newest plan, in a thread of its own; a newer one takes over what it still wants.

Knows the order – a draft where a style layer is slow, the picture, then layered files – and that nothing an
artist does may end it. Does not know files that change, nor who is told.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..build.continuing import Continuing
from ..build.crew import Crew
from ..build.device import choose_device
from ..build.doubt import SURE, told_confidence
from ..build.execute import Execution, Result
from ..build.keys import Keys
from ..build.patching import whole
from ..build.project import Project
from ..build.session import Built, Session
from ..build.survey import Finding, Verdict, survey
from ..errors import Cancelled, ComposerError, in_words
from ..graph.action import Stylize
from ..graph.manifest import action_key
from ..graph.node import Plan
from .allowance import allowance
from .events import Building, Ended, Event, Mistaken, Noted, Origin
from .reporter import Reporter, problem_of
from .warming import warm_up

_log = logging.getLogger(__name__)
_LOST = "the store no longer has the last picture (deleted, or emptied): what is missing is rendered anew"
_SPARE_HANDS = 4  # for files that an earlier plan wanted: to write one cannot be stopped half-way


@dataclass(frozen=True)
class Wish:
    """How the artist wants it. `slow_seconds`: a style layer that takes longer is shown as a draft first.

    `patience`: seconds after which layered files follow the picture. `quota`: bytes of the store; None for
    what the disk allows (`housekeeping`). `memory`: bytes that composites may take between two edits, 0 for
    none; None as the machine is set (`allowance`).
    """

    device: str | None = None
    jobs: int = 2
    patch: bool | None = None
    draft_scale: float = 0.25
    slow_seconds: float = 4.0
    patience: float = 1.0
    quota: int | None = None
    memory: int | None = None


@dataclass(frozen=True)
class Wanted:
    """A plan to build: the files saved that led to it, and when that was noticed (monotonic seconds).

    `notes`: what the artist should know before.
    """

    epoch: int
    plan: Plan
    changed: tuple[Path, ...]
    since: float
    notes: tuple[str, ...] = ()


class Builder:
    """`ended` is called, in the builder's thread, with what failed; what it answers is told to the artist."""

    def __init__(
        self,
        project: Project,
        wish: Wish,
        publish: Callable[[Event], None],
        ended: Callable[[Plan, dict[str, ComposerError]], dict[str, ComposerError]],
    ) -> None:
        self._project = project
        self._wish = wish
        self._publish = publish
        self._ended = ended
        self._guard = threading.Condition()
        self._next: Wanted | None = None
        self._execution: Execution | None = None
        self._is_closed = False
        self._is_warm = False
        self._shown: str | None = None
        self._doubts: dict[str, str] = {}
        memory = allowance() if wish.memory is None else wish.memory
        self._continuing = Continuing(project.store, memory) if memory else None
        self._thread = threading.Thread(target=self._run, name="builder", daemon=True)

    def start(self) -> None:
        """Begin to wait for plans."""
        self._thread.start()

    def want(self, wanted: Wanted) -> None:
        """Build this plan; the one that is being built ends, but for what both want."""
        with self._guard:
            self._next = wanted
            if self._execution is not None:
                self._execution.hand_over()
            self._guard.notify()

    def forecast(self, plan: Plan) -> list[Finding]:
        """What a build of the plan would do now; from any thread. Raises ComposerError."""
        return self._forecast(self._session(plan))[0]

    def close(self) -> None:
        """End; layers stop at their next step."""
        with self._guard:
            self._is_closed = True
            if self._execution is not None:
                self._execution.stop()
            self._guard.notify()
        self._thread.join()

    def _run(self) -> None:
        crews = [Crew(self._wish.jobs + _SPARE_HANDS) for _ in range(2)]  # drafts do not wait for layers
        while (wanted := self._taken()) is not None:
            try:
                self._build(wanted, *crews)
            except Cancelled:
                continue
            except Exception as error:  # whatever it is, the next save is built
                _log.debug("the build failed", exc_info=error)
                self._tell(wanted.plan, {"": in_words(error)})
                self._end(wanted, Result(), is_whole=False)
        for crew in crews:
            for work in crew.works:
                work.dismiss()
            with crew:
                pass

    def _taken(self) -> Wanted | None:
        with self._guard:
            self._execution = None
            while self._next is None and not self._is_closed:
                self._guard.wait()
            wanted, self._next = self._next, None
            return None if self._is_closed else wanted

    def _build(self, wanted: Wanted, drafts: Crew, crew: Crew) -> None:
        session = self._session(wanted.plan)
        forecast, keys = self._forecast(session)
        lost = self._shown is not None and not self._project.store.has(self._shown)
        self._publish(Building(wanted.epoch, wanted.changed, tuple(forecast)))
        for note in (*wanted.notes, *([_LOST] if lost else [])):
            self._publish(Noted(note))
        if self._wish.draft_scale < 1 and any(map(self._is_slow, forecast)):
            _dismiss_unwanted(crew, forecast, keys)
            self._draft(wanted, drafts)
        for work in drafts.works:
            work.dismiss()
        built = self._executed(wanted, session, crew)
        result, merged = built.result, wanted.plan.merged
        self._shown = result.entries[merged].output if merged in result.entries else self._shown
        self._tell(wanted.plan, result.errors)
        self._tell_doubts(built.confidences)
        self._end(wanted, result, is_whole=not (result.errors or result.cancelled))
        self._make_ready(session, built)

    def _end(self, wanted: Wanted, result: Result, *, is_whole: bool) -> None:
        rendered, seconds = tuple(result.rendered), time.monotonic() - wanted.since
        hits = len(result.entries) - len(rendered)
        self._publish(Ended(wanted.epoch, rendered, len(result.patched), hits, seconds, is_whole))

    def _tell_doubts(self, confidences: dict[str, float]) -> None:
        """Say of which masks the artist should have a look: of each once, until it comes out otherwise."""
        doubts = {name: told_confidence(name, sure) for name, sure in confidences.items() if sure < SURE}
        for name, doubt in doubts.items():
            if self._doubts.get(name) != doubt:
                self._publish(Noted(doubt))
        self._doubts = doubts

    def _make_ready(self, session: Session, built: Built) -> None:
        """Where the first build found its picture in the store, what makes pictures is not loaded yet."""
        plan, result, continuing = session.plan, built.result, self._continuing
        if continuing is not None:
            continuing.forget_others(plan)
        if not self._is_warm and not result.errors and plan.merged not in result.rendered:
            store, threads = self._project.store, session.device.threads
            warm_up(plan, result.entries, store, continuing, threads, self._is_idle)
        self._is_warm = True

    def _is_idle(self) -> bool:
        with self._guard:
            return self._next is None and not self._is_closed

    def _session(self, plan: Plan, scale: float = 1.0) -> Session:
        device = choose_device(plan, self._wish.device)
        asked = plan.patch if self._wish.patch is None else self._wish.patch
        return Session(self._project, plan, device, scale, scale == 1.0, asked is not False)

    def _forecast(self, session: Session) -> tuple[list[Finding], Keys]:
        patching = session.patching
        keys = Keys(self._project.store, session.device, None if patching is None else patching.known)
        return survey(session.plan, keys, session.history), keys

    def _is_slow(self, finding: Finding) -> bool:
        if not isinstance(finding.node.action, Stylize) or finding.verdict not in (
            Verdict.RUN,
            Verdict.MAY_RUN,
        ):
            return False
        return finding.seconds is None or finding.seconds >= self._wish.slow_seconds

    def _draft(self, wanted: Wanted, crew: Crew) -> None:
        """Show the whole picture small; what goes wrong is told of the full size."""
        try:
            plan = self._project.plan(self._wish.draft_scale, {})
            self._executed(wanted, self._session(plan, self._wish.draft_scale), crew)
        except Cancelled:
            raise
        except ComposerError as error:
            _log.debug("the draft failed", exc_info=error)

    def _executed(self, wanted: Wanted, session: Session, crew: Crew) -> Built:
        reporter = Reporter(self._publish, wanted.epoch, session, wanted.since)
        execution = Execution(
            session.plan,
            self._project.store,
            session.device,
            self._wish.jobs,
            reporter,
            session.patching,
            session.pace,
            crew,
            self._wish.patience,
            reporter.grown,
            self._continuing,
        )
        reporter.result = execution.result
        self._begin(execution)
        built = session.build(execution)
        for delivery in built.deliveries:
            reporter.tell(delivery)
        return built

    def _begin(self, execution: Execution) -> None:
        """Raises Cancelled when something newer is wanted already."""
        with self._guard:
            if self._next is not None or self._is_closed:
                raise Cancelled
            self._execution = execution

    def _tell(self, plan: Plan, errors: dict[str, ComposerError]) -> None:
        told = self._ended(plan, errors)
        names = [*filter(told.__contains__, plan.nodes), *(name for name in told if name not in plan.nodes)]
        problems = tuple(problem_of(told[name], name or None) for name in names)  # always in the same order
        self._publish(Mistaken(Origin.BUILD, problems))


def _dismiss_unwanted(crew: Crew, forecast: list[Finding], keys: Keys) -> None:
    """End what earlier plans left running and this one will not take over, before a draft is painted."""
    running = [finding for finding in forecast if finding.verdict is Verdict.RUN]
    wanted = {action_key(whole(keys.look_up(finding.node).manifest)) for finding in running}
    waiting = [finding.node.action for finding in forecast if finding.verdict is Verdict.MAY_RUN]
    for work in crew.left_over(()):
        if work.key not in wanted and not any(work.is_like(action) for action in waiting):
            work.dismiss()
