"""Worker: computes one node and publishes the result.

Knows how values leave and enter the store, that only one build renders a key, and that a style layer may
be patched. Does not know which node comes next. What computes is imported by the first miss, so that a
build which finds all in the store does not wait for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..digest import Json
from ..errors import InputError, OperationError, StoreError
from ..graph.action import Action, Apply, Composite, Export, Fill, Place, Stylize
from ..graph.manifest import Device, action_key
from ..graph.node import Node
from ..graph.recipe import Ingredient
from ..operation import Parent
from ..pixels import codec
from ..pixels.resample import covered
from ..store.store import ActionEntry, Store
from .bench import Line, Pace, WorkerBench
from .inputs import Inputs, Value
from .keys import LookUp
from .memory import check_memory
from .observe import How
from .patching import Patch, Patching, percent, whole

if TYPE_CHECKING:
    from .continuing import Continuing


@dataclass(frozen=True)
class Made:
    """What became of a miss: what it was published as, how, and the share (0…1) painted if it was patched."""

    look_up: LookUp
    how: How
    painted: float | None = None

    @property
    def entry(self) -> ActionEntry:
        """The entry, which is there now."""
        assert self.look_up.entry is not None
        return self.look_up.entry


class Worker:
    """Turns misses into entries of one store, on one device.

    `patching` None renders all layers whole. `pace`: of each layer's checkpoints. `continuing` None begins
    every composite at its bottom.
    """

    def __init__(
        self,
        store: Store,
        device: Device,
        patching: Patching | None = None,
        pace: Callable[[], Pace] = Pace,
        continuing: Continuing | None = None,
    ) -> None:
        self._store = store
        self._device = device
        self._patching = patching
        self._pace = pace
        self._continuing = continuing

    def make(self, node: Node, missed: LookUp, digests: dict[str, str], line: Line) -> Made:
        """The entry of `node`: rendered now, or by whoever held its lock meanwhile.

        `digests`: of each input by role. Raises ComposerError, StoreError and Cancelled.
        """
        listed = whole(missed.manifest)
        wanted = LookUp(action_key(listed), listed, None)
        with self._store.lock(wanted.key, line.cancelled):
            found = self._found(wanted)
            if found is not None:
                return Made(found, How.JOINED)
            patch = None if self._patching is None else self._patching.patch(node, listed)
            if patch is not None:
                return self._patched(node, patch, digests, line)
            return self._published(wanted, self._run(node, wanted, digests, line))

    def _found(self, wanted: LookUp) -> LookUp | None:
        """What another build has made meanwhile."""
        entry = self._store.action(wanted.key)
        known = replace(wanted, entry=entry)
        if entry is None and self._patching is not None:
            known = self._patching.known(wanted) or wanted
        return known if known.entry is not None and self._store.has(known.entry.output) else None

    def _published(self, wanted: LookUp, entry: ActionEntry) -> Made:
        self._store.publish(wanted.key, entry)
        self._store.drop_checkpoint(wanted.key)
        return Made(replace(wanted, entry=entry), How.RENDERED)

    def _patched(self, node: Node, patch: Patch, digests: dict[str, str], line: Line) -> Made:
        assert self._patching is not None
        own = LookUp(patch.key, patch.manifest, None)
        entry = self._patch(node, own, patch, digests, line)
        self._patching.publish(patch, entry)
        self._store.drop_checkpoint(own.key)
        line.tell(f"patched {percent(patch.lineage.painted)} of the layer")
        return Made(replace(own, entry=entry), How.RENDERED, patch.lineage.painted)

    def _patch(
        self, node: Node, own: LookUp, patch: Patch, digests: dict[str, str], line: Line
    ) -> ActionEntry:
        """Made now, unless there is nothing to paint, or only what stands in for the whole was lost."""
        if patch.unchanged is not None:
            return self._entry(patch.unchanged, own.manifest, 0.0)
        entry = self._store.action(own.key)
        if entry is not None and self._store.has(entry.output):
            return entry
        return self._run(node, own, digests, line, patch.parent)

    def _run(
        self, node: Node, wanted: LookUp, digests: dict[str, str], line: Line, parent: Parent | None = None
    ) -> ActionEntry:
        started = time.perf_counter()
        bench = WorkerBench(self._store, self._device, wanted.key, line, self._pace())
        try:
            output = self._output(node, self._inputs(node, digests, parent), bench)
        except InputError:  # a copy that is gone cannot be told from a file that is damaged
            self._check_copies(node, digests)
            raise
        return self._entry(output, wanted.manifest, time.perf_counter() - started)

    def _check_copies(self, node: Node, digests: dict[str, str]) -> None:
        """Raises BlobMissing when the store lost a file that the node reads."""
        for role, _ in node.files:
            self._store.open(digests[role])

    def _entry(self, output: str, manifest: tuple[Ingredient, ...], seconds: float) -> ActionEntry:
        return ActionEntry(
            output=output,
            manifest=_written(manifest),
            seconds=round(seconds, 3),
            created=time.time(),
            size=self._store.path_of(output).stat().st_size,
        )

    def _output(self, node: Node, inputs: Inputs, bench: WorkerBench) -> str:
        self._make_room(node.action, _pixels(node.action, inputs))
        if isinstance(node.action, Export):
            return self._exported(node.action, inputs)
        return self._kept(bench, codec.encode(self._value(node, inputs, bench)))

    def _value(self, node: Node, inputs: Inputs, bench: WorkerBench) -> Value:
        from .perform import perform  # see above

        if self._continuing is None or not isinstance(node.action, Composite):
            return perform(node.action, inputs, bench)
        return self._continuing.composite(node.name, node.action, inputs, bench.threads)

    def _make_room(self, action: Action, pixels: int) -> None:
        """Raises OperationError when the action cannot fit, with nothing kept in its way."""
        if self._continuing is not None and isinstance(action, Stylize):
            self._continuing.give_way()  # engines divide their work to fit into what is free
        try:
            check_memory(action, pixels)
        except OperationError:
            if self._continuing is None or not self._continuing.forget_all():
                raise
            check_memory(action, pixels)

    def _kept(self, bench: WorkerBench, parts: tuple[bytes, memoryview]) -> str:
        """The digest of a finished value; on a full disk what was kept on the way to it makes room for it."""
        try:
            return self._store.put(parts)
        except StoreError:
            bench.make_room()
            return self._store.put(parts)

    def _inputs(self, node: Node, digests: dict[str, str], parent: Parent | None) -> Inputs:
        values = {role: codec.decode(self._store.open(digests[role])) for role, _ in node.inputs}
        files = {role: self._store.path_of(digests[role]) for role, _ in node.files}
        return Inputs(values, files, parent, digests)

    def _exported(self, action: Export, inputs: Inputs) -> str:
        from .perform import write_export  # see above

        with self._store.temporary(action.extension.suffix) as path:
            write_export(action, inputs, path)
            return self._store.put_file(path)


def _written(manifest: tuple[Ingredient, ...]) -> list[list[Json]]:
    return [[field, value] for field, value in manifest]


def _pixels(action: Action, inputs: Inputs) -> int:
    """How many pixels the action works on: the canvas's, or those of its largest input."""
    if isinstance(action, Composite | Export):
        return action.recipe.canvas.pixels
    if isinstance(action, Place):
        return covered(inputs.raster("image").extent, action.fit, action.canvas).extent.pixels
    canvas = action.canvas if isinstance(action, Fill | Apply) else None
    return inputs.largest if canvas is None else canvas.pixels
