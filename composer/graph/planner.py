"""Planner: from a piece to a plan.

Knows how layers, filters, styles and outputs become nodes. Does not know digests, the store, or how
anything is computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from .. import registry
from ..diagnostics import Diagnostic
from ..errors import MissingWeights, PieceError
from ..operation import Params
from ..pixels.css import parse_color
from ..registry import Extension, Kind
from ..spec.piece import Layer, Piece
from ..spec.reading import Reading, in_order
from ..spec.sites import each_layer
from ..text.spans import Path as KeyPath
from .action import Apply, Composite, Export, Fill, GroupRecipe, LayerRecipe, StackRecipe, Stylize
from .builder import Inputs, NodeBuilder
from .files import ProjectFiles
from .masking import MaskPlanner
from .node import Output, Plan
from .placing import Placements
from .resolve import Resolved, resolve
from .shown import Items, roles, shown
from .styling import StylePlanner


def plan_piece(
    reading: Reading, files: ProjectFiles, scale: float = 1.0, outputs: Mapping[str, Path] | None = None
) -> Plan:
    """The plan of a piece; in a draft every length is times `scale` (0 < scale <= 1).

    `outputs`: format → path, in place of those the piece names. Raises PieceError with all mistakes
    of the piece; if it has none, MissingWeights with every place that needs weights which are not here;
    and UnknownExtension for a format.
    """
    resolved = resolve(reading)
    found = [*reading.diagnostics, *resolved.diagnostics, *files.check(reading)]
    if reading.piece is None or found:
        raise PieceError(in_order(found))
    if outputs is None:
        outputs = {word: files.output(path, scale) for word, path in reading.piece.output.items()}
    else:
        resolved.exports |= {word: registry.find(Kind.EXPORT, word) for word in outputs}
    plan = _Planner(reading, reading.piece, resolved, files, scale).plan(outputs)
    if lacking := _lacking(plan, resolved):
        raise MissingWeights.at(lacking)
    return plan


def _lacking(plan: Plan, resolved: Resolved) -> tuple[Diagnostic, ...]:
    """What is told of the weights that the plan needs and this machine lacks."""
    actions = [node.action for node in plan.nodes.values()]
    needed = {action.extension for action in actions if isinstance(action, Apply | Stylize)}
    return in_order(told for extension, told in resolved.lacking.items() if extension in needed)


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
        self._styles = StylePlanner(piece, resolved, self._builder, self._placements, self._masks)
        self._paths = {table["name"]: path for path, table in each_layer(reading.document.table)}
        self._finals: dict[str, str] = {}
        self._written: dict[str, tuple[str, ...]] = {}
        self._at: dict[KeyPath, str] = {}
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
        merged = self._merged(replace(recipe, items=shown(items)))
        written = tuple(Output(path, self._export(word, recipe, merged)) for word, path in outputs.items())
        return self._plan(recipe.title, written, merged)

    def _plan(self, title: str, outputs: tuple[Output, ...], merged: str) -> Plan:
        """The plan of what the outputs need, and of nothing else."""
        patch, written = self._piece.patch, self._written
        whole = Plan(title, self._builder.nodes, outputs, self._finals, merged, patch, written)
        needed = dict.fromkeys(whole.needed_by(merged, *(output.node for output in outputs)))
        layers = {layer: node for layer, node in self._finals.items() if node in needed}
        return replace(whole, nodes={name: whole.nodes[name] for name in needed}, layers=layers)

    def _merged(self, recipe: StackRecipe) -> str:
        return self._builder.add("composite", Composite(recipe), self._inputs(recipe))

    def _export(self, word: str, recipe: StackRecipe, merged: str) -> str:
        extension = self._resolved.exports[word]
        recipe = recipe if extension.needs.layers else replace(recipe, items=())
        action = Export(extension, extension.params(), recipe)
        return self._builder.add(f"export {word}", action, (("merged", merged), *self._inputs(recipe)))

    def _inputs(self, recipe: StackRecipe) -> Inputs:
        """The pixels and masks that the recipe names, by role."""
        named = {role for item in recipe.items for role in roles(item)}
        return tuple((role, node) for node, role in self._roles.items() if role in named)

    def _item(self, layer: Layer) -> LayerRecipe | GroupRecipe:
        path = self._paths[layer.name]
        mask = self._masks.of_layer(layer, path)
        mask_role = None if mask is None else self._role("mask", mask)
        if layer.layer is not None:
            children = tuple(self._item(each) for each in layer.layer)
            within = [name for each in layer.layer for name in self._written[each.name]]
            self._written[layer.name] = tuple(within)
            return self._group(layer, children, mask_role)
        versions = self._pixels(layer, path)
        self._written[layer.name] = tuple(versions)
        self._at[path] = next(iter(versions.values()))
        self._finals |= versions
        if layer.name not in versions:
            return self._group(layer, self._versions(versions), mask_role)
        return LayerRecipe(
            name=layer.name,
            raster=self._role("pixels", versions[layer.name]),
            mask=mask_role,
            blend=self._resolved.blends[layer.blend],
            opacity=layer.opacity,
            visible=layer.visible,
            clip=layer.clip,
        )

    def _versions(self, versions: Mapping[str, str]) -> Items:
        """The versions of a layer as plain layers, of which the first is shown."""
        return tuple(
            LayerRecipe(
                name=name,
                raster=self._role("pixels", node),
                mask=None,
                blend=self._resolved.blends["normal"],
                opacity=1.0,
                visible=position == 0,
                clip=False,
            )
            for position, (name, node) in enumerate(versions.items())
        )

    def _group(self, group: Layer, children: Items, mask_role: str | None) -> GroupRecipe:
        """A group, or a layer with several versions."""
        passes = group.blend == "pass_through"
        return GroupRecipe(
            name=group.name,
            children=children,
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

    def _pixels(self, layer: Layer, path: KeyPath) -> dict[str, str]:
        """The node of a layer's finished pixels by its name, or by version if it has several."""
        if layer.fill is not None:
            fill = Fill(parse_color(layer.fill), self._placements.canvas)
            return {layer.name: self._builder.add(f'layer "{layer.name}" fill', fill)}
        node = self._placements.placed_layer(layer)
        for index in range(len(layer.filter)):
            extension, params = self._use((*path, "filter", index))
            name = f'layer "{layer.name}" filter {index + 1} ({extension.name})'
            node = self._builder.add(name, Apply(extension, params), (("image", node),))
        if layer.style is None:
            return {layer.name: node}
        return self._styles.painted(layer, layer.style, path, node, self._below(path))

    def _below(self, path: KeyPath) -> str | None:
        """The node of the finished pixels of the layer right below the one at `path`."""
        index = path[-1]
        assert isinstance(index, int)
        return self._at.get((*path[:-1], index - 1))

    def _use(self, path: KeyPath) -> tuple[Extension, Params]:
        extension, params = self._resolved.uses[path]
        return extension, params.scaled(self._placements.scale)

    def _role(self, kind: str, node: str) -> str:
        """The role under which the stack's recipe names a node's output; one role a node."""
        if node not in self._roles:
            count = sum(role.startswith(kind) for role in self._roles.values())
            self._roles[node] = f"{kind} {count + 1}"
        return self._roles[node]
