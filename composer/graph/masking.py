"""Masking: from masks and mask expressions to nodes.

Knows what each mask looks at and where that lies on the canvas. Does not know how a mask is computed.
A mask looks at a picture as placed, before filters and style.
"""

from __future__ import annotations

from ..diagnostics import Diagnostic
from ..spec.expression import Expression, Name, Not, parse_expression
from ..spec.piece import Layer, MaskUse, Piece, Placement
from ..text.document import Document
from ..text.spans import Path
from .action import Adjust, Apply, Combine
from .builder import Inputs, NodeBuilder
from .placing import Placements
from .resolve import Resolved


class MaskPlanner:
    """Plans the masks of one piece; `mistakes` gathers what is wrong with what they look at.

    With a mistake the plan goes on, to find the others, but is of no use.
    """

    def __init__(
        self,
        document: Document,
        piece: Piece,
        resolved: Resolved,
        builder: NodeBuilder,
        placements: Placements,
    ) -> None:
        self._document = document
        self._piece = piece
        self._resolved = resolved
        self._builder = builder
        self._placements = placements
        self.mistakes: list[Diagnostic] = []

    def of_layer(self, layer: Layer, path: Path) -> str | None:
        """The node of a layer's mask; None without one."""
        return None if layer.mask is None else self.masking(layer.mask, "mask", (*path, "mask"), layer)

    def masking(self, mask: str | MaskUse, role: str, path: Path, layer: Layer) -> str:
        """The node of a mask expression, or of the mask table at `path`, made for `layer`.

        `role`: what the mask is to the layer, for a node that has no other name.
        """
        name = f'layer "{layer.name}" {role}'
        if isinstance(mask, MaskUse):
            return self._mask(name, mask, path, layer)
        expression = parse_expression(mask)
        if isinstance(expression, Name):
            return self._named(expression.name, layer)
        nodes: list[str] = []
        prefix = tuple(self._prefix(expression, layer, nodes))
        inputs = tuple((str(i), node) for i, node in enumerate(nodes))
        return self._builder.add(name, Combine(prefix), inputs)

    def _prefix(self, expression: Expression, layer: Layer, nodes: list[str]) -> list[str]:
        """The expression in prefix form over places in `nodes`, which grows."""
        if isinstance(expression, Name):
            node = self._named(expression.name, layer)
            if node not in nodes:
                nodes.append(node)
            return [str(nodes.index(node))]
        if isinstance(expression, Not):
            return ["!", *self._prefix(expression.operand, layer, nodes)]
        left = self._prefix(expression.left, layer, nodes)
        return [expression.operator, *left, *self._prefix(expression.right, layer, nodes)]

    def _named(self, name: str, layer: Layer) -> str:
        return self._mask(f'mask "{name}"', self._piece.mask[name], ("mask", name), layer)

    def _mask(self, name: str, mask: MaskUse, path: Path, layer: Layer) -> str:
        extension, params = self._resolved.uses[path]
        where = f'(for layer "{layer.name}")'
        inputs = self._input(name, mask, path, layer)
        action = Apply(extension, params.scaled(self._placements.scale), self._placements.canvas)
        node = self._builder.add(name, action, inputs, where=where)
        adjust = _adjustment(mask, self._placements.scale)
        if adjust is None:
            return node
        return self._builder.add(f"{name} adjusted", adjust, (("mask", node),), where=where)

    def _input(self, name: str, mask: MaskUse, path: Path, layer: Layer) -> Inputs:
        if mask.file is not None:
            image = self._builder.decoded(f"{name} file", mask.file, None)
            placement = self._own_placement(mask) or Placement(fit="stretch")
            return (("image", self._placements.placed(f"{name} placed", image, placement)),)
        if mask.of is None:
            return ()
        return self._looked_at(name, mask, path, layer)

    def _own_placement(self, mask: MaskUse) -> Placement | None:
        if isinstance(mask.place, str):
            return self._placements.of_layer(self._placements.layers[mask.place])
        return mask.place

    def _looked_at(self, name: str, mask: MaskUse, path: Path, layer: Layer) -> Inputs:
        """The placed picture that `of` names: a source, or else the source of a layer; a mistake has none."""
        assert mask.of is not None
        source, placement = mask.of, self._own_placement(mask)
        if source not in self._piece.source:
            shown = self._placements.layers[source]
            if shown.source is None:
                return self._mistaken(self._pictureless(source, path))
            placement = placement or self._placements.of_layer(shown)
            source = shown.source
        places = self._places(source, layer) if placement is None else {placement: layer.name}
        if len(places) > 1:
            return self._mistaken(self._ambiguous(source, path, layer, tuple(places.values())))
        placement = next(iter(places), Placement())
        return (("image", self._placements.placed_source(f"{name} placed", source, placement)),)

    def _places(self, source: str, layer: Layer) -> dict[Placement, str]:
        """Where `source` lies: as `layer` shows it, or else every placement of it in the piece."""
        if layer.source == source:
            return {self._placements.of_layer(layer): layer.name}
        return self._placements.of_source(source)

    def _mistaken(self, mistake: Diagnostic) -> Inputs:
        self.mistakes.append(mistake)
        return ()

    def _pictureless(self, name: str, path: Path) -> Diagnostic:
        return self._document.diagnostic(
            self._document.value_span((*path, "of")),
            f'layer "{name}" is a group or a fill: there is no picture a mask could look at',
            ("name a source, or a layer that shows one",),
        )

    def _ambiguous(self, source: str, path: Path, layer: Layer, layers: tuple[str, ...]) -> Diagnostic:
        places = " and ".join(f'"{name}"' for name in layers[:2])
        return self._document.diagnostic(
            self._document.value_span((*path, "of")),
            f'layer "{layer.name}" uses this mask, but "{source}" lies differently in {places}',
            (f'name the layer whose placement is meant: of = "{layers[0]}"',),
        )


def _adjustment(mask: MaskUse, scale: float) -> Adjust | None:
    black, gamma, white = 0.0, 1.0, 1.0
    if mask.levels is not None:
        black, white = mask.levels[0], mask.levels[-1]
        gamma = mask.levels[1] if len(mask.levels) == 3 else 1.0
    adjust = Adjust(
        mask.feather * scale, (mask.grow - mask.shrink) * scale, mask.invert, (black, gamma, white)
    )
    return None if adjust == Adjust(0.0, 0.0, invert=False, levels=(0.0, 1.0, 1.0)) else adjust
