"""Splitting: from one picture and its mask to the contents of two layers.

Knows which filters clean a cut-out's edge and fill in what it hid. Does not know how they do it, nor how
the two layers stand in the stack.
"""

from __future__ import annotations

from collections.abc import Mapping

from .. import registry
from ..registry import Extension, Kind
from ..spec.piece import Layer
from ..spec.sides import Background, Foreground
from .action import Apply, CutOut
from .builder import NodeBuilder
from .placing import Placements

MARGIN = 24.0
"""How far beyond its mask the foreground has pixels, in canvas pixels: the mask can be grown by hand."""


class SplitPlanner:
    """Plans the sides of split layers, before their own filters and styles."""

    def __init__(self, builder: NodeBuilder, placements: Placements) -> None:
        self._builder = builder
        self._placements = placements

    def infilled(self, layer: Layer, whole: str, mask: str) -> str:
        """The node of the background's picture; `whole` and `mask`: the nodes that are split."""
        side = layer.background or Background()
        extension = registry.find(Kind.FILTER, "infill")
        given = {"method": side.infill_method} | ({} if side.infill is None else {"width": side.infill})
        return self._applied(f'layer "{layer.name}" infill', extension, given, whole, mask)

    def cut_out(self, layer: Layer, whole: str, mask: str) -> str:
        """The node of the figure alone: a style that is painted on it sees nothing of the background."""
        extension = registry.find(Kind.FILTER, "decontaminate")
        given = {} if (layer.foreground or Foreground()).decontaminate else {"strength": 0}
        node = self._applied(f'layer "{layer.name}" decontaminate', extension, given, whole, mask)
        cut = CutOut(MARGIN * self._placements.scale)
        return self._builder.add(f'layer "{layer.name}" cut out', cut, (("image", node), ("mask", mask)))

    def _applied(
        self, name: str, extension: Extension, given: Mapping[str, object], image: str, mask: str
    ) -> str:
        params = extension.params.model_validate(given).scaled(self._placements.scale)
        return self._builder.add(name, Apply(extension, params), (("image", image), ("figure", mask)))
