"""The worker: what a stopped layer leaves behind, who may go on from it, and when it is gone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from composer.build.bench import Line, Pace
from composer.build.keys import LookUp
from composer.build.observe import How
from composer.build.worker import Made, Worker
from composer.errors import Cancelled, OperationError, StoreError
from composer.graph.action import Stylize
from composer.graph.manifest import Device, action_key, manifest
from composer.graph.node import Node
from composer.operation import Bench, Params, StyleSet
from composer.pixels import codec
from composer.pixels.geometry import Bounds, Extent
from composer.pixels.raster import Raster
from composer.registry import Extension, Kind, Needs
from composer.store.store import Store

CPU = Device("cpu", 1)
STEPS = 5


@dataclass
class Painter:
    """An engine of five steps that keeps its step as its state and fails after `fails_after` of them."""

    store: Store
    version: int = 1
    fails_after: int = 99
    error: Callable[[], Exception] = Cancelled
    steps: list[int] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def run(self, content: Raster, _styles: StyleSet, _params: Params, bench: Bench) -> Raster:
        kept = bench.resumed()
        for step in range(0 if kept is None else int(bytes(kept)), STEPS):
            if step == self.fails_after:
                raise self.error()
            self.steps.append(step)
            bench.checkpoint(lambda step=step: [str(step + 1).encode()])
        return content

    @property
    def node(self) -> Node:
        engine = Extension(Kind.STYLE, "slow", self.version, self.run, Params, Needs(device=True))
        action = Stylize(engine, Params(), (), (), 1, Extent(4, 4))
        return Node("style", action, (("content", "photo"),))

    def __post_init__(self) -> None:
        self._digests = {"content": self.store.put(codec.encode(Raster.blank(Bounds.of(Extent(4, 4)))))}
        listed = manifest(self.node, self._digests, CPU)
        self.missed = LookUp(action_key(listed), listed, None)

    def make(self) -> Made:
        worker = Worker(self.store, CPU, pace=partial(Pace, 0, 0))
        line = Line(lambda _done, _total: None, self.messages.append, lambda: False)
        return worker.make(self.node, self.missed, self._digests, line)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / ".composer")


@pytest.mark.parametrize("error", [Cancelled, MemoryError, lambda: OperationError("not finite")])
def test_a_stopped_layer_goes_on_where_it_was(store: Store, error: Callable[[], Exception]) -> None:
    stopped = Painter(store, fails_after=3, error=error)
    with pytest.raises(type(error())):
        stopped.make()
    again = Painter(store)
    assert again.make().how is How.RENDERED
    assert stopped.steps == [0, 1, 2]
    assert again.steps == [3, 4]


def test_nothing_is_left_of_its_state_once_it_is_done(store: Store) -> None:
    painter = Painter(store)
    painter.make()
    assert store.size().unfinished == 0
    assert store.checkpoint(painter.missed.key) is None


def test_another_version_of_the_engine_begins_anew(store: Store) -> None:
    with pytest.raises(Cancelled):
        Painter(store, fails_after=3).make()
    newer = Painter(store, version=2)
    newer.make()
    assert newer.steps == [0, 1, 2, 3, 4]


def test_a_garbled_state_is_no_state(store: Store, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        Painter(store, fails_after=3).make()
    (kept,) = (tmp_path / ".composer/checkpoints").glob("*/*")
    kept.write_bytes(b"4" + kept.read_bytes()[1:])
    again = Painter(store)
    again.make()
    assert again.steps == [0, 1, 2, 3, 4]


def test_the_state_makes_room_for_the_result(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk so full that the result fits only in place of the state."""
    painter, put = Painter(store), store.put

    def put_if_there_is_room(parts: tuple[bytes, memoryview]) -> str:
        if store.checkpoint(painter.missed.key) is not None:
            raise StoreError("cannot write: No space left on device")
        return put(parts)

    monkeypatch.setattr(store, "put", put_if_there_is_room)
    assert painter.make().entry.output == store.put(codec.encode(Raster.blank(Bounds.of(Extent(4, 4)))))


def test_a_disk_too_full_for_the_result_too_fails_the_layer(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    painter = Painter(store)

    def refuse(*_: object) -> None:
        raise StoreError("cannot write: No space left on device")

    monkeypatch.setattr(store, "put", refuse)
    with pytest.raises(StoreError, match="No space left"):
        painter.make()
