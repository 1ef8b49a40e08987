"""Execution: how much runs at once, and what a lost or a changed result sets off."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from composer.build.execute import Execution, Result
from composer.build.observe import How
from composer.errors import ComposerError
from composer.graph.action import Action, Apply, Fill, Stylize
from composer.graph.manifest import Device
from composer.graph.node import Node, Plan
from composer.operation import Params
from composer.pixels.geometry import Extent
from composer.pixels.raster import Raster
from composer.registry import Extension, Kind, Needs
from composer.store.store import Store

CANVAS = Extent(2, 2)


class Watch:
    """An observer, and extensions that note how many of them run at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside: list[Kind] = []
        self.most = 0
        self.most_neural = 0
        self.failures: dict[str, ComposerError] = {}

    def extension(self, kind: Kind, name: str) -> Extension:
        def run(image: Raster, *_rest: object) -> Raster:
            with self._lock:
                self._inside.append(kind)
                self.most = max(self.most, len(self._inside))
                self.most_neural = max(self.most_neural, self._inside.count(Kind.STYLE))
            time.sleep(0.05)
            with self._lock:
                self._inside.remove(kind)
            return image

        return Extension(kind, name, 1, run, Params, Needs())

    def filter(self, name: str) -> Action:
        return Apply(self.extension(Kind.FILTER, name), Params())

    def style(self, name: str) -> Action:
        return Stylize(self.extension(Kind.STYLE, name), Params(), (), (), 0, CANVAS)

    def started(self, name: str) -> None: ...

    def stepped(self, name: str, done: int, total: int) -> None: ...

    def told(self, name: str, message: str) -> None: ...

    def finished(self, name: str, how: How, seconds: float) -> None: ...

    def failed(self, name: str, error: ComposerError) -> None:
        self.failures[name] = error


Run = Callable[..., Result]


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def run(store: Store, watch: Watch) -> Run:
    def run(*nodes: Node, jobs: int = 2) -> Result:
        plan = Plan("", {node.name: node for node in nodes}, (), {}, "")
        return Execution(plan, store, Device("cpu", 1), jobs, watch).run()

    return run


def _fill(color: float = 0.5) -> Node:
    return Node("fill", Fill((color, 0, 0, 1), CANVAS))


def _fan(watch: Watch) -> list[Node]:
    filters = [Node(f"filter {i}", watch.filter(str(i)), (("image", "fill"),)) for i in range(4)]
    styles = [Node(f"style {i}", watch.style(str(i)), (("content", "fill"),)) for i in range(3)]
    return [_fill(), *filters, *styles]


@pytest.mark.parametrize("jobs", [1, 3])
def test_as_many_nodes_run_at_once_as_asked_and_one_neural_layer(run: Run, watch: Watch, jobs: int) -> None:
    result = run(*_fan(watch), jobs=jobs)
    assert len(result.rendered) == 8
    assert watch.most <= jobs
    assert watch.most_neural == 1


def test_a_result_that_was_lost_is_made_again_only_for_who_needs_it(
    run: Run, watch: Watch, store: Store
) -> None:
    soft = Node("soft", watch.filter("soft"), (("image", "fill"),))
    first = run(_fill(), soft)
    store.path_of(first.entries["fill"].output).unlink()
    assert run(_fill(), soft).rendered == []
    harder = Node("harder", watch.filter("harder"), (("image", "fill"),))
    assert run(_fill(), soft, harder).rendered == ["fill", "harder"]


def test_a_result_that_comes_out_as_before_stops_the_work_below(run: Run, watch: Watch) -> None:
    soft = Node("soft", watch.filter("soft"), (("image", "fill"),))
    run(_fill(0.5), soft)
    assert run(_fill(0.5001), soft).rendered == ["fill"], "a colour that rounds to the same pixels"


def test_an_operations_bug_costs_only_what_depends_on_it(run: Run, watch: Watch) -> None:
    def broken(_image: Raster, _params: Params) -> Raster:
        raise KeyError("oops")

    bad = Apply(replace(watch.extension(Kind.FILTER, "bad"), function=broken), Params())
    good = Node("good", watch.filter("good"), (("image", "fill"),))
    below = Node("below", watch.filter("below"), (("image", "bad"),))
    result = run(_fill(), Node("bad", bad, (("image", "fill"),)), below, good)
    assert set(result.rendered) == {"fill", "good"}
    assert result.cancelled == ("below",)
    assert "a mistake in Composer" in watch.failures["bad"].hint
