"""History: what the last build of a piece ran on, and how long actions take on this machine.

Knows one remembered document a piece and one a store. Does not know keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..digest import Json
from ..graph.node import Node
from ..graph.recipe import Ingredient
from ..store.store import Store

_RATES = "rates"
_PINS = "pins"
_KEPT = 5


class History:
    """Manifests and times of one piece (at one scale) by node name."""

    def __init__(self, store: Store, piece: str) -> None:
        self._store = store
        self._piece = piece
        self._document = f"plan {piece}"
        known = store.recall(self._document)
        self._nodes: dict[str, Any] = known if isinstance(known, dict) else {}
        rates = store.recall(_RATES)
        self._rates: dict[str, Any] = rates if isinstance(rates, dict) else {}

    def manifest(self, name: str) -> tuple[Ingredient, ...] | None:
        """The ingredients of the node's last run; None when it never ran."""
        listed = self._nodes.get(name)
        if not isinstance(listed, list):
            return None
        return tuple((field, value) for field, value in listed)

    def seconds(self, node: Node, *, is_patch: bool = False) -> float | None:
        """The median of the last times this kind of action took here; None when it never ran."""
        times = self._rates.get(_kind_of(node, is_patch))
        return sorted(times)[len(times) // 2] if times else None

    def record(
        self, manifests: Mapping[str, tuple[Ingredient, ...]], seconds: Iterable[tuple[Node, float, bool]]
    ) -> None:
        """Remember the build that just ended; `seconds` of what it rendered, and whether that was patched."""
        nodes: dict[str, Json] = {
            name: [[field, value] for field, value in listed] for name, listed in manifests.items()
        }
        if nodes != self._nodes:
            self._nodes = self._nodes | nodes
            self._store.remember(self._document, self._nodes)
        before = dict(self._rates)
        for node, taken, is_patch in seconds:
            kind = _kind_of(node, is_patch)
            self._rates[kind] = [*self._rates.get(kind, []), taken][-_KEPT:]
        if self._rates != before:
            self._store.remember(_RATES, self._rates)

    def pin(self, digests: Iterable[str], *, is_whole: bool) -> None:
        """Remember the outputs of the build that just ended as those a clean-up keeps.

        A build of other outputs than the piece's own (not `is_whole`) pins beside the whole one.
        """
        pinner = self._piece if is_whole else f"{self._piece} -o"
        mine: list[Json] = [*sorted(set(digests))]
        with self._store.lock(_PINS):
            known = self._store.recall(_PINS)
            pins: dict[str, Json] = known if isinstance(known, dict) else {}
            if pins.get(pinner) != mine:
                self._store.remember(_PINS, pins | {pinner: mine})


def pinned(store: Store) -> set[str]:
    """The digests that the last build of any piece ended with."""
    known = store.recall(_PINS)
    lists = known.values() if isinstance(known, dict) else ()
    return {str(digest) for listed in lists if isinstance(listed, list) for digest in listed}


def _kind_of(node: Node, is_patch: bool) -> str:
    """What decides an action's time: the operation with its sizes, not its inputs' values."""
    told = dict(node.action.ingredients())
    fields = ("operation", "canvas", "canvas long side", "quality")
    kind = " ".join(str(told[field]) for field in fields if field in told)
    return f"{kind} patched" if is_patch else kind
