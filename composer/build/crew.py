"""Crew: the threads that compute nodes, and which action key each of them is at.

Knows that work may outlive the execution that began it: when the artist edits the piece while a layer is
painted, the next execution finds that layer's work under its key and takes it over, steps and all. Does
not know schedules, nor what is computed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING

from ..graph.action import Action, Stylize
from ..pixels.raster import Raster
from .bench import Line

if TYPE_CHECKING:
    from .worker import Made


@dataclass(eq=False)
class Work:
    """One key being made. `line`: to whom it reports now; who takes the work over replaces it."""

    key: str
    action: Action
    line: Line
    future: Future[Made] = field(default_factory=Future, init=False)
    _dismissed: threading.Event = field(default_factory=threading.Event, init=False)

    @property
    def is_neural(self) -> bool:
        """Whether it takes the device."""
        return isinstance(self.action, Stylize)

    @property
    def is_dismissed(self) -> bool:
        """Whether nobody wants it any more."""
        return self._dismissed.is_set()

    def _show(self, raster: Raster) -> None:
        if self.line.show is not None:
            self.line.show(raster)

    def is_like(self, action: Action) -> bool:
        """Whether `action` does the same to equal inputs."""
        return type(action) is type(self.action) and [*action.ingredients()] == [*self.action.ingredients()]

    def dismiss(self) -> None:
        """Nobody wants it any more: it ends at its next step."""
        self._dismissed.set()

    def lasting_line(self) -> Line:
        """A line that stays good over a change of who listens."""
        return Line(
            lambda done, total: self.line.stepped(done, total),
            lambda message: self.line.tell(message),
            lambda: self.is_dismissed or self.line.cancelled(),
            None if self.line.show is None else self._show,
        )


class Crew:
    """At most `hands` threads, used by one execution after the other; leaving it waits for all of them."""

    def __init__(self, hands: int) -> None:
        self._pool = ThreadPoolExecutor(hands, "worker")
        self._works: list[Work] = []
        self._guard = threading.Lock()

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._pool.shutdown()

    @property
    def works(self) -> tuple[Work, ...]:
        """What has begun and not ended, dismissed or not."""
        with self._guard:
            return tuple(self._works)

    @property
    def is_painting(self) -> bool:
        """Whether a neural layer has the device, be it one that is about to end."""
        return any(work.is_neural for work in self.works)

    def begin(self, key: str, action: Action, line: Line, make: Callable[[Line], Made]) -> Work:
        """Have `make` called by a free hand, with the line it reports on."""
        work = Work(key, action, line)
        with self._guard:
            self._works.append(work)
        work.future = self._pool.submit(make, work.lasting_line())
        work.future.add_done_callback(lambda _: self._ended(work))
        return work

    def left_over(self, mine: Collection[Work]) -> list[Work]:
        """What an earlier execution began and none of this one's works is, but for what is dismissed."""
        return [work for work in self.works if work not in mine and not work.is_dismissed]

    def _ended(self, work: Work) -> None:
        with self._guard:
            self._works.remove(work)
