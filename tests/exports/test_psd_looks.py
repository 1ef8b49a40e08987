"""The layers of a PSD, read back and flattened, look like the merged picture."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psd_tools import PSDImage

from composer.composite.flatten import flatten
from composer.pixels.geometry import Extent
from composer.pixels.raster import Mask, Raster
from composer.pixels.stack import LayerGroup, LayerStack, PaintLayer, StackItem
from composer.registry import find_blend, names

MODES = {find_blend(name).psd: find_blend(name) for name in names("blend")}


def test_layers_look_like_the_picture(scene: LayerStack, export: Any) -> None:
    opened = PSDImage.open(export(scene, "psd"))
    layers = tuple(_item(layer, scene.extent) for layer in opened)
    read = flatten(LayerStack(scene.extent, layers), kernel="numpy").to_float()
    ours = flatten(scene, kernel="numpy").to_float()
    for picture in (read, ours):
        picture[..., :3] *= picture[..., 3:]
    # Opacities have 8 bits in a PSD, and so have masks that opacity was multiplied into.
    assert np.abs(read - ours).max() <= 2.01 / 255


def test_nothing_is_written_that_krita_drops(scene: LayerStack, export: Any) -> None:
    opened = PSDImage.open(export(scene, "psd"))
    groups = [layer for layer in opened.descendants() if layer.is_group()]
    assert all(group.opacity == 255 for group in groups)
    assert not any(group.has_mask() for group in groups if group.blend_mode.value == b"pass")


def _item(layer: Any, canvas: Extent) -> StackItem:
    passes = layer.blend_mode.value == b"pass"
    blend = find_blend("normal") if passes else MODES[layer.blend_mode.value]
    mask, opacity = _mask(layer, canvas), layer.opacity / 255
    clip = layer._record.clipping.value == 1  # psd-tools reports none for groups
    if layer.is_group():
        children = tuple(_item(child, canvas) for child in layer)
        return LayerGroup(layer.name, children, blend, mask, opacity, layer.visible, clip, passes)
    raster = Raster.from_float(layer.numpy(), 8, layer.left, layer.top)
    return PaintLayer(layer.name, raster, blend, mask, opacity, layer.visible, clip)


def _mask(layer: Any, canvas: Extent) -> Mask | None:
    if not layer.has_mask():
        return None
    values = np.full((canvas.height, canvas.width), layer.mask.background_color, np.uint8)
    left, top, right, bottom = layer.mask.bbox
    values[top:bottom, left:right] = np.asarray(layer.mask.topil())
    return Mask(values)


RASTER = Raster(np.full((4, 4, 4), 200, np.uint8), 3, 3)
SHOWN = {"name": st.text(st.characters(exclude_categories=["C"]), max_size=9), "visible": st.booleans()}
LAYERS = st.builds(
    PaintLayer,
    raster=st.just(RASTER),
    blend=st.sampled_from(list(MODES.values())),
    opacity=st.integers(0, 255).map(lambda level: level / 255),
    **SHOWN,
)
TREES = st.recursive(
    LAYERS,
    lambda items: st.builds(
        LayerGroup, children=st.lists(items, max_size=3).map(tuple), blend=st.just(MODES[b"norm"]), **SHOWN
    ),
    max_leaves=8,
)


@given(st.lists(TREES, max_size=4))
@settings(max_examples=40, deadline=None)
def test_any_tree_comes_back(export: Any, layers: list[StackItem]) -> None:
    stack = LayerStack(Extent(10, 10), tuple(layers))
    opened = PSDImage.open(export(stack, "psd"))
    read = tuple(_item(layer, stack.extent) for layer in opened)
    assert list(map(_described, read)) == list(map(_described, layers))


def _described(item: StackItem) -> tuple[Any, ...]:
    inner = [_described(child) for child in item.children] if isinstance(item, LayerGroup) else []
    return item.name, item.blend.name, round(item.opacity * 255), item.visible, item.clip, inner


@pytest.mark.parametrize("mode", names("blend"))
def test_blend_mode_is_kept(mode: str, noise: Any, export: Any) -> None:
    layers = (
        PaintLayer("below", noise(1), find_blend("normal")),
        PaintLayer("above", noise(2), find_blend(mode)),
    )
    opened = PSDImage.open(export(LayerStack(Extent(37, 23), layers), "psd"))
    assert opened[1].blend_mode.value == find_blend(mode).psd
