"""Restack: the layer stack that a picture was composited from, out of the store again, at a whole fraction.

Knows digests and layers. Does not know views, files or pages.
"""

from __future__ import annotations

from .. import registry
from ..pixels import codec
from ..pixels.geometry import Bounds, Extent
from ..pixels.raster import Mask, Raster
from ..pixels.stack import LayerGroup, LayerStack, PaintLayer, StackItem
from ..store.store import Store
from ..watch.events import LayerShown
from .bounded import Bounded
from .reducing import reduce_mask, reduce_raster, reduced_extent

_BUDGET = 192 << 20  # bytes of reduced layers; at full size they stay in the store's files, mapped
_EMPTY = Raster.blank(Bounds(0, 0, 0, 0))
_MAPPED = 64  # of these


class Restack:
    """Pixels of layers; what the store has lost raises BlobMissing. Safe to use from any thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._small: Bounded[Raster | Mask] = Bounded(_BUDGET, _size)
        self._mapped: Bounded[Raster | Mask] = Bounded(_MAPPED, lambda _: 1)

    def full(self, digest: str) -> Raster | Mask:
        """The value of that digest, mapped: whoever holds it has it even when the store evicts it."""
        return self._mapped.get(digest, lambda: codec.decode(self._store.open(digest)))

    def raster(self, digest: str, canvas: Extent, factor: int) -> Raster:
        """The raster of that digest, reduced."""
        value = self._value(digest, canvas, factor)
        if not isinstance(value, Raster):
            raise TypeError(f"{digest} is a mask")
        return value

    def mask(self, digest: str, canvas: Extent, factor: int) -> Mask:
        """The mask of that digest, reduced."""
        value = self._value(digest, canvas, factor)
        if not isinstance(value, Mask):
            raise TypeError(f"{digest} is a raster")
        return value

    def stack(self, layers: tuple[LayerShown, ...], canvas: Extent, factor: int) -> LayerStack:
        """The stack on the reduced canvas; layers that were never rendered are empty."""
        items = self._items(layers, canvas, factor)
        whole = LayerStack(reduced_extent(canvas, factor), items)
        depths = [item.raster.depth for item in whole.walk() if isinstance(item, PaintLayer)]
        return LayerStack(whole.extent, items, depth=max(depths, default=8))

    def _value(self, digest: str, canvas: Extent, factor: int) -> Raster | Mask:
        if factor == 1:
            return self.full(digest)
        return self._small.get((digest, canvas, factor), lambda: _reduced(self.full(digest), canvas, factor))

    def _items(self, layers: tuple[LayerShown, ...], canvas: Extent, factor: int) -> tuple[StackItem, ...]:
        return tuple(self._item(layer, canvas, factor) for layer in layers)

    def _item(self, layer: LayerShown, canvas: Extent, factor: int) -> StackItem:
        mask = None if layer.mask is None else self.mask(layer.mask, canvas, factor)
        blend = registry.find_blend(layer.blend)
        if layer.is_group:
            children = self._items(layer.children, canvas, factor)
            return LayerGroup(
                layer.name,
                children,
                blend,
                mask,
                layer.opacity,
                layer.visible,
                layer.clip,
                layer.pass_through,
            )
        raster = _EMPTY if layer.pixels is None else self.raster(layer.pixels, canvas, factor)
        return PaintLayer(layer.name, raster, blend, mask, layer.opacity, layer.visible, layer.clip)


def _reduced(value: Raster | Mask, canvas: Extent, factor: int) -> Raster | Mask:
    if isinstance(value, Raster):
        return reduce_raster(value, canvas, factor)
    return reduce_mask(value, factor)


def _size(value: Raster | Mask) -> int:
    return value.pixels.nbytes if isinstance(value, Raster) else value.values.nbytes
