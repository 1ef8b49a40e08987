"""Pictures: what the store has of a version of a piece, and what is made when the artist asks for it.

Knows plans, look-ups and executions. Does not know git. The project's own store is asked, whatever revision
the version is of; what is rendered goes there too, and into no file. What builds remember of their last run
is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..build.device import choose_device
from ..build.execute import Execution
from ..build.keys import Keys
from ..build.observe import Observer
from ..build.patching import Patching
from ..errors import ComposerError, InputError
from ..graph.action import Composite, Decode
from ..graph.node import Plan
from ..graph.recipe import GroupRecipe, LayerRecipe
from ..pixels import codec
from ..pixels.geometry import Extent
from ..pixels.raster import Mask, Raster
from ..store.store import Store
from .version import Version

_JOBS = 2


@dataclass(frozen=True)
class Pictures:
    """The pictures of one version. `device`: as for a build; None is the best one here.

    Raises PieceError and MissingWeights as planning does, when something is first asked.
    """

    version: Version
    store: Store
    device: str | None = None
    _rendered: dict[str, str] = field(default_factory=dict)

    @cached_property
    def plan(self) -> Plan:
        """What makes the picture."""
        return self.version.plan()

    @cached_property
    def _found(self) -> dict[str, str]:
        """Node → the digest of its output, for all whose key follows from what the store has."""
        patched = Patching(self.store, _never).known
        keys = Keys(self.store, choose_device(self.plan, self.device), patched)
        for node in self.plan.nodes.values():
            if all(source in keys.outputs for _, source in node.inputs):
                with suppress(InputError):
                    entry = keys.look_up(node).entry
                    keys.outputs |= {} if entry is None else {node.name: entry.output}
        return keys.outputs

    def digest(self, node: str | None) -> str | None:
        """The digest of what a node makes, as far as it is known."""
        return None if node is None else self._rendered.get(node, self._found.get(node))

    def value(self, node: str | None) -> Raster | Mask | None:
        """What a node makes; None when it is not in the store."""
        digest = self.digest(node)
        if digest is None or not self.store.has(digest):
            return None
        value = codec.decode(self.store.open(digest))
        return value if isinstance(value, Raster | Mask) else None

    def layer(self, name: str) -> tuple[str, str | None] | None:
        """The nodes of the pixels and of the mask of a layer that is seen; None for a group or none."""
        merged = self.plan.nodes[self.plan.merged]
        assert isinstance(merged.action, Composite)
        nodes = dict(merged.inputs)
        for item in _flat(merged.action.recipe.items):
            if item.name == name and isinstance(item, LayerRecipe):
                return nodes[item.raster], None if item.mask is None else nodes[item.mask]
        return None

    @property
    def canvas(self) -> Extent:
        """The size of the picture, in pixels."""
        action = self.plan.nodes[self.plan.merged].action
        assert isinstance(action, Composite)
        return action.recipe.canvas

    def mask(self, name: str) -> str | None:
        """The node of a named mask, when something uses it."""
        nodes = (f'mask "{name}" adjusted', f'mask "{name}"')
        return next((node for node in nodes if node in self.plan.nodes), None)

    def decoded(self, name: str) -> str | None:
        """The digest of the pixels in a file that the piece names, as far as the store knows them."""
        path = self.version.folder / name
        for node in self.plan.nodes.values():
            if isinstance(node.action, Decode) and any(file == path for _, file in node.files):
                return self.digest(node.name)
        return None

    def missing(self, wanted: Iterable[str | None]) -> list[str]:
        """Those of the nodes that the store has not."""
        nodes = [node for node in wanted if node is not None]
        return [node for node in nodes if (d := self.digest(node)) is None or not self.store.has(d)]

    def render(self, wanted: Iterable[str | None], observer: Observer) -> list[ComposerError]:
        """Make what the store lacks of the nodes; what went wrong."""
        lacking = self.missing(wanted)
        if not lacking:
            return []
        nodes = {name: self.plan.nodes[name] for name in self.plan.needed_by(*lacking)}
        plan = replace(self.plan, nodes=nodes, outputs=(), layers={})
        device = choose_device(self.plan, self.device)
        with self.store.hold():
            result = Execution(plan, self.store, device, _JOBS, observer).run()
        self._rendered.update({name: entry.output for name, entry in result.entries.items()})
        return list(result.errors.values())


def _never(_node: str) -> None:
    """What is only looked up is patched from nothing."""


def _flat(items: Iterable[LayerRecipe | GroupRecipe]) -> Iterator[LayerRecipe | GroupRecipe]:
    for item in items:
        yield item
        if isinstance(item, GroupRecipe):
            yield from _flat(item.children)
