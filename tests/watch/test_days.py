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
LARGE_EDITS = 110
LARGE_SETTLED = 40
ALLOWANCE = 24_000_000
LARGE_LAYER = """
[[layer]]
name = "hill {number}"
source = "hill"
place = {{ fit = "stretch" }}
opacity = 0.5
"""


def _memory() -> float:
    """What the process holds, MiB."""
    with Path("/proc/self/statm").open(encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


needs_statm = pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="this system does not say how much memory is held"
)


@needs_statm
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


@needs_statm
def test_what_is_kept_of_large_pictures_stays_within_its_allowance(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six layers of 800×600, edited high and low: surfaces from half-way up come and go."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    head, _, tail = studio.piece.read_text(encoding="utf-8").partition("[[layer]]")
    output = tail[tail.index("[output]") :]
    head = head.replace("width = 24", "width = 800").replace("height = 16", "height = 600")
    layers = [LARGE_LAYER.format(number=number) for number in range(6)]
    project, hub, seen = Project(studio.piece), Hub(), _Seen()
    hub.subscribe(seen)
    builder = Builder(
        project, Wish("cpu", patience=0.0, memory=ALLOWANCE), hub.publish, lambda _, errors: errors
    )
    builder.start()
    choice = random.Random(7)
    for edit in range(1, LARGE_EDITS + 1):
        at = choice.randrange(len(layers))
        layers[at] = LARGE_LAYER.format(number=at).replace("0.5", f"{choice.random():.4f}")
        studio.write(head + "".join(layers) + output)
        builder.want(Wanted(edit, project.plan(), (studio.piece,), time.monotonic()))
        wait_until(lambda edit=edit: seen.ended == edit)
        if edit == LARGE_SETTLED:
            before = _memory()
    assert seen.mistakes == 0
    assert _memory() - before < MOST_MIB
    builder.close()


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
