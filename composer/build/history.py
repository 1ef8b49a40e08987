"""History: what the last build of a piece ran on, what it ended with, and how long its nodes may take.

Knows one remembered document a piece and one a store. Does not know keys, nor how times are known (`rates`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..digest import Json
from ..graph.node import Node
from ..graph.recipe import Ingredient
from ..store.store import Store
from .rates import Rates

_PINS = "pins"


class History:
    """Manifests of one piece (at one scale) by node name. Without `rates` no node's time is known."""

    def __init__(self, store: Store, piece: str, rates: Rates | None = None) -> None:
        self._store = store
        self._rates = rates
        self._piece = piece
        self._document = f"plan {piece}"
        known = store.recall(self._document)
        self._nodes: dict[str, Any] = known if isinstance(known, dict) else {}

    def manifest(self, name: str) -> tuple[Ingredient, ...] | None:
        """The ingredients of the node's last run; None when it never ran."""
        listed = self._nodes.get(name)
        if not isinstance(listed, list):
            return None
        return tuple((field, value) for field, value in listed)

    def seconds(self, node: Node, *, is_patch: bool = False) -> float | None:
        """What the node would take on this machine; None when nothing like it ran here."""
        return None if self._rates is None else self._rates.seconds(node, is_patch=is_patch)

    def record(
        self,
        manifests: Mapping[str, tuple[Ingredient, ...]],
        seconds: Iterable[tuple[Node, float, bool]] = (),
    ) -> None:
        """Remember the build that just ended; `seconds` of what it rendered, and whether that was patched."""
        if self._rates is not None:
            self._rates.record(seconds)
        nodes: dict[str, Json] = {
            name: [[field, value] for field, value in listed] for name, listed in manifests.items()
        }
        if nodes != self._nodes:
            self._nodes = self._nodes | nodes
            self._store.remember(self._document, self._nodes)

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
