"""ORA tree: a layer stack as OpenRaster's elements, and the pictures they refer to.

Knows OpenRaster's stack.xml (top first) and how to say with it what it has no word for. Does not
know zip files or PNG.

- **A mask** is a layer on top of an isolated stack that holds what it masks, composited *dst-in*:
  its alpha is the mask. Krita opens it so and it can be painted on.
- **Clipped layers** share an isolated stack with their base, which has the base's blend mode and
  opacity. They are composited *src-atop* when all of them blend normally. With other blend modes the
  base is stored opaque and its alpha becomes the mask of that stack, which gives the same picture.
  A group as a base stays as it is and gets an opaque layer with its colours behind it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

import numpy as np

from ..composite.flatten import flatten
from ..pixels.geometry import Bounds
from ..pixels.raster import Array, Mask, Raster
from ..pixels.stack import BlendMode, LayerStack, PaintLayer, StackItem
from ._lowering import clip_runs
from ._placement import at_depth, box_of, cut, shown_box

_OVER, _ATOP, _IN = "svg:src-over", "svg:src-atop", "svg:dst-in"


@dataclass(frozen=True, eq=False, slots=True)
class OraTree:
    """Builds the elements of one stack; `pictures` holds, by path in the file, how to make each (H, W, 4)."""

    stack: LayerStack
    pictures: dict[str, Callable[[], Array]] = field(default_factory=dict)

    def root(self) -> Element:
        """The whole stack.xml."""
        extent, dpi = self.stack.extent, str(max(1, round(self.stack.dpi)))
        size = {"w": str(extent.width), "h": str(extent.height)}
        image = Element("image", {"version": "0.0.5", **size, "xres": dpi, "yres": dpi})
        content = Element("stack")
        content.extend(self._siblings(self.stack.layers))
        image.append(content)
        return image

    def _siblings(self, items: tuple[StackItem, ...]) -> list[Element]:
        """Elements of the items, top first."""
        runs = [self._clipping(*run) if run[1] else self._item(run[0]) for run in clip_runs(items)]
        return runs[::-1]

    def _item(self, item: StackItem, operation: str = "") -> Element:
        """One layer or group, in a stack of its own when it has a mask."""
        operation = operation or item.blend.ora
        if isinstance(item, PaintLayer) and item.mask is None:
            return self._layer(item, operation)
        element = _stack_element(item, operation)
        if item.mask is not None:
            element.append(self._mask(item.name, item.mask))
        if isinstance(item, PaintLayer):
            element.append(self._layer(_bare(item), _OVER))
        else:
            element.extend(self._siblings(item.children))
        return element

    def _clipping(self, base: StackItem, clipped: tuple[StackItem, ...]) -> Element:
        """A base and what is clipped to it."""
        element = _stack_element(base, base.blend.ora, isolated=True)
        plain = replace(base, opacity=1.0, visible=True)
        if all(_is_normal(item.blend) for item in clipped):
            element.extend(self._item(item, _ATOP) for item in clipped[::-1])
            element.append(self._item(plain, _OVER))
            return element
        shown = flatten(replace(self.stack, layers=(plain,)), kernel="numpy")
        element.append(self._mask(base.name, Mask(shown.pixels[..., 3])))
        element.extend(self._item(item) for item in clipped[::-1])
        if isinstance(plain, PaintLayer):
            element.append(self._layer(_bare(plain), _OVER, opaque=True))
        else:
            element.append(self._item(plain, _OVER))
            backing = PaintLayer(f"{base.name} backing", shown, base.blend)
            element.append(self._layer(backing, _OVER, opaque=True))
        return element

    def _layer(self, layer: PaintLayer, operation: str, opaque: bool = False) -> Element:
        def pixels() -> Array:
            content = at_depth(cut(layer.raster, box), self.stack.depth)
            return _filled(content) if opaque else content

        box = shown_box(layer.raster)
        element = Element("layer", _attributes(layer, operation))
        return self._placed(element, box, pixels)

    def _mask(self, name: str, mask: Mask) -> Element:
        def pixels() -> Array:
            alpha = at_depth(mask.values[box.slices], self.stack.depth)
            white = np.full((*alpha.shape, 4), np.iinfo(alpha.dtype).max, alpha.dtype)
            white[..., 3] = alpha
            return white

        box = box_of(mask.values != 0)
        attributes = {"name": f"{name} mask", "opacity": "1", "visibility": "visible", "composite-op": _IN}
        return self._placed(Element("layer", attributes), box, pixels)

    def _placed(self, element: Element, box: Bounds, pixels: Callable[[], Array]) -> Element:
        """The element with its place and its picture; where nothing shows, one transparent pixel."""
        path = f"data/layer{len(self.pictures):03}.png"
        blank = Raster.blank(Bounds(0, 0, 1, 1), self.stack.depth)
        self.pictures[path] = (lambda: blank.pixels) if box.is_empty else pixels
        element.attrib.update({"x": str(box.left), "y": str(box.top), "src": path})
        return element


def _bare(layer: PaintLayer) -> PaintLayer:
    return replace(layer, mask=None, opacity=1.0, visible=True)


def _filled(pixels: Array) -> Array:
    opaque = pixels.copy()
    opaque[..., 3] = np.iinfo(pixels.dtype).max
    return opaque


def _is_normal(blend: BlendMode) -> bool:
    return blend.ora == _OVER


def _stack_element(item: StackItem, operation: str, isolated: bool = False) -> Element:
    passes = not isolated and not isinstance(item, PaintLayer) and item.pass_through
    return Element("stack", _attributes(item, operation) | {"isolation": "auto" if passes else "isolate"})


def _attributes(item: StackItem, operation: str) -> dict[str, str]:
    return {
        "name": item.name,
        "opacity": f"{item.opacity:g}",
        "visibility": "visible" if item.visible else "hidden",
        "composite-op": operation,
    }
