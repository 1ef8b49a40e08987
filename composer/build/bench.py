"""Bench: what a node runs on – the build's device, its line to the artist, and what the store keeps for it.

Knows when a checkpoint is due, and that what layers share (the statistics of a style at one size) is an
entry of the store: its size is known only once the content is, so it is no node of the plan. Does not
know what any of the bytes mean.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from ..digest import Json
from ..errors import BlobMissing, Cancelled, StoreError
from ..graph.manifest import Device, action_key
from ..graph.recipe import Ingredient
from ..operation import Precision
from ..pixels.raster import Raster
from ..store.store import ActionEntry, Store

_LOOK_SECONDS = 1.0
_FROM_THERE = "go on from where it was when there was room"
Parts = Callable[[], Iterable[bytes | memoryview]]


@dataclass(frozen=True)
class Line:
    """The line between a node and who runs the build."""

    stepped: Callable[[int, int], None]
    tell: Callable[[str], None]
    cancelled: Callable[[], bool]
    show: Callable[[Raster], None] | None = None


@dataclass
class Pace:
    """When checkpoints are due: `seconds` apart, and `sparing` times what the last one took: below 5 %."""

    seconds: float = 5.0
    sparing: float = 20.0
    clock: Callable[[], float] = time.monotonic
    _since: float = field(init=False)
    _took: float = 0.0

    def __post_init__(self) -> None:
        self._since = self.clock()

    @property
    def is_due(self) -> bool:
        """Whether the next one should be written now."""
        return self.clock() - self._since >= max(self.seconds, self.sparing * self._took)

    def write(self, writing: Callable[[], None]) -> None:
        """Write one, and count from its end, also when it failed."""
        began = self.clock()
        try:
            writing()
        finally:
            self._since = self.clock()
            self._took = self._since - began


class WorkerBench:
    """The bench of one action, whose checkpoints lie under `key`: its version and inputs are in the key."""

    def __init__(self, store: Store, device: Device, key: str, line: Line, pace: Pace) -> None:
        self._store = store
        self._device = device
        self.key = key
        self._line = line
        self._pace = pace
        self._is_warned = False
        self._kept = "begin again"
        self._shown = time.monotonic()
        self._spare: list[str] = []

    @property
    def device(self) -> str:
        """`cpu`, or `cuda` with an optional index."""
        return self._device.name

    @property
    def threads(self) -> int:
        """How many CPU threads to use."""
        return self._device.threads

    @property
    def precision(self) -> Precision:
        """In what numbers a network computes its features."""
        return self._device.precision

    def step(self, done: int, total: int) -> None:
        """Pass the progress on. Raises Cancelled once the build is stopped."""
        if self._line.cancelled():
            raise Cancelled
        self._line.stepped(done, total)

    def tell(self, message: str) -> None:
        """Pass the message on."""
        self._line.tell(message)

    def resumed(self) -> memoryview | None:
        """The last checkpoint of this very action, when a run of it was interrupted."""
        kept = self._store.checkpoint(self.key)
        self._kept = self._kept if kept is None else _FROM_THERE
        return kept

    def checkpoint(self, parts: Parts) -> None:
        """Keep the state when it is due; where the disk refuses, go on without and say so once."""
        if not self._pace.is_due:
            return
        try:
            self._pace.write(lambda: self._store.keep_checkpoint(self.key, parts()))
            self._kept = _FROM_THERE
        except StoreError as error:
            if not self._is_warned:
                self.tell(f"goes on, but stopped now it would {self._kept}: {error.message}")
            self._is_warned = True

    def show(self, make: Callable[[], Raster]) -> None:
        """Let whoever looks see how far it is, at most once a second."""
        if self._line.show is not None and time.monotonic() - self._shown >= _LOOK_SECONDS:
            self._line.show(make())
            self._shown = time.monotonic()

    def cached(
        self, ingredients: Mapping[str, Json], make: Callable[[], bytes | memoryview]
    ) -> bytes | memoryview:
        """The bytes that `make` gives, or gave before for equal ingredients on an equal device.

        The others who want them wait for the one who makes them. Raises Cancelled.
        """
        listed = (("entry", "cached"), *sorted(ingredients.items()), ("device", str(self._device)))
        key = action_key(listed)
        known = self._known(key)
        if known is not None:
            return known
        with self._store.lock(key, self._line.cancelled):
            known = self._known(key)
            return self._made(key, listed, make) if known is None else known

    def _known(self, key: str) -> memoryview | None:
        entry = self._store.action(key)
        try:
            return None if entry is None else self._store.open(entry.output)
        except BlobMissing:
            return None

    def _made(
        self, key: str, listed: tuple[Ingredient, ...], make: Callable[[], bytes | memoryview]
    ) -> bytes | memoryview:
        began = time.perf_counter()
        made = make()
        seconds = round(time.perf_counter() - began, 3)
        manifest = [[field, value] for field, value in listed]
        with suppress(StoreError):  # what a full disk cannot keep is made again next time
            output = self._store.put([made])
            size = memoryview(made).nbytes
            self._spare.append(output)
            self._store.publish(key, ActionEntry(output, manifest, seconds, time.time(), size))
        return made

    def make_room(self) -> None:
        """Give up what was kept on the way to the result: the checkpoint, and what was cached now."""
        self._store.drop_checkpoint(self.key)
        while self._spare:
            self._store.drop(self._spare.pop())
