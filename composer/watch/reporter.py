"""Reporter: what one execution tells, as events of an epoch; and outputs put in place as they are made.

Knows which node is the picture and which are outputs. Does not know who listens.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from ..build.execute import Result
from ..build.observe import How
from ..build.outputs import Delivery, deliver
from ..build.session import Session
from ..errors import ComposerError, StoreError
from ..pixels.raster import Raster
from .events import (
    Delivered,
    Event,
    Failed,
    Finished,
    Grown,
    Picture,
    Pictured,
    Problem,
    Said,
    Started,
    Stepped,
)
from .stack import canvas_of, layers_of


@dataclass
class Reporter:
    """An observer of one execution. `since`: when the save was noticed (monotonic seconds)."""

    publish: Callable[[Event], None]
    epoch: int
    session: Session
    since: float
    result: Result = field(default_factory=Result)
    delivered: set[str] = field(default_factory=set)

    @property
    def is_draft(self) -> bool:
        """Whether the full size is still to come."""
        return self.session.scale < 1

    def started(self, name: str) -> None:
        """Pass it on."""
        self.publish(Started(self.epoch, name, self.is_draft))

    def stepped(self, name: str, done: int, total: int) -> None:
        """Pass it on."""
        self.publish(Stepped(self.epoch, name, self.is_draft, done, total))

    def grown(self, name: str, raster: Raster) -> None:
        """Pass it on."""
        self.publish(Grown(self.epoch, name, self.is_draft, raster))

    def told(self, name: str, message: str) -> None:
        """Pass it on."""
        self.publish(Said(self.epoch, name, self.is_draft, message))

    def failed(self, name: str, error: ComposerError) -> None:
        """Pass it on."""
        self.publish(Failed(self.epoch, name, self.is_draft, problem_of(error, name)))

    def finished(self, name: str, how: How, seconds: float) -> None:
        """Pass it on, with the picture and the outputs that it completes."""
        self.publish(Finished(self.epoch, name, self.is_draft, how, seconds))
        if name == self.session.plan.merged:
            self._pictured(self.result.entries[name].output)
        for output in self.session.plan.outputs:
            if output.node == name:
                with suppress(StoreError):  # the session tries once more, and then it is told
                    self.tell(self._deliver(name))

    def tell(self, delivery: Delivery) -> None:
        """Say that an output is in its place, once."""
        if str(delivery.path) not in self.delivered:
            self.delivered.add(str(delivery.path))
            told = (delivery.path, delivery.written, delivery.kept, delivery.is_edited)
            self.publish(Delivered(self.epoch, *told))

    def _deliver(self, name: str) -> Delivery:
        project = self.session.project
        path = next(output.path for output in self.session.plan.outputs if output.node == name)
        return deliver(project.store, project.folder, path, self.result.entries[name].output)

    def _pictured(self, digest: str) -> None:
        plan, scale = self.session.plan, self.session.scale
        path = self.session.project.store.path_of(digest)
        layers = layers_of(plan, self.result.entries)
        seconds = time.monotonic() - self.since
        self.publish(Pictured(Picture(self.epoch, digest, path, canvas_of(plan), layers, scale, seconds)))


def problem_of(error: ComposerError, node: str | None = None) -> Problem:
    """The error as a value."""
    return Problem(error.message, error.hint, error.diagnostics, node)
