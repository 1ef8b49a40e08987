"""Warming: what computes a picture, loaded and begun before the first edit asks for it.

Knows that where composites are not kept one pixel of the stack calls all that the whole of it will call. Does
not know when to do it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from ..build.continuing import Continuing
from ..build.inputs import Inputs
from ..build.perform import layer_stack
from ..composite.flatten import flatten
from ..errors import ComposerError
from ..graph.action import Composite
from ..graph.node import Plan
from ..pixels import codec
from ..pixels.geometry import Bounds
from ..store.store import ActionEntry, Store

_log = logging.getLogger(__name__)


def warm_up(
    plan: Plan,
    entries: Mapping[str, ActionEntry],
    store: Store,
    continuing: Continuing | None,
    threads: int,
    goes_on: Callable[[], bool],
) -> None:
    """Composite the plan's picture, or one pixel of it, where it was found in the store.

    What goes wrong is nobody's concern: the picture is there. `goes_on`: whether there is time.
    """
    try:
        if continuing is None:
            _one_pixel(plan, entries, store)
        else:
            continuing.prepare(plan, entries, threads, goes_on)
    except (ComposerError, MemoryError) as error:
        _log.debug("nothing was made ready", exc_info=error)


def _one_pixel(plan: Plan, entries: Mapping[str, ActionEntry], store: Store) -> None:
    node = plan.nodes[plan.merged]
    assert isinstance(node.action, Composite)
    values = {role: codec.decode(store.open(entries[source].output)) for role, source in node.inputs}
    flatten(layer_stack(node.action.recipe, Inputs(values, {})), Bounds(0, 0, 1, 1), threads=1)
