"""Layering: from layers to the items of a stack.

Knows how a layer's source, filters, style and mask become nodes, and in which order layers that name each
other are planned: each once, when it is first asked for. The items name nodes where roles will stand
(`shown.numbered`). Does not know outputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..pixels.css import parse_color
from ..spec.piece import Layer, Piece
from ..spec.reading import Reading
from ..spec.sides import SIDES, side_name
from ..spec.sites import each_layer
from ..text.spans import Path
from .action import Composite, Fill
from .builder import NodeBuilder
from .filtering import FilterPlanner
from .masking import MaskPlanner
from .mistakes import Mistakes
from .placing import Placements
from .recipe import GroupRecipe, LayerRecipe, StackRecipe
from .referring import ReferencePlanner, Referred
from .resolve import Resolved
from .shown import Item, Items, numbered, shown
from .splitting import SplitPlanner
from .styling import StylePlanner


class LayerPlanner:
    """Plans the layers of one piece.

    `finals`: layer → node of its finished pixels, for each that was asked for. `written`: the names by which
    `finals` knows a layer: its own, those of its versions or sides, or those of the layers in the group.
    """

    def __init__(
        self,
        reading: Reading,
        piece: Piece,
        resolved: Resolved,
        builder: NodeBuilder,
        placements: Placements,
        mistakes: Mistakes,
    ) -> None:
        self._piece = piece
        self._resolved = resolved
        self._builder = builder
        self._placements = placements
        self._mistakes = mistakes
        self._references = ReferencePlanner(piece, builder, self)
        self.masks = MaskPlanner(piece, resolved, builder, placements, self, mistakes)
        self._styles = StylePlanner(piece, resolved, builder, placements, self.masks)
        self._filters = FilterPlanner(resolved, builder, placements, self.masks, self._references)
        self._splits = SplitPlanner(builder, placements)
        self._paths = dict(_paths(reading.document.table))
        self._siblings = dict(_siblings(piece.layer))
        self._items: dict[str, Item] = {}
        self._open: list[str] = []
        self.finals: dict[str, str] = {}
        self.written: dict[str, tuple[str, ...]] = {}

    def items(self) -> Items:
        """The whole stack, bottom first."""
        return self._on_background(tuple(self._item(layer) for layer in self._piece.layer))

    def isolated(self, name: str, path: Path) -> str | None:
        """The node of a layer or group alone, with its mask, over the whole canvas.

        `path`: where it is named, for the mistake of a layer that is needed for itself.
        """
        if name in self._open:
            self._circle(name, path)
            return None
        item = self._item(self._placements.layers[name])
        alone = replace(item, visible=True, opacity=1.0, clip=False, blend=self._resolved.blends["normal"])
        if isinstance(alone, GroupRecipe):
            alone = replace(alone, pass_through=False)
        return self._flattened(f'layer "{name}" alone', (alone,))

    def copied(self, layer: Layer) -> str:
        """The node of what a copying layer copies."""
        name, path = layer.copy_, (*self._path(layer), "copy")
        assert name is not None
        if name != "below":
            return self.isolated(name, path) or name
        siblings = self._siblings[layer.name]
        lower = siblings[: [each.name for each in siblings].index(layer.name)]
        if around := [each.name for each in lower if each.name in self._open]:
            self._circle(around[0], path)
            return around[0]
        below = tuple(self._item(each) for each in lower)
        if len(self._path(layer)) == 2:
            below = self._on_background(below)
        return self._flattened(f'below layer "{layer.name}"', below)

    def referred(self, path: Path, layer: Layer) -> Referred:
        """What the parameters of the use at `path`, made for `layer`, name."""
        extension, params = self._resolved.uses[path]
        return self._references.referred(extension, params, path, layer)

    def masked(self, expression: str, role: str, path: Path, layer: Layer) -> str:
        """The node of a mask expression, made for `layer`."""
        return self.masks.masking(expression, role, path, layer)

    def tell_namesake(self, name: str, path: Path) -> None:
        """The mistake of a source, named at `path`, whose name is that of a layer with another picture."""
        if self._placements.namesake(name) is not None:
            self._mistakes.two_meanings(name, path, self._paths[name])

    def own_mask(self, layer: Layer) -> str | None:
        """The node of the layer's own mask, which of the sides of a split one is the split; None without."""
        parent = self._parent(layer)
        return self.masks.of_layer(layer, self._path(layer)) if parent is None else self._split_mask(parent)

    def lacks_mask(self, layer: Layer, path: Path) -> None:
        """The mistake of a layer without a mask, told at the use at `path` that needs one."""
        use = self._resolved.uses[path][0].name
        self._mistakes.at_value(
            (*path, "use"),
            f'"{use}" works along a mask, but layer "{layer.name}" has none',
            ('give the layer mask = "…", or name a mask here',),
        )

    def lacks_outline(self, layer: Layer, path: Path) -> None:
        """The mistake of a layer without a mask and, as far as is known, without a transparent pixel."""
        if self._placements.is_opaque(layer):
            use = self._resolved.uses[path][0].name
            self._mistakes.at_value(
                (*path, "use"),
                f'"{use}" works along an outline, but layer "{layer.name}" is opaque and has no mask',
                ('give the layer mask = "…", or name a mask of its figure here',),
            )

    def _circle(self, name: str, path: Path) -> None:
        """The mistake of a layer that is needed for itself, named at `path`."""
        message = f'this leads round in a circle: layer "{name}" is needed for its own picture'
        self._mistakes.at_value(path, message, ("name a source, or another layer",))

    def _item(self, layer: Layer) -> Item:
        if layer.name not in self._items:
            self._open.append(layer.name)
            self._items[layer.name] = self._planned(layer, self._path(layer))
            self._open.remove(layer.name)
        return self._items[layer.name]

    def _planned(self, layer: Layer, path: Path) -> Item:
        parent = self._parent(layer)
        if parent is not None:
            return self._side(layer, parent, path)
        mask = self.masks.of_layer(layer, path)
        if layer.layer is not None:
            children = tuple(self._item(each) for each in layer.layer)
            within = [name for each in layer.layer for name in self.written[each.name]]
            self.written[layer.name] = tuple(within)
            return self._group(layer, children, mask)
        if layer.split is not None:
            return self._group(layer, self._sides(layer), mask)
        versions = self._finished(layer, path, self._content(layer))
        self.written[layer.name] = tuple(versions)
        return self._painted(layer, versions, mask)

    def _sides(self, layer: Layer) -> Items:
        """The two sides, background first."""
        sides = self._placements.sides(layer)
        items = tuple(self._item(side) for side in sides)
        self.written[layer.name] = tuple(name for side in sides for name in self.written[side.name])
        return items

    def _side(self, side: Layer, parent: Layer, path: Path) -> Item:
        """One side of a split; the other may name it, as long as it does not name the other."""
        whole = self._filters.filtered(parent, path[:-1], self._placements.placed_layer(parent))
        mask = self._split_mask(parent)
        is_background = path[-1] == SIDES[0]
        content = (self._splits.infilled if is_background else self._splits.cut_out)(parent, whole, mask)
        versions = self._finished(side, path, content)
        self.written[side.name] = tuple(versions)
        return self._painted(side, versions, None if is_background else mask)

    def _split_mask(self, layer: Layer) -> str:
        assert layer.split is not None
        return self.masks.masking(layer.split, "split", (*self._path(layer), "split"), layer)

    def _painted(self, layer: Layer, versions: Mapping[str, str], mask: str | None) -> Item:
        if layer.name not in versions:
            return self._group(layer, self._versions(versions), mask)
        return LayerRecipe(
            name=layer.name,
            raster=versions[layer.name],
            mask=mask,
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
                raster=node,
                mask=None,
                blend=self._resolved.blends["normal"],
                opacity=1.0,
                visible=position == 0,
                clip=False,
            )
            for position, (name, node) in enumerate(versions.items())
        )

    def _group(self, group: Layer, children: Items, mask: str | None) -> GroupRecipe:
        """A group, a split layer, or a layer with several versions."""
        passes = group.blend == "pass_through"
        return GroupRecipe(
            name=group.name,
            children=children,
            mask=mask,
            blend=self._resolved.blends["normal" if passes else group.blend],
            opacity=group.opacity,
            visible=group.visible,
            clip=group.clip,
            pass_through=passes,
        )

    def _content(self, layer: Layer) -> str:
        """The node of what a layer shows, before its filters."""
        if layer.fill is not None:
            fill = Fill(parse_color(layer.fill), self._placements.canvas, self._placements.depth)
            return self._builder.add(f'layer "{layer.name}" fill', fill)
        if layer.copy_ is not None:
            return self.copied(layer)
        return self._placements.placed_layer(layer)

    def _finished(self, layer: Layer, path: Path, content: str) -> dict[str, str]:
        """The node of a layer's finished pixels by its name, or by version if it has several."""
        node = self._filters.filtered(layer, path, content)
        versions = {layer.name: node}
        if layer.style is not None:
            versions = self._styles.painted(layer, layer.style, path, node, self._below(layer))
        self.finals |= versions
        return versions

    def _below(self, layer: Layer) -> str | None:
        """The node of the finished pixels right below a layer whose style starts from them."""
        if layer.style is None or layer.style.init != "below":
            return None
        parent = self._parent(layer)
        siblings = self._siblings[layer.name] if parent is None else self._placements.sides(parent)
        below = siblings[[each.name for each in siblings].index(layer.name) - 1]
        item = self._item(below)
        if below.split is not None and isinstance(item, GroupRecipe):
            return self._flattened(f'sides of layer "{below.name}"', item.children)
        return self.finals[self.written[below.name][0]]

    def _on_background(self, items: Items) -> Items:
        """The items over the canvas's background."""
        color = self._piece.canvas.background
        if color is None:
            return items
        fill = Fill(parse_color(color), self._placements.canvas, self._placements.depth)
        node = self._builder.add("background", fill)
        blend = self._resolved.blends["normal"]
        return (
            LayerRecipe("background", node, None, blend, opacity=1.0, visible=True, clip=False),
            *items,
        )

    def _flattened(self, name: str, items: Items) -> str:
        stack, inputs = numbered(shown(items))
        recipe = StackRecipe(self._placements.canvas, stack, "", 72.0)
        return self._builder.add(name, Composite(recipe), inputs)

    def _path(self, layer: Layer) -> Path:
        return self._paths[layer.name]

    def _parent(self, layer: Layer) -> Layer | None:
        """The layer of which this one is a side."""
        return self._placements.parents.get(layer.name)


def _siblings(layers: tuple[Layer, ...]) -> list[tuple[str, tuple[Layer, ...]]]:
    """Every layer's name with the layers it stands among."""
    inner = [pair for layer in layers for pair in _siblings(layer.layer or ())]
    return [*((layer.name, layers) for layer in layers), *inner]


def _paths(table: dict[str, Any]) -> Iterator[tuple[str, Path]]:
    """The name and path of every layer, and of the sides of split ones."""
    for path, layer in each_layer(table):
        yield layer["name"], path
        yield from ((side_name(layer["name"], side), (*path, side)) for side in SIDES)
