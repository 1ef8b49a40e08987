"""PSD records: layers and groups as Photoshop's flat list of records.

Knows the layer stack and PSD's layer records. Does not know compression, nor the rest of the file.
A group is a divider, its layers, then a record that carries its name; groups are written open. A
group's opacity goes into its mask, because Krita reads no other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from psd_tools.constants import BlendMode as Key
from psd_tools.constants import Clipping, SectionDivider, Tag
from psd_tools.psd.layer_and_mask import LayerFlags, LayerRecord, MaskData

from ..pixels.geometry import Bounds
from ..pixels.raster import Array, Mask
from ..pixels.stack import LayerGroup, LayerStack, PaintLayer, StackItem
from ._placement import at_depth, cut, shown_box, trim_mask

_DIVIDER_NAME = "</Layer group>"
_MASK_CHANNEL = -2
_NAME_BYTES = 255


@dataclass(frozen=True, eq=False, slots=True)
class Entry:
    """A record with its channels by number: -1 alpha, 0 … 2 colour, -2 mask."""

    record: LayerRecord
    planes: dict[int, Array] = field(default_factory=lambda: _planes(np.zeros((0, 0, 4), np.uint8)))


def entries_of(stack: LayerStack) -> list[Entry]:
    """Every record of the stack in file order, bottom first, numbered from 1."""
    entries = [entry for item in stack.layers for entry in _entries(item, stack)]
    for number, entry in enumerate(entries, start=1):
        entry.record.tagged_blocks.set_data(Tag.LAYER_ID, number)
    return entries


def _entries(item: StackItem, stack: LayerStack) -> Iterator[Entry]:
    if isinstance(item, PaintLayer):
        yield _paint(item, stack.depth)
        return
    yield _divider()
    for child in item.children:
        yield from _entries(child, stack)
    yield _group(item, stack)


def _paint(layer: PaintLayer, depth: int) -> Entry:
    record = _record(layer, round(layer.opacity * 255))
    box = shown_box(layer.raster)
    record.left, record.top, record.right, record.bottom = box.left, box.top, box.right, box.bottom
    entry = Entry(record, _planes(at_depth(cut(layer.raster, box), depth)))
    _add_mask(entry, layer.mask, box, depth)
    return entry


def _group(group: LayerGroup, stack: LayerStack) -> Entry:
    record = _record(group, 255)
    record.flags.pixel_data_irrelevant = True
    key = Key.PASS_THROUGH if group.pass_through else Key(group.blend.psd)
    blocks = record.tagged_blocks
    blocks.set_data(Tag.SECTION_DIVIDER_SETTING, SectionDivider.OPEN_FOLDER, b"8BIM", key)
    entry = Entry(record)
    _add_mask(entry, _veil(group, stack), Bounds.of(stack.extent), stack.depth)
    return entry


def _divider() -> Entry:
    record = LayerRecord(name=_DIVIDER_NAME)
    record.flags.pixel_data_irrelevant = True
    divider = SectionDivider.BOUNDING_SECTION_DIVIDER
    record.tagged_blocks.set_data(Tag.SECTION_DIVIDER_SETTING, divider)
    return Entry(record)


def _record(item: StackItem, opacity: int) -> LayerRecord:
    name = item.name.encode("macroman", "replace")[:_NAME_BYTES].decode("macroman")
    record = LayerRecord(
        blend_mode=Key(item.blend.psd),
        opacity=opacity,
        clipping=Clipping.NON_BASE if item.clip else Clipping.BASE,
        flags=LayerFlags(visible=item.visible),
        name=name,
    )
    record.tagged_blocks.set_data(Tag.UNICODE_LAYER_NAME, item.name)
    return record


def _veil(group: LayerGroup, stack: LayerStack) -> Mask | None:
    """The group's mask times its opacity; None when neither hides anything."""
    if group.opacity == 1:
        return group.mask
    if group.mask is not None:
        return Mask.from_float(group.mask.to_float() * np.float32(group.opacity), stack.depth)
    shape = (stack.extent.height, stack.extent.width)
    return Mask.from_float(np.full(shape, group.opacity, np.float32), stack.depth)


def _planes(pixels: Array) -> dict[int, Array]:
    return {-1: pixels[..., 3]} | {channel: pixels[..., channel] for channel in range(3)}


def _add_mask(entry: Entry, mask: Mask | None, masked: Bounds, depth: int) -> None:
    if mask is None:
        return
    trimmed = trim_mask(mask, masked)
    box = trimmed.bounds
    entry.record.mask_data = MaskData(
        top=box.top,
        left=box.left,
        bottom=box.bottom,
        right=box.right,
        background_color=255 * trimmed.outside,
    )
    entry.planes[_MASK_CHANNEL] = at_depth(trimmed.values, depth)
