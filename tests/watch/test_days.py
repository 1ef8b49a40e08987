"""A watch that runs for days: thousands of edits leave nothing behind in memory, and the last one counts."""

import os
import random
import threading
import time
from pathlib import Path

import pytest

from composer.build.project import Project
from composer.watch.builder import Builder, Wanted, Wish
from composer.watch.events import Ended, Event, Mistaken, Pictured
from composer.watch.hub import Hub
from composer.watch.reads import read_by
from composer.watch.watcher import Watcher
from tests.watch.conftest import Studio, wait_until

EDITS = 2000
SETTLED = 400
"""After so many edits every part has been used; what memory grows by from here on is a leak."""
MOST_MIB = 12.0
LEVELS = 20


def _memory() -> float:
    """What the process holds, MiB."""
    with Path("/proc/self/statm").open(encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="this system does not say how much memory is held"
)
def test_two_thousand_edits(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below the level of file events, and without waiting for the disk: both would take minutes."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    project, hub = Project(studio.piece), Hub()
    builder = Builder(project, Wish("cpu", patience=0.0), hub.publish, lambda _, errors: errors)
    watcher = Watcher(hub.publish)
    seen = _Seen()
    hub.subscribe(seen)
    builder.start()
    choice, text = random.Random(5), studio.piece.read_text(encoding="utf-8")
    for edit in range(1, EDITS + 1):
        level = edit % LEVELS + 1
        studio.write(text.replace("opacity = 1.0", f"opacity = {level / 100}"))
        plan = project.plan()
        watcher.attend(read_by(plan, project))
        builder.want(Wanted(edit, plan, (studio.piece,), time.monotonic()))
        if edit % 20 == 0 or choice.random() < 0.2:
            wait_until(lambda edit=edit: seen.ended == edit)
        if edit == SETTLED:
            before, threads, files = _memory(), threading.active_count(), len(os.listdir("/proc/self/fd"))
    assert seen.mistakes == 0
    assert seen.pictured is not None
    assert studio.level(seen.pictured.picture) == EDITS % LEVELS + 1
    assert threading.active_count() <= threads
    assert len(os.listdir("/proc/self/fd")) <= files + 2
    assert _memory() - before < MOST_MIB
    builder.close()
    watcher.close()
    watcher.wait()


class _Seen:
    """A listener that keeps no more than it needs."""

    def __init__(self) -> None:
        self.ended = self.mistakes = 0
        self.pictured: Pictured | None = None

    def __call__(self, event: Event) -> None:
        match event:
            case Ended(epoch):
                self.ended = epoch
            case Pictured():
                self.pictured = event
            case Mistaken(_, problems):
                self.mistakes += len(problems)
