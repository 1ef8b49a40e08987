"""Keys: from a node and its inputs' digests to the action key, and to what the store has under it.

Knows manifests and the store. Does not know how a node is computed, nor who runs when.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..graph.action import Export
from ..graph.manifest import Device, action_key, manifest
from ..graph.node import Node
from ..graph.recipe import Ingredient
from ..store.store import ActionEntry, Store


@dataclass(frozen=True)
class LookUp:
    """What was asked of the store for one node, and what it had: `entry` None is a miss."""

    key: str
    manifest: tuple[Ingredient, ...]
    entry: ActionEntry | None


class Keys:
    """The digests known so far in one build, and look-ups that follow from them.

    A file is snapshot once a build, when first asked for: an edit during the build belongs to the next.
    `patched`: where a patched picture is found in place of a whole render that was missed; None asks nobody.
    """

    def __init__(
        self, store: Store, device: Device, patched: Callable[[LookUp], LookUp | None] | None = None
    ) -> None:
        self._store = store
        self._device = device
        self._patched = patched
        self._snapshots: dict[Path, str] = {}
        self.outputs: dict[str, str] = {}

    def look_up(self, node: Node) -> LookUp:
        """Every input of `node` must be in `outputs`. Raises InputError for a file that cannot be read."""
        listed = manifest(node, self.digests(node), self._device)
        key = action_key(listed)
        whole = LookUp(key, listed, self._store.action(key))
        if whole.entry is not None or self._patched is None:
            return whole
        return self._patched(whole) or whole

    def lost(self, node: Node) -> list[str]:
        """The known inputs of `node` that the store no longer has: they are made again before it runs."""
        known = [source for _, source in node.inputs if source in self.outputs]
        return [source for source in known if not self._store.has(self.outputs[source])]

    def is_usable(self, node: Node, entry: ActionEntry) -> bool:
        """Whether the entry is a hit: an export's file must be there, another value only for who reads it."""
        return not isinstance(node.action, Export) or self._store.has(entry.output)

    def digests(self, node: Node) -> dict[str, str]:
        """The digest of each input of `node` by role."""
        files = {role: self._snapshot(path) for role, path in node.files}
        return files | {role: self.outputs[source] for role, source in node.inputs}

    def _snapshot(self, path: Path) -> str:
        if path not in self._snapshots:
            self._snapshots[path] = self._store.snapshot(path)
        return self._snapshots[path]
