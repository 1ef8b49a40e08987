"""Masking: from masks and mask expressions to nodes.

Knows what each mask looks at and where that lies on the canvas. Does not know how a mask is computed.
A mask looks at a picture as placed, before filters and style.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from .. import registry
from ..registry import Kind
from ..spec.expression import Expression, Name, Not, names_in, parse_expression
from ..spec.piece import FilterUse, Layer, MaskUse, Piece, Placement
from ..text.spans import Path
from .action import Adjust, Apply, Combine
from .builder import Inputs, NodeBuilder
from .mistakes import Mistakes
from .placing import Placements
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
        extension, params = self._resolved.uses[path]
        where = f'(for layer "{layer.name}")'
        inputs = self._input(name, mask, path, layer)
        referred = self._layers.referred(path, layer)
        scaled = params.scaled(self._placements.scale)
        action = Apply(extension, scaled, self._placements.canvas, self._placements.depth)
        node = self._builder.add(name, action, (*inputs, *referred.inputs), referred.files, where)
        adjust = _adjustment(mask, self._placements.scale)
        if adjust == Adjust():
            return node
        seen = inputs if adjust.refine in _BY_PICTURE else ()
        if adjust.refine in _BY_PICTURE and (not seen or mask.file is not None):
            seen = self._refined_to(mask, path, layer)
        return self._builder.add(f"{name} adjusted", adjust, (("mask", node), *seen), where=where)

    def _refined_to(self, mask: MaskUse, path: Path, layer: Layer) -> Inputs:
        """The picture to whose edges a mask that looks at none is brought: the layer's own."""
        if layer.source is not None:
            return (("image", self._placements.placed_layer(layer)),)
        if layer.copy_ is not None:
            return (("image", self._layers.copied(layer)),)
        self._mistakes.at_value(
            (*path, "refine"),
            f'refine = "{mask.refine}" follows the edges of a picture, but layer "{layer.name}" shows none',
            ('refine = "feather" needs none; or give the mask to a layer with a source',),
        )
        return ()

    def _input(self, name: str, mask: MaskUse, path: Path, layer: Layer) -> Inputs:
        if mask.file is not None:
            image = self._builder.decoded(f"{name} file", mask.file, None)
            placement = self._own_placement(mask)
            shaped = mask.file if placement is None else ""
            placement = placement or Placement(fit="stretch")
            placed = self._placements.placed(f"{name} placed", image, placement, shaped)
            return (("image", placed), ("whole", image))
        if mask.of is None:
            return ()
        if self._resolved.uses[path][0].needs.input == "layer":
            return self._isolated(mask.of, path)
        return self._looked_at(name, mask, path, layer)

    def _isolated(self, name: str, path: Path) -> Inputs:
        if name not in self._placements.layers:
            message = f'"{name}" is a source, and this mask looks at a layer'
            self._mistakes.at_value((*path, "of"), message, ("name a layer",))
            return ()
        node = self._layers.isolated(name, (*path, "of"))
        return () if node is None else (("image", node),)

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
            if shown.copy_ is not None:
                return (("image", self._layers.copied(shown)),)
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
        return (("image", self._placements.placed_source(f"{name} placed", source, placement)),)

    def _places(self, source: str, layer: Layer) -> dict[Placement, str]:
        """Where `source` lies: as `layer` shows it, or else every placement of it in the piece."""
        if layer.source == source:
            return {self._placements.of_layer(layer): layer.name}
        return self._placements.of_source(source)

    def _pictureless(self, name: str, path: Path) -> Inputs:
        self._mistakes.at_value(
            (*path, "of"),
            f'layer "{name}" is a group or a fill: there is no picture a mask could look at',
            ("name a source, or a layer that shows one",),
        )
        return ()

    def _ambiguous(self, source: str, path: Path, layer: Layer, layers: tuple[str, ...]) -> Inputs:
        places = " and ".join(f'"{name}"' for name in layers[:2])
        self._mistakes.at_value(
            (*path, "of"),
            f'layer "{layer.name}" uses this mask, but "{source}" lies differently in {places}',
            (f'name the layer whose placement is meant: of = "{layers[0]}"',),
        )
        return ()


def _has_picture(layer: Layer | None) -> bool:
    """Whether a mask could look at the layer."""
    return layer is not None and (layer.source is not None or layer.copy_ is not None)


def first_user(expression: str, layers: tuple[Layer, ...]) -> str:
    """The first layer that uses a mask of the expression; else the first that shows a source, or is there."""
    wanted = {name.name for name in names_in(parse_expression(expression))}
    users = [layer.name for layer in layers if wanted & _used_by(layer)]
    showing = [layer.name for layer in layers if layer.source is not None]
    return (users or showing or [layers[0].name])[0]


def _used_by(layer: Layer) -> set[str]:
    """The masks that a layer names for itself, its filters and its style."""
    maskings = [layer.mask, layer.split, *(use.mask for use in layer.filter)]
    maskings += [named for use in layer.filter for named in _named_by(use)]
    if layer.style is not None:
        maskings += [layer.style.protect, *layer.style.regions]
    expressions = [parse_expression(masking) for masking in maskings if isinstance(masking, str)]
    return {name.name for expression in expressions for name in names_in(expression)}


def _named_by(use: FilterUse) -> Iterator[str]:
    """The mask expressions among the parameters of a filter."""
    extension = registry.find(Kind.FILTER, use.use)
    for field, kind in extension.references.items():
        value = use.params.get(extension.params.model_fields[field].alias or field)
        if "mask" in kind and isinstance(value, str):
            yield value


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
