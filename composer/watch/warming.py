"""Warming: what computes a picture, loaded before the first edit asks for it.

Knows that one pixel of the stack calls all that the whole of it will call. Does not know when to do it.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..build.perform import Inputs, layer_stack
from ..composite.flatten import flatten
from ..errors import BlobMissing
from ..graph.action import Composite
from ..graph.node import Plan
from ..pixels import codec
from ..pixels.geometry import Bounds
from ..store.store import ActionEntry, Store


def warm_up(plan: Plan, entries: Mapping[str, ActionEntry], store: Store) -> None:
    """Composite one pixel of the plan's picture; where the store has lost a layer nothing is done."""
    node = plan.nodes[plan.merged]
    assert isinstance(node.action, Composite)
    try:
        values = {role: codec.decode(store.open(entries[source].output)) for role, source in node.inputs}
    except BlobMissing:
        return
    flatten(layer_stack(node.action.recipe, Inputs(values, {})), Bounds(0, 0, 1, 1), threads=1)
