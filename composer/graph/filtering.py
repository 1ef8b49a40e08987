"""Filtering: from a layer's filters to nodes.

Knows where each filter acts and what its parameters name. Does not know what a filter does.
"""

from __future__ import annotations

from ..spec.piece import Layer
from ..text.spans import Path
from .action import Apply, Fade
from .builder import Inputs, NodeBuilder
from .masking import MaskPlanner
from .placing import Placements
from .referring import ReferencePlanner
from .resolve import Resolved


class FilterPlanner:
    """Plans the filters of one piece."""

    def __init__(
        self,
        resolved: Resolved,
        builder: NodeBuilder,
        placements: Placements,
        masks: MaskPlanner,
        references: ReferencePlanner,
    ) -> None:
        self._resolved = resolved
        self._builder = builder
        self._placements = placements
        self._masks = masks
        self._references = references

    def filtered(self, layer: Layer, path: Path, node: str) -> str:
        """The node of the picture `node` after all filters of the layer at `path`."""
        for index in range(len(layer.filter)):
            node = self._filtered(layer, index, (*path, "filter", index), node)
        return node

    def _filtered(self, layer: Layer, index: int, path: Path, before: str) -> str:
        use = layer.filter[index]
        extension, params = self._resolved.uses[path]
        name = f'layer "{layer.name}" filter {index + 1} ({extension.name})'
        referred = self._references.referred(extension, params, path, layer)
        action = Apply(extension, params.scaled(self._placements.scale))
        after = self._builder.add(name, action, (("image", before), *referred.inputs), referred.files)
        if use.mask is None and use.opacity == 1:
            return after
        inputs: Inputs = (("before", before), ("after", after))
        if use.mask is not None:
            mask = self._masks.masking(use.mask, f"filter {index + 1} mask", (*path, "mask"), layer)
            inputs = (*inputs, ("mask", mask))
        return self._builder.add(f"{name} faded", Fade(use.opacity), inputs)
