"""Placing: sources brought onto the canvas.

Knows placements, the layers that share them, and the draft's scale. Does not know masks, filters
or styles.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..operation import Params
from ..pixels.css import parse_color
from ..pixels.geometry import Extent
from ..pixels.resample import Fit
from ..registry import Extension
from ..spec.piece import Layer, Piece, Placement
from ..spec.sides import SIDES, Background, Foreground, side_name
from .action import Find, Place
from .builder import Files, NodeBuilder


@dataclass(frozen=True)
class Sought:
    """What is to be found in a picture: by which mask with which parameters and files, and for whom."""

    extension: Extension
    params: Params
    files: Files
    where: str


class Placements:
    """Where each source of a piece lies.

    `depth`: the least bits a channel that anything on the canvas has. `layers`: by name, with the sides of
    split ones; `parents`: side → the layer that is split.
    """

    def __init__(self, piece: Piece, builder: NodeBuilder, scale: float, depth: int = 8) -> None:
        self._piece = piece
        self._builder = builder
        self.scale = scale
        self.depth = depth
        self.canvas = Extent(piece.canvas.width, piece.canvas.height).scaled(scale)
        self.layers = {layer.name: layer for layer in _flat(piece.layer)}
        self.parents = {side.name: layer for layer in self.layers.values() for side in sides_of(layer)}

    def of_layer(self, layer: Layer) -> Placement:
        """A layer's placement; `place = "other"` is the other layer's."""
        if isinstance(layer.place, str):
            return self.of_layer(self.layers[layer.place])
        return layer.place or Placement()

    def namesake(self, source: str) -> Layer | None:
        """The layer that is called as a source is, unless it shows that source."""
        layer = self.layers.get(source)
        return None if layer is None or layer.source == source else layer

    def sides(self, layer: Layer) -> tuple[Layer, ...]:
        """The two layers that a split layer becomes, bottom first."""
        return sides_of(layer)

    def of_source(self, source: str) -> dict[Placement, str]:
        """Every placement in which layers show `source`, with the first layer that does."""
        shown: dict[Placement, str] = {}
        for layer in self.layers.values():
            if layer.source == source:
                shown.setdefault(self.of_layer(layer), layer.name)
        return shown

    def is_opaque(self, layer: Layer) -> bool:
        """Whether what a layer shows, before its mask, is known to have no transparency where it lies."""
        if layer.fill is not None:
            return _covers(layer.fill)
        if layer.source is None:
            return (
                layer.copy_ == "below"
                and layer in self._piece.layer
                and _covers(self._piece.canvas.background)
            )
        placement, declared = self.of_layer(layer), self._piece.source[layer.source]
        if placement.quad is not None or placement.rotate % 360:
            return False  # its corners are its outline
        return self._builder.is_opaque(declared.file, declared.sample)

    def placed_layer(self, layer: Layer) -> str:
        """The node of a layer's source as it lies on the canvas."""
        assert layer.source is not None
        return self.placed_source(f'layer "{layer.name}" placed', layer.source, self.of_layer(layer))

    def placed_source(self, name: str, source: str, placement: Placement) -> str:
        """The node of a source in some placement."""
        declared = self._piece.source[source]
        image = self._builder.decoded(f'source "{source}"', declared.file, declared.sample)
        return self.placed(name, image, placement)

    def placed(self, name: str, image: str, placement: Placement, shaped: str = "") -> str:
        """The node that places the output of node `image`; `shaped`: a file of the canvas's own shape."""
        action = Place(_fit(placement).scaled(self.scale), self.canvas, self.depth, shaped)
        return self._builder.add(name, action, (("image", image),))

    def found(self, name: str, source: str, placement: Placement, sought: Sought) -> str:
        """The node that finds something in a source, as it lies in some placement at full size."""
        declared = self._piece.source[source]
        image = self._builder.decoded(f'source "{source}"', declared.file, declared.sample)
        full = Extent(self._piece.canvas.width, self._piece.canvas.height)
        action = Find(sought.extension, sought.params, _fit(placement).scaled(1.0), full)
        return self._builder.add(name, action, (("image", image),), sought.files, sought.where)


def _fit(placement: Placement) -> Fit:
    """How it comes onto the canvas at full size."""
    return Fit(
        fit=placement.fit,
        anchor=placement.anchor,
        offset=placement.offset,
        scale=placement.scale,
        rotate=placement.rotate,
        flip=placement.flip,
        crop=placement.crop,
        quad=placement.quad,
    )


def _covers(color: str | None) -> bool:
    """Whether nothing shows through a colour; None is none."""
    return color is not None and parse_color(color)[3] == 1


def _flat(layers: tuple[Layer, ...]) -> list[Layer]:
    return [inner for layer in layers for inner in (layer, *_flat(layer.layer or ()), *sides_of(layer))]


def sides_of(layer: Layer) -> tuple[Layer, ...]:
    """The two layers that a split layer becomes, bottom first; none if it is not split."""
    if layer.split is None:
        return ()
    sides = (layer.background or Background(), layer.foreground or Foreground())
    return tuple(
        Layer(
            name=side_name(layer.name, word),
            source=layer.source,
            place=layer.place,
            filter=side.filter,
            style=side.style,
            blend=side.blend,
            opacity=side.opacity,
            visible=side.visible,
        )
        for word, side in zip(SIDES, sides, strict=True)
    )
