"""The bench: checkpoints that cost little and never fail a layer, and work that is shared."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from composer.build.bench import Line, Pace, WorkerBench
from composer.digest import digest_of_parts
from composer.errors import Cancelled, StoreError
from composer.graph.manifest import Device
from composer.operation import Bench
from composer.store.store import Store

KEY = digest_of_parts([b"layer"])
CPU = Device("cpu", 2)
STYLE = {"picture": "ab" * 32, "extent": "512×341"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / ".composer")


@dataclass
class Watch:
    """A clock that the test moves, and what was said."""

    now: float = 100.0
    told: list[str] = field(default_factory=list)

    def line(self) -> Line:
        return Line(lambda _done, _total: None, self.told.append, lambda: False)

    def pace(self, seconds: float = 5.0) -> Pace:
        return Pace(seconds, clock=lambda: self.now)

    def bench(self, store: Store, device: Device = CPU, seconds: float = 5.0) -> WorkerBench:
        return WorkerBench(store, device, KEY, self.line(), self.pace(seconds))


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_it_is_a_bench(store: Store, watch: Watch) -> None:
    bench: Bench = watch.bench(store, Device("cuda:1", 8, "H100", "bf16"))
    assert (bench.device, bench.threads, bench.precision) == ("cuda:1", 8, "bf16")


def test_a_stopped_build_ends_the_next_step(store: Store, watch: Watch) -> None:
    steps: list[tuple[int, int]] = []
    line = Line(lambda done, total: steps.append((done, total)), watch.told.append, lambda: len(steps) == 2)
    bench = WorkerBench(store, CPU, KEY, line, watch.pace())
    bench.step(1, 9)
    bench.step(2, 9)
    with pytest.raises(Cancelled):
        bench.step(3, 9)
    assert steps == [(1, 9), (2, 9)]


def test_a_checkpoint_is_kept_every_five_seconds(store: Store, watch: Watch) -> None:
    bench = watch.bench(store)
    kept = []
    for second in range(17):
        watch.now = 100.0 + second
        state = b"second %d" % second
        bench.checkpoint(lambda state=state: [state])
        kept.append(bench.resumed())
    assert kept[4] is None
    assert kept[5] == kept[9] == b"second 5"
    assert kept[16] == b"second 15"


@pytest.mark.parametrize(("took", "next_one"), [(0.1, 5.0), (0.5, 10.0), (3.0, 60.0)])
def test_checkpoints_that_take_long_are_rare(
    store: Store, watch: Watch, took: float, next_one: float
) -> None:
    def slowly() -> list[bytes]:
        watch.now += took
        return [b"first"]

    bench = watch.bench(store)
    watch.now += 5
    bench.checkpoint(slowly)
    watch.now += next_one - 0.01
    bench.checkpoint(lambda: [b"too soon"])
    assert bench.resumed() == b"first"
    watch.now += 0.02
    bench.checkpoint(lambda: [b"second"])
    assert bench.resumed() == b"second"
    assert took / (took + next_one) < 0.05


def test_the_state_is_not_asked_for_before_it_is_due(store: Store, watch: Watch) -> None:
    watch.bench(store).checkpoint(lambda: pytest.fail("asked too soon"))


def test_a_disk_that_refuses_is_told_once_and_the_layer_goes_on(
    store: Store, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StoreError("cannot write .composer/checkpoints: No space left on device", "make room")

    bench = watch.bench(store, seconds=0)
    with monkeypatch.context() as full:
        full.setattr(store, "keep_checkpoint", refuse)
        for _ in range(3):
            bench.checkpoint(lambda: [b"state"])
    (told,) = watch.told
    assert told.startswith("goes on, but stopped now it would begin again")
    assert "No space left" in told
    bench.checkpoint(lambda: [b"there is room again"])
    assert bench.resumed() == b"there is room again"
    with monkeypatch.context() as full:
        full.setattr(store, "keep_checkpoint", refuse)
        for later in (watch.bench(store, seconds=0), watch.bench(store, seconds=0)):
            assert later.resumed() == b"there is room again"
            later.checkpoint(lambda: [b"more"])
    told_then = watch.told[1:]
    assert [told.partition(": ")[0] for told in told_then] == [
        "goes on, but stopped now it would go on from where it was when there was room"
    ] * 2


def _make(made: list[str], text: str = "sums") -> Callable[[], bytes]:
    def make() -> bytes:
        made.append(text)
        return text.encode()

    return make


def test_what_ten_layers_and_two_builds_want_is_made_once(store: Store, tmp_path: Path) -> None:
    made: list[str] = []
    benches = [Watch().bench(each) for each in [store] * 10 + [Store(tmp_path / ".composer")]]
    assert {bytes(bench.cached(STYLE, _make(made))) for bench in benches} == {b"sums"}
    assert made == ["sums"]


@pytest.mark.parametrize(
    ("ingredients", "device"),
    [
        (STYLE | {"extent": "1024×682"}, CPU),
        (STYLE | {"more": None}, CPU),
        (STYLE, Device("cpu", 1)),
        (STYLE, Device("cpu", 2, precision="bf16")),
        (STYLE, Device("cuda", 2, "H100")),
    ],
)
def test_other_ingredients_or_another_device_are_something_else(
    store: Store, watch: Watch, ingredients: dict[str, str | None], device: Device
) -> None:
    made: list[str] = []
    watch.bench(store).cached(STYLE, _make(made, "one"))
    assert watch.bench(store, device).cached(ingredients, _make(made, "other")) == b"other"
    assert watch.bench(store).cached(dict(reversed(STYLE.items())), _make(made, "third")) == b"one"
    assert made == ["one", "other"]


@pytest.mark.parametrize("fault", ["garbled", "evicted", "entry lost"])
def test_what_was_lost_is_made_again(store: Store, watch: Watch, fault: str) -> None:
    made: list[str] = []
    bench = watch.bench(store)
    bench.cached(STYLE, _make(made))
    (blob,) = (store.path_of("ab" * 32).parents[1]).glob("*/*")
    if fault == "garbled":
        blob.chmod(0o644)
        blob.write_bytes(b"sumz")
    elif fault == "evicted":
        blob.unlink()
    else:
        (entry,) = (blob.parents[2] / "actions").glob("*/*")
        entry.write_bytes(entry.read_bytes()[:-1])
    assert bench.cached(STYLE, _make(made)) == b"sums"
    assert bench.cached(STYLE, _make(made)) == b"sums"
    assert made == ["sums", "sums"]


def test_those_who_want_it_meanwhile_wait_for_the_one_who_makes_it(store: Store) -> None:
    made: list[str] = []

    def slowly() -> bytes:
        time.sleep(0.1)
        return _make(made)()

    got: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: got.append(bytes(Watch().bench(store).cached(STYLE, slowly))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [b"sums"] * 4
    assert made == ["sums"]


def test_a_clean_up_may_take_it(store: Store, watch: Watch) -> None:
    watch.bench(store).cached(STYLE, lambda: b"sums")
    collected = store.collect(0, [])
    assert (collected.evicted, collected.dangling) == (1, 1)


def test_a_disk_that_cannot_keep_it_does_not_fail_the_layer(
    store: Store, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StoreError("cannot write: No space left on device")

    monkeypatch.setattr(store, "put", refuse)
    assert watch.bench(store).cached(STYLE, lambda: b"sums") == b"sums"


def test_what_was_cached_on_the_way_makes_room_for_the_result(store: Store, watch: Watch) -> None:
    bench, other = watch.bench(store), watch.bench(store)
    others = other.cached({**STYLE, "extent": "9×9"}, lambda: b"of another layer")
    mine = bench.cached(STYLE, lambda: b"sums")
    watch.now += 6
    bench.checkpoint(lambda: [b"state"])
    assert bench.resumed() is not None
    bench.make_room()
    assert (bytes(mine), bytes(others)) == (b"sums", b"of another layer")
    assert store.size().blobs == 1
    assert bench.resumed() is None
    assert bench.cached(STYLE, lambda: b"made again") == b"made again"
