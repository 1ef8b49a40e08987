"""Planner: from a piece to a plan.

Knows how layers, filters, styles and outputs become nodes. Does not know digests, the store, or how
anything is computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from .. import registry
from ..errors import PieceError
from ..operation import Params
from ..pixels.css import parse_color
from ..registry import Extension, Kind
from ..spec.piece import Layer, Piece
from ..spec.reading import Reading, in_order
from ..spec.sites import each_layer
from ..text.spans import Path as KeyPath
from .action import Apply, Composite, Export, Fill, GroupRecipe, LayerRecipe, StackRecipe, Stylize
from .builder import NodeBuilder
from .files import ProjectFiles
from .masking import MaskPlanner
from .node import Output, Plan
from .placing import Placements
from .resolve import Resolved, resolve

Items = tuple[LayerRecipe | GroupRecipe, ...]


def plan_piece(
    reading: Reading, files: ProjectFiles, scale: float = 1.0, outputs: Mapping[str, Path] | None = None
) -> Plan:
    """The plan of a piece; in a draft every length is times `scale` (0 < scale <= 1).

    `outputs`: format → path, in place of those the piece names. Raises PieceError with all mistakes
    of the piece, MissingWeights, and UnknownExtension for a format.
    """
    resolved = resolve(reading)
    found = [*reading.diagnostics, *resolved.diagnostics, *files.check(reading)]
    if reading.piece is None or found:
        raise PieceError(in_order(found))
    if outputs is None:
        outputs = {word: files.output(path, scale) for word, path in reading.piece.output.items()}
    else:
        resolved.exports |= {word: registry.find(Kind.EXPORT, word) for word in outputs}
    return _Planner(reading, reading.piece, resolved, files, scale).plan(outputs)


class _Planner:
    def __init__(
        self, reading: Reading, piece: Piece, resolved: Resolved, files: ProjectFiles, scale: float
    ) -> None:
        self._piece = piece
        self._resolved = resolved
        self._stem = files.stem
        self._builder = NodeBuilder(files)
        self._placements = Placements(piece, self._builder, scale)
        self._masks = MaskPlanner(reading.document, piece, resolved, self._builder, self._placements)
        self._paths = {table["name"]: path for path, table in each_layer(reading.document.table)}
        self._finals: dict[str, str] = {}
        self._roles: dict[str, str] = {}

    def plan(self, outputs: Mapping[str, Path]) -> Plan:
        """The whole plan, with these outputs. Raises PieceError with what masks cannot look at."""
        items = tuple(self._item(layer) for layer in self._piece.layer)
        if self._masks.mistakes:
            raise PieceError(in_order(self._masks.mistakes))
        if self._piece.canvas.background is not None:
            items = (self._background(self._piece.canvas.background), *items)
        dpi = self._piece.canvas.dpi * self._placements.scale
        recipe = StackRecipe(self._placements.canvas, items, self._piece.title or self._stem, dpi)
        merged = self._merged(replace(recipe, items=_visible(items)))
        written = tuple(Output(path, self._export(word, recipe, merged)) for word, path in outputs.items())
        return Plan(recipe.title, self._builder.nodes, written, self._finals, merged)

    def _merged(self, recipe: StackRecipe) -> str:
        shown = {role for item in recipe.items for role in _roles(item)}
        inputs = tuple((role, node) for node, role in self._roles.items() if role in shown)
        return self._builder.add("composite", Composite(recipe), inputs)

    def _export(self, word: str, recipe: StackRecipe, merged: str) -> str:
        extension = self._resolved.exports[word]
        layers = tuple((role, node) for node, role in self._roles.items())
        action = Export(extension, extension.params(), recipe)
        return self._builder.add(f"export {word}", action, (("merged", merged), *layers))

    def _item(self, layer: Layer) -> LayerRecipe | GroupRecipe:
        mask = self._masks.of_layer(layer, self._paths[layer.name])
        mask_role = None if mask is None else self._role("mask", mask)
        if layer.layer is not None:
            return self._group(layer, layer.layer, mask_role)
        self._finals[layer.name] = self._pixels(layer)
        return LayerRecipe(
            name=layer.name,
            raster=self._role("pixels", self._finals[layer.name]),
            mask=mask_role,
            blend=self._resolved.blends[layer.blend],
            opacity=layer.opacity,
            visible=layer.visible,
            clip=layer.clip,
        )

    def _group(self, group: Layer, layers: tuple[Layer, ...], mask_role: str | None) -> GroupRecipe:
        passes = group.blend == "pass_through"
        return GroupRecipe(
            name=group.name,
            children=tuple(self._item(layer) for layer in layers),
            mask=mask_role,
            blend=self._resolved.blends["normal" if passes else group.blend],
            opacity=group.opacity,
            visible=group.visible,
            clip=group.clip,
            pass_through=passes,
        )

    def _background(self, color: str) -> LayerRecipe:
        node = self._builder.add("background", Fill(parse_color(color), self._placements.canvas))
        blend = self._resolved.blends["normal"]
        role = self._role("pixels", node)
        return LayerRecipe("background", role, None, blend, opacity=1.0, visible=True, clip=False)

    def _pixels(self, layer: Layer) -> str:
        """The node of a layer's finished pixels."""
        if layer.fill is not None:
            fill = Fill(parse_color(layer.fill), self._placements.canvas)
            return self._builder.add(f'layer "{layer.name}" fill', fill)
        node = self._placements.placed_layer(layer)
        for index in range(len(layer.filter)):
            extension, params = self._use((*self._paths[layer.name], "filter", index))
            name = f'layer "{layer.name}" filter {index + 1} ({extension.name})'
            node = self._builder.add(name, Apply(extension, params), (("image", node),))
        return node if layer.style is None else self._styled(layer, node)

    def _styled(self, layer: Layer, content: str) -> str:
        style = layer.style
        assert style is not None
        extension, params = self._use((*self._paths[layer.name], "style"))
        given = style.weights or (1.0,) * len(style.from_)
        sources = [(name, self._piece.style[name]) for name in style.from_]
        action = Stylize(
            extension,
            params,
            weights=tuple(weight / sum(given) for weight in given),
            scales=tuple(source.scale for _, source in sources),
            seed=self._piece.seed if style.seed is None else style.seed,
            canvas=self._placements.canvas,
        )
        images = tuple(
            (f"style {i}", self._builder.decoded(f'style "{name}"', source.file, source.sample))
            for i, (name, source) in enumerate(sources)
        )
        name = f'layer "{layer.name}" style ({extension.name})'
        return self._builder.add(name, action, (("content", content), *images))

    def _use(self, path: KeyPath) -> tuple[Extension, Params]:
        extension, params = self._resolved.uses[path]
        return extension, params.scaled(self._placements.scale)

    def _role(self, kind: str, node: str) -> str:
        """The role under which the stack's recipe names a node's output; one role a node."""
        if node not in self._roles:
            count = sum(role.startswith(kind) for role in self._roles.values())
            self._roles[node] = f"{kind} {count + 1}"
        return self._roles[node]


def _visible(items: Items) -> Items:
    """The items that are seen: hidden ones left out, with the layers of a group or clipped to a layer."""
    seen: list[LayerRecipe | GroupRecipe] = []
    is_base_seen = True
    for item in items:
        is_base_seen = is_base_seen if item.clip else item.visible
        if item.visible and is_base_seen:
            if isinstance(item, GroupRecipe):
                item = replace(item, children=_visible(item.children))
            seen.append(item)
    return tuple(seen)


def _roles(item: LayerRecipe | GroupRecipe) -> list[str]:
    own = [item.mask] if item.mask is not None else []
    if isinstance(item, LayerRecipe):
        return [item.raster, *own]
    return own + [role for child in item.children for role in _roles(child)]
