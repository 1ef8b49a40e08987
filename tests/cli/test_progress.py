"""Progress: plain lines without a terminal, and a remaining time that does not pretend."""

import io

import pytest

from composer.build.observe import How
from composer.build.survey import Finding, Verdict
from composer.cli.progress import Progress
from composer.errors import InputError
from composer.graph.action import Fill
from composer.graph.node import Node
from composer.pixels.geometry import Extent


def _finding(name: str, seconds: float | None, verdict: Verdict = Verdict.RUN) -> Finding:
    return Finding(Node(name, Fill((0, 0, 0, 1), Extent(1, 1))), verdict, seconds=seconds)


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_known_times_add_up_and_hits_count_nothing() -> None:
    progress = Progress(
        [_finding("a", 4.0), _finding("b", 2.0), _finding("c", 9.0, Verdict.HIT)], io.StringIO()
    )
    assert progress.remaining() == (6.0, True)
    progress.finished("a", How.RENDERED, 4.0)
    assert progress.remaining() == (2.0, True)


def test_an_action_that_never_ran_makes_it_a_lower_bound() -> None:
    terminal = _Terminal()
    progress = Progress([_finding("a", 4.0), _finding("new", None)], terminal)
    assert progress.remaining() == (4.0, False)
    progress.started("new")
    assert "at least 4 s left" in terminal.getvalue()


def test_steps_count_more_than_the_past(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("composer.cli.progress.time.monotonic", lambda: now[0])
    progress = Progress([_finding("style", 500.0)], io.StringIO())
    progress.started("style")
    now[0] += 10
    progress.stepped("style", 25, 100)
    assert progress.remaining() == (30.0, True)


def test_without_a_terminal_there_are_only_lines() -> None:
    out = io.StringIO()
    progress = Progress([_finding("a", None), _finding("b", None)], out)
    progress.started("a")
    progress.finished("a", How.RENDERED, 1.25)
    progress.finished("b", How.HIT, 3.0)
    progress.failed("b", InputError("no such thing", "look elsewhere"))
    progress.close()
    assert out.getvalue() == "    1.2 s  a\n   failed  b: no such thing\n"
    assert "\r" not in out.getvalue()


def test_what_a_layer_has_to_say_stands_on_a_line_of_its_own() -> None:
    terminal = _Terminal()
    progress = Progress([_finding('layer "cup"', 3.0)], terminal)
    progress.started('layer "cup"')
    progress.told('layer "cup"', "patched 4.7 % of the layer")
    progress.close()
    assert terminal.getvalue().endswith('layer "cup": patched 4.7 % of the layer\n')


def test_a_status_line_leaves_nothing_behind() -> None:
    terminal = _Terminal()
    progress = Progress([_finding("a", 3.0)], terminal)
    progress.started("a")
    progress.close()
    shown, erased = terminal.getvalue().split("\r", 1)
    assert shown.startswith("a · 1 to go · about 3 s left")
    assert erased.strip() == ""


@pytest.mark.parametrize("columns", [30, 60, 200])
def test_the_status_line_fits_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    terminal = _Terminal()
    name = 'layer "雨 in the harbour at dusk, seen from the old lighthouse" style (moments)'
    progress = Progress([_finding(name, 80.0)], terminal)
    progress.started(name)
    line = terminal.getvalue()
    assert len(line) + line.count("雨") < columns
    assert "1 to go" in line
    assert "80 s left" in line
