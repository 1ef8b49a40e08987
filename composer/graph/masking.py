"""Masking: from masks and mask expressions to nodes.

Knows what each mask looks at and where that lies on the canvas. Does not know how a mask is computed.
A mask looks at a picture as placed, before filters and style.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ..spec.expression import Expression, Name, Not, parse_expression
from ..spec.piece import Layer, MaskUse, Piece, Placement
from ..text.spans import Path
from .action import Adjust, Apply, Combine
from .builder import Inputs, NodeBuilder
from .mistakes import Mistakes
from .placing import Placements, Sought
from .referring import Referred
from .resolve import Resolved


class Layers(Protocol):
    """Whoever plans the layers a mask may look at, and what its parameters name."""

    def isolated(self, name: str, path: Path) -> str | None:
        """The node of a layer in isolation, named at `path`; None for a mistake."""

    def copied(self, layer: Layer) -> str:
        """The node of what a copying layer copies."""

    def referred(self, path: Path, layer: Layer) -> Referred:
        """What the parameters of the use at `path` name."""

    def tell_namesake(self, name: str, path: Path) -> None:
        """Tell the mistake of a source, named at `path`, if a layer of that name shows something else."""


@dataclass(frozen=True)
class Seen:
    """What a mask looks at; `placed`: the source and its placement, where it is no more than that."""

    inputs: Inputs = ()
    placed: tuple[str, Placement] | None = None


class MaskPlanner:
    """Plans the masks of one piece."""

    def __init__(
        self,
        piece: Piece,
        resolved: Resolved,
        builder: NodeBuilder,
        placements: Placements,
        layers: Layers,
        mistakes: Mistakes,
    ) -> None:
        self._piece = piece
        self._resolved = resolved
        self._builder = builder
        self._placements = placements
        self._layers = layers
        self._mistakes = mistakes
        self._open: list[str] = []

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
            return self.named(expression.name, layer)
        nodes: list[str] = []
        prefix = tuple(self._prefix(expression, layer, nodes))
        inputs = tuple((str(i), node) for i, node in enumerate(nodes))
        return self._builder.add(name, Combine(prefix), inputs)

    def _prefix(self, expression: Expression, layer: Layer, nodes: list[str]) -> list[str]:
        """The expression in prefix form over places in `nodes`, which grows."""
        if isinstance(expression, Name):
            node = self.named(expression.name, layer)
            if node not in nodes:
                nodes.append(node)
            return [str(nodes.index(node))]
        if isinstance(expression, Not):
            return ["!", *self._prefix(expression.operand, layer, nodes)]
        left = self._prefix(expression.left, layer, nodes)
        return [expression.operator, *left, *self._prefix(expression.right, layer, nodes)]

    def named(self, name: str, layer: Layer) -> str:
        """The node of the mask that the piece calls `name`, made for `layer`."""
        if name in self._open:
            return self._circle(name)
        self._open.append(name)
        node = self._mask(f'mask "{name}"', self._piece.mask[name], ("mask", name), layer)
        self._open.pop()
        return node

    def _circle(self, name: str) -> str:
        self._mistakes.at_key(
            ("mask", name),
            f'mask "{name}" is made from itself',
            ("one of the masks it is made from must do without it",),
        )
        return name

    def _mask(self, name: str, mask: MaskUse, path: Path, layer: Layer) -> str:
        where = f'(for layer "{layer.name}")'
        seen = self._input(name, mask, path, layer)
        node = self._made(name, seen, path, layer, where)
        adjust = _adjustment(mask, self._placements.scale)
        if adjust == Adjust():
            return node
        seen = seen if adjust.refine in _BY_PICTURE else Seen()
        if adjust.refine in _BY_PICTURE and (not seen.inputs or mask.file is not None):
            seen = self._refined_to(mask, path, layer)
        return self._builder.add(f"{name} adjusted", adjust, (("mask", node), *seen.inputs), where=where)

    def _made(self, name: str, seen: Seen, path: Path, layer: Layer, where: str) -> str:
        """The node of the mask as its source makes it; what it is found by is a node of its own."""
        extension, params = self._resolved.uses[path]
        referred = self._layers.referred(path, layer)
        inputs = seen.inputs
        if seen.placed is not None and extension.needs.finding is not None:
            sought = Sought(extension, params, referred.files, where)
            inputs = (*inputs, ("found", self._placements.found(f"{name} found", *seen.placed, sought)))
        scaled = params.scaled(self._placements.scale)
        action = Apply(extension, scaled, self._placements.canvas, self._placements.depth)
        return self._builder.add(name, action, (*inputs, *referred.inputs), referred.files, where)

    def _refined_to(self, mask: MaskUse, path: Path, layer: Layer) -> Seen:
        """The picture to whose edges a mask that looks at none is brought: the layer's own."""
        own = self._own(layer)
        if own is not None:
            return own
        self._mistakes.at_value(
            (*path, "refine"),
            f'refine = "{mask.refine}" follows the edges of a picture, but layer "{layer.name}" shows none',
            ('refine = "feather" needs none; or give the mask to a layer with a source',),
        )
        return Seen()

    def _own(self, layer: Layer) -> Seen | None:
        """The picture that a layer shows, before its filters; None for a group or a fill."""
        if layer.source is not None:
            placed = layer.source, self._placements.of_layer(layer)
            return Seen((("image", self._placements.placed_layer(layer)),), placed)
        return Seen((("image", self._layers.copied(layer)),)) if layer.copy_ is not None else None

    def _input(self, name: str, mask: MaskUse, path: Path, layer: Layer) -> Seen:
        if mask.file is not None:
            image = self._builder.decoded(f"{name} file", mask.file, None)
            placement = self._own_placement(mask)
            shaped = mask.file if placement is None else ""
            placement = placement or Placement(fit="stretch")
            placed = self._placements.placed(f"{name} placed", image, placement, shaped)
            return Seen((("image", placed), ("whole", image)))
        looks_at = self._resolved.uses[path][0].needs.input
        if mask.of is None:
            return self._shown_by(name, mask, path, layer) if looks_at == "raster" else Seen()
        if looks_at == "layer":
            return self._isolated(mask.of, path)
        return self._looked_at(name, mask, path, layer)

    def _shown_by(self, name: str, mask: MaskUse, path: Path, layer: Layer) -> Seen:
        """The picture of the layer in which a mask stands that names none; a mistake has none."""
        placement = self._own_placement(mask)
        if placement is not None and layer.source is not None:
            return self._source(name, layer.source, placement)
        own = self._own(layer)
        if own is None:
            self._mistakes.at_value(
                (*path, "use"),
                f'this mask looks at the picture of its layer, but layer "{layer.name}" is a group or a fill',
                ('name a source or a layer: of = "…"',),
            )
        return own or Seen()

    def _isolated(self, name: str, path: Path) -> Seen:
        if name not in self._placements.layers:
            message = f'"{name}" is a source, and this mask looks at a layer'
            self._mistakes.at_value((*path, "of"), message, ("name a layer",))
            return Seen()
        node = self._layers.isolated(name, (*path, "of"))
        return Seen() if node is None else Seen((("image", node),))

    def _own_placement(self, mask: MaskUse) -> Placement | None:
        if isinstance(mask.place, str):
            return self._placements.of_layer(self._placements.layers[mask.place])
        return mask.place

    def _looked_at(self, name: str, mask: MaskUse, path: Path, layer: Layer) -> Seen:
        """The placed picture that `of` names: a source, or else the source of a layer; a mistake has none."""
        assert mask.of is not None
        source, placement = mask.of, self._own_placement(mask)
        if source not in self._piece.source:
            shown = self._placements.layers[source]
            if shown.copy_ is not None:
                return Seen((("image", self._layers.copied(shown)),))
            if shown.source is None:
                return self._pictureless(source, path)
            placement = placement or self._placements.of_layer(shown)
            source = shown.source
        elif _has_picture(self._placements.namesake(source)):
            self._layers.tell_namesake(source, (*path, "of"))
        places = self._places(source, layer) if placement is None else {placement: layer.name}
        if len(places) > 1:
            return self._ambiguous(source, path, layer, tuple(places.values()))
        placement = next(iter(places), Placement())
        return self._source(name, source, placement)

    def _source(self, name: str, source: str, placement: Placement) -> Seen:
        placed = self._placements.placed_source(f"{name} placed", source, placement)
        return Seen((("image", placed),), (source, placement))

    def _places(self, source: str, layer: Layer) -> dict[Placement, str]:
        """Where `source` lies: as `layer` shows it, or else every placement of it in the piece."""
        if layer.source == source:
            return {self._placements.of_layer(layer): layer.name}
        return self._placements.of_source(source)

    def _pictureless(self, name: str, path: Path) -> Seen:
        self._mistakes.at_value(
            (*path, "of"),
            f'layer "{name}" is a group or a fill: there is no picture a mask could look at',
            ("name a source, or a layer that shows one",),
        )
        return Seen()

    def _ambiguous(self, source: str, path: Path, layer: Layer, layers: tuple[str, ...]) -> Seen:
        places = " and ".join(f'"{name}"' for name in layers[:2])
        self._mistakes.at_value(
            (*path, "of"),
            f'layer "{layer.name}" uses this mask, but "{source}" lies differently in {places}',
            (f'name the layer whose placement is meant: of = "{layers[0]}"',),
        )
        return Seen()


def _has_picture(layer: Layer | None) -> bool:
    """Whether a mask could look at the layer."""
    return layer is not None and (layer.source is not None or layer.copy_ is not None)


_BY_PICTURE = ("guided", "matting")
"""How an edge is refined that looks at a picture."""


def _adjustment(mask: MaskUse, scale: float) -> Adjust:
    black, gamma, white = 0.0, 1.0, 1.0
    if mask.levels is not None:
        black, white = mask.levels[0], mask.levels[-1]
        gamma = mask.levels[1] if len(mask.levels) == 3 else 1.0
    return Adjust(
        feather=mask.feather * scale,
        grow=(mask.grow - mask.shrink) * scale,
        invert=mask.invert,
        levels=(black, gamma, white),
        keep_largest=mask.keep_largest,
        fill_holes=mask.fill_holes,
        refine=mask.refine,
        refine_width=0.0 if mask.refine == "none" else mask.refine_width * scale,
    )
