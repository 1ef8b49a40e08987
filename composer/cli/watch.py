"""`composer watch`: build on every save, and say what happens.

Knows what the artist reads while a piece is watched. Does not know how files are watched nor how anything is
rendered.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TextIO

from ..build.outputs import told_kept
from ..build.project import Project, open_project
from ..build.survey import Finding, Verdict
from ..watch.builder import Wish
from ..watch.events import (
    Building,
    Delivered,
    Ended,
    Event,
    Failed,
    Finished,
    Mistaken,
    Noted,
    Origin,
    Picture,
    Pictured,
    Said,
    Started,
    Stepped,
    Writing,
)
from ..watch.watch import Watch
from .gc import size_in_bytes
from .progress import Progress
from .rendering import spare_the_inputs
from .stopping import leave, stopping

_MOST_REASONS = 6


def run(options: argparse.Namespace) -> int:
    """Watch the piece of the options until Ctrl-C."""
    project = open_project(options.piece)
    quota = None if options.quota is None else size_in_bytes(options.quota)
    patch = False if options.from_scratch else None
    wish = Wish(options.device, options.jobs, patch, options.draft, options.slow, quota=quota)
    watch = Watch(project, wish, partial(spare_the_inputs, project))
    teller = Teller(project, sys.stdout, every_node=options.verbose)
    watch.subscribe(teller)
    with _page(watch, options, teller), stopping(watch.stop, teller.close, sys.stdout):
        teller.line(f"watching {project.piece.name}; Ctrl-C ends")
        watch.run()
        leave(teller.close, sys.stdout)


@contextmanager
def _page(watch: Watch, options: argparse.Namespace, teller: Teller) -> Iterator[None]:
    """The live page, where one is asked for; only then is its server library imported."""
    if not options.preview and options.port is None:
        yield
        return
    from ..preview.server import PORT, Server

    server = Server(watch, options.port)
    server.start()
    if options.port is None and server.port != PORT:
        teller.line(f"port {PORT} is taken by another program; the page has port {server.port}")
    teller.line(f"the page is at {server.address}")
    try:
        yield
    finally:
        server.close()


class Teller:
    """A listener that prints."""

    def __init__(self, project: Project, out: TextIO, *, every_node: bool = False) -> None:
        self._project = project
        self._out = out
        self._every_node = every_node
        self._progress = Progress((), out, every_node=every_node)
        self._epoch = 0
        self._mistakes: dict[Origin, tuple[str, ...]] = {}
        self._begun: tuple[str, ...] = ()
        self._noted = ""
        self._has_picture = False

    def __call__(self, event: Event) -> None:
        """Print what the artist should know of the event."""
        match event:
            case Building():
                self._begin(event)
            case Started(epoch) | Stepped(epoch) | Said(epoch) | Finished(epoch) | Failed(epoch):
                if epoch == self._epoch:  # a newer build has its own progress
                    self._follow(event)
            case _:
                self._tell(event)

    def _follow(self, event: Event) -> None:
        match event:
            case Started(_, node, is_draft):
                self._progress.started(_named(node, is_draft))
            case Stepped(_, node, is_draft, done, total):
                self._progress.stepped(_named(node, is_draft), done, total)
            case Said(_, node, False, message):
                self._progress.told(node, message)
            case Finished(_, node, is_draft, how, seconds):
                self._progress.finished(_named(node, is_draft), how, seconds)
            case Failed(_, node, is_draft):
                self._progress.dropped(_named(node, is_draft))

    def _tell(self, event: Event) -> None:
        match event:
            case Pictured(picture):
                self._pictured(picture)
            case Delivered():
                self._delivered(event)
            case Ended():
                self._end(event)
            case Mistaken(origin, problems):
                self._mistaken(origin, tuple(map(str, problems)))
            case Writing(paths) if paths:
                self.line(f"{', '.join(map(self._shown, paths))}: still being written")
            case Noted(message):
                if message != self._noted or not any(self._mistakes.values()):
                    self.line(message)
                self._noted = message

    def _pictured(self, picture: Picture) -> None:
        self._has_picture = self._has_picture or not picture.is_draft
        if picture.is_draft:
            self.line(f"a draft of the picture is ready after {picture.seconds:.1f} s")

    def line(self, text: str) -> None:
        """Print a line, with the time of day."""
        self._progress.line(f"{time.strftime('%H:%M:%S')} {text}")

    def close(self) -> None:
        """Take the status line away."""
        self._progress.close()

    def _begin(self, event: Building) -> None:
        self._epoch = event.epoch
        self._progress.close()
        self._progress = Progress(event.forecast, self._out, every_node=self._every_node)
        awake = [finding for finding in event.forecast if finding.verdict is not Verdict.HIT]
        changed = ", ".join(map(self._shown, event.changed)) or f"{len(awake)} steps to render"
        told = (changed, *list(_reasons(awake))[:_MOST_REASONS])
        is_once_more = told == self._begun and any(self._mistakes.values())
        self._begun = told
        if awake and not is_once_more:
            self.line(changed)
            for reason in told[1:]:
                self._progress.line(f"           {reason}")

    def _delivered(self, event: Delivered) -> None:
        if event.kept is not None:
            shown, kept = self._shown(event.path), self._shown(event.kept)
            self.line(told_kept(shown, kept, is_edited=event.is_edited))
        if event.written:
            self.line(f"wrote {self._shown(event.path)}")

    def _end(self, event: Ended) -> None:
        self._progress.close()
        if event.rendered:
            patched = f" ({event.patched} of them patched)" if event.patched else ""
            count = f"{len(event.rendered)} rendered{patched}, {event.hits} from the store"
            self.line(f"{count}, in {event.seconds:.1f} s")

    def _mistaken(self, origin: Origin, told: tuple[str, ...]) -> None:
        before = self._mistakes.get(origin, ())
        self._mistakes[origin] = told
        for text in told if told != before else ():
            self._progress.line(text)
        if told and told != before and self._has_picture:
            self.line("the last good picture stays until this is mended")
        elif before and not any(self._mistakes.values()):
            self.line("all is well again")

    def _shown(self, path: Path) -> str:
        folder = self._project.folder
        return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def _named(node: str, is_draft: bool) -> str:
    return f"draft of {node}" if is_draft else node


def _reasons(awake: list[Finding]) -> Iterator[str]:
    """Why nodes will run, where that is known: the fields that differ, old → new; or that it ran before."""
    for finding in awake:
        for change in finding.changes:
            yield f"{finding.node.name}: {change}"
        if finding.is_lost:
            yield f"{finding.node.name}: its result is no longer in the store"
