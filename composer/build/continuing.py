"""Continuing: the composites of a program that goes on running, each begun where the last one is still good.

Knows which values of the store a composite was made from. Does not know how one is continued
(`composite.partials`), nor when: a build that starts, renders and ends has nothing to continue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..composite.flatten import flatten
from ..composite.partials import Partials
from ..errors import BlobMissing, StoreError
from ..graph.action import Composite
from ..graph.node import Plan
from ..pixels import codec
from ..pixels.limits import free_bytes
from ..pixels.raster import Mask, Raster
from ..store.store import ActionEntry, Store
from .inputs import Inputs
from .perform import layer_stack

_BYTES = 32
"""For a pixel: a partial composite, two pictures, and what else is at work."""


class Continuing:
    """Composites of one store. `budget`: bytes of memory that what is kept of them never exceeds."""

    def __init__(self, store: Store, budget: int) -> None:
        self._store = store
        self._partials = Partials(budget)

    @property
    def bytes(self) -> int:
        """What is kept now."""
        return self._partials.bytes

    def composite(self, node: str, action: Composite, inputs: Inputs, threads: int) -> Raster:
        """As `perform`, to the last byte; read-only. Where memory is short nothing is kept."""
        stack = layer_stack(action.recipe, inputs)
        free = free_bytes()
        if free is not None and free < _BYTES * stack.extent.pixels:
            self.forget_all()
            return flatten(stack, threads=threads)
        return self._partials.flatten(node, stack, inputs.digest_of, self._earlier, threads=threads)

    def prepare(
        self, plan: Plan, entries: Mapping[str, ActionEntry], threads: int, goes_on: Callable[[], bool]
    ) -> None:
        """Make the plan's composites, which the store has, to have what the next ones are continued from.

        Ends as soon as it does not go on. Raises BlobMissing where the store has lost a layer.
        """
        for name, node in plan.nodes.items():
            if isinstance(node.action, Composite) and goes_on():
                digests = {role: entries[source].output for role, source in node.inputs}
                values = {role: codec.decode(self._store.open(digest)) for role, digest in digests.items()}
                self.composite(name, node.action, Inputs(values, {}, digests=digests), threads)

    def give_way(self) -> None:
        """Leave the memory to others where less is free than is kept here."""
        free = free_bytes()
        if free is not None and free < self.bytes:
            self.forget_all()

    def forget_all(self) -> bool:
        """Keep nothing; whether there was anything."""
        return self._partials.forget()

    def forget_others(self, plan: Plan) -> None:
        """Keep only composites that the plan has."""
        self._partials.forget(but=plan.nodes)

    def _earlier(self, digest: object) -> Raster | Mask | None:
        """The value that an earlier composite was made from; None when the store has it no more."""
        try:
            return codec.decode(self._store.open(str(digest)))
        except (BlobMissing, StoreError):
            return None
