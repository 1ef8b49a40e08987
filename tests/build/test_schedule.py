"""The life of nodes: what may follow what, and what a failure or a stop leaves."""

from collections.abc import Callable

import pytest

from composer.build.schedule import Schedule, State
from composer.graph.action import Fill
from composer.graph.node import Node, Plan
from composer.pixels.geometry import Extent

ACTION = Fill((0, 0, 0, 1), Extent(1, 1))


def _plan(**inputs: str) -> Plan:
    """A plan from `name="its inputs"`."""
    nodes = {
        name: Node(name, ACTION, tuple((source, source) for source in given.split()))
        for name, given in inputs.items()
    }
    return Plan("", nodes, (), {}, "")


@pytest.fixture
def schedule() -> Schedule:
    return Schedule(_plan(a="", b="", c="a b", d="c", e="b"))


def _render(schedule: Schedule, name: str) -> None:
    schedule.queue(name)
    schedule.run(name)
    schedule.done(name)


def test_a_node_is_ready_once_its_inputs_are_done(schedule: Schedule) -> None:
    assert schedule.ready() == ("a", "b")
    schedule.done("a")
    _render(schedule, "b")
    assert schedule.ready() == ("c", "e")


def test_a_failure_cancels_only_what_depends_on_it(schedule: Schedule) -> None:
    schedule.queue("a")
    schedule.run("a")
    schedule.fail("a")
    for name in ("b", "e"):
        _render(schedule, name)
    assert schedule.finished
    assert schedule.states == {
        "a": State.FAILED,
        "b": State.DONE,
        "c": State.CANCELLED,
        "d": State.CANCELLED,
        "e": State.DONE,
    }


def test_a_lost_result_is_made_again_before_who_needs_it(schedule: Schedule) -> None:
    schedule.done("a")
    schedule.done("b")
    schedule.revive(["a"], waiting="c")
    assert schedule.states["c"] is State.WANT
    assert schedule.ready() == ("a", "e")
    _render(schedule, "a")
    assert schedule.ready() == ("c", "e")


def test_a_stop_leaves_running_nodes_to_end(schedule: Schedule) -> None:
    schedule.queue("a")
    schedule.run("a")
    schedule.cancel()
    assert schedule.states["a"] is State.RUNNING
    assert {schedule.states[name] for name in "bcde"} == {State.CANCELLED}


@pytest.mark.parametrize(
    "step",
    [
        lambda schedule: schedule.run("a"),
        lambda schedule: schedule.queue("c"),
        lambda schedule: schedule.done("c"),
        lambda schedule: schedule.fail("d"),
    ],
)
def test_a_state_is_not_skipped(schedule: Schedule, step: Callable[[Schedule], None]) -> None:
    with pytest.raises(RuntimeError, match="cannot go from"):
        step(schedule)
