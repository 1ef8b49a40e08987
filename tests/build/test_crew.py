"""Handing over: what a newer plan still wants goes on, and what it does not ends within a step."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from composer.build.crew import Crew
from composer.build.execute import Execution, Result
from composer.build.observe import How
from composer.errors import Cancelled, ComposerError
from composer.graph.action import Fill, Stylize
from composer.graph.manifest import Device
from composer.graph.node import Node, Plan
from composer.operation import Bench, Params, StyleSet
from composer.pixels.geometry import Extent
from composer.pixels.raster import Raster
from composer.registry import Extension, Kind, Needs
from composer.store.store import Store

CANVAS = Extent(2, 2)
PATIENCE = 20.0


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


@dataclass
class Atelier:
    """An engine that paints until it is let go, one execution after the other, and what was told."""

    store: Store
    crew: Crew
    let_go: threading.Event = field(default_factory=threading.Event)
    begun: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    def plan(self, *seeds: int, colors: tuple[float, ...] = (), names: str = "style") -> Plan:
        nodes = []
        for at, seed in enumerate(seeds):
            color = colors[at] if colors else 0.5
            nodes.append(Node(f"fill {at}", Fill((color, 0, 0, 1), CANVAS)))
            engine = Extension(Kind.STYLE, "dabs", 1, self._paint, Params, Needs())
            action = Stylize(engine, Params(), (), (), seed, CANVAS)
            nodes.append(Node(f"{names} {at}", action, (("content", f"fill {at}"),)))
        return Plan("", {node.name: node for node in nodes}, (), {}, "")

    def start(self, plan: Plan) -> "Run":
        return Run(Execution(plan, self.store, Device("cpu", 1), 2, self, crew=self.crew))

    def _paint(self, content: Raster, styles: StyleSet, _params: Params, bench: Bench) -> Raster:
        self.begun.append(styles.seed)
        try:
            while not self.let_go.is_set():
                bench.step(1, 2)
                time.sleep(0.005)
        finally:
            self.ended.append(styles.seed)
        return content

    def started(self, name: str) -> None:
        self.heard.append(f"started {name}")

    def stepped(self, name: str, _done: int, _total: int) -> None:
        self.heard.append(f"stepped {name}")

    def finished(self, name: str, how: How, _seconds: float) -> None:
        self.heard.append(f"{how.value} {name}")

    def told(self, name: str, message: str) -> None: ...

    def failed(self, name: str, error: ComposerError) -> None: ...


class Run:
    """An execution on its way in a thread of its own."""

    def __init__(self, execution: Execution) -> None:
        self.execution = execution
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.execution.run()
        except Cancelled:
            self.was_cancelled = True

    def end(self) -> Result:
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        return self.execution.result


@pytest.fixture
def atelier(tmp_path: Path):
    with Crew(4) as crew:
        atelier = Atelier(Store(tmp_path), crew)
        yield atelier
        atelier.let_go.set()


def test_a_layer_that_the_next_plan_still_wants_is_painted_on(atelier: Atelier) -> None:
    first = atelier.start(atelier.plan(1))
    wait_until(lambda: atelier.begun == [1])
    first.execution.hand_over()
    assert first.end().entries.keys() == {"fill 0"}
    second = atelier.start(atelier.plan(1, 3, names="renamed"))
    wait_until(lambda: "stepped renamed 0" in atelier.heard)
    atelier.let_go.set()
    result = second.end()
    assert atelier.begun == [1, 3]
    assert not result.errors
    assert {"renamed 0", "renamed 1"} <= set(result.rendered)


def test_a_layer_that_the_next_plan_does_not_want_ends_within_a_step(atelier: Atelier) -> None:
    first = atelier.start(atelier.plan(1))
    wait_until(lambda: atelier.begun == [1])
    first.execution.hand_over()
    first.end()
    second = atelier.start(atelier.plan(2))
    wait_until(lambda: atelier.begun == [1, 2])
    assert atelier.ended == [1], "two layers were painted at once"
    atelier.let_go.set()
    assert second.end().entries.keys() == {"fill 0", "style 0"}
    assert atelier.ended == [1, 2]


def test_a_layer_whose_content_differs_is_not_wanted_any_more(atelier: Atelier) -> None:
    first = atelier.start(atelier.plan(1, colors=(0.2,)))
    wait_until(lambda: atelier.begun == [1])
    first.execution.hand_over()
    first.end()
    second = atelier.start(atelier.plan(1, colors=(0.7,)))
    wait_until(lambda: atelier.begun == [1, 1])
    atelier.let_go.set()
    assert not second.end().errors
    assert atelier.ended == [1, 1]


def test_a_layer_goes_through_a_hundred_plans(atelier: Atelier) -> None:
    run = atelier.start(atelier.plan(1))
    wait_until(lambda: atelier.begun == [1])
    for seed in range(100):
        run.execution.hand_over()
        run.end()
        run = atelier.start(atelier.plan(1, seed + 2))
    wait_until(lambda: "stepped style 0" in atelier.heard)
    assert len(atelier.crew.works) == 1
    atelier.let_go.set()
    run.end()
    assert atelier.begun == [1, 101]


def test_what_is_stopped_leaves_nothing_running(atelier: Atelier) -> None:
    run = atelier.start(atelier.plan(1))
    wait_until(lambda: atelier.begun == [1])
    run.execution.stop()
    run.end()
    assert run.was_cancelled
    assert atelier.ended == [1]
    wait_until(lambda: not atelier.crew.works)
