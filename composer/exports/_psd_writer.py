"""The PSD writer: a layer stack and its merged picture as one file.

Knows the order of work and the limits of the format. Does not know bytes, nor the extension's parameters.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from psd_tools.psd.layer_and_mask import ChannelData

from ..errors import OperationError
from ..pixels.raster import Array, Raster
from ..pixels.stack import LayerStack
from ._lowering import lower
from ._placement import at_depth, is_opaque, on_canvas
from ._psd_document import document, merged_planes
from ._psd_planes import Method, pack, pack_merged
from ._psd_records import Entry, entries_of

_PSD_SIDE, _PSB_SIDE = 30_000, 300_000
_PSD_BYTES = 2**31 - 2**20
_THREADS = 2


def write_psd(stack: LayerStack, merged: Raster, compression: Method, path: Path) -> None:
    """Write the file at `path`. Raises OperationError above 300,000 px a side, and OSError."""
    if stack.extent.long_side > _PSB_SIDE:
        raise OperationError(f"PSD ends at 300,000 px a side, the canvas has {stack.extent}")
    entries = entries_of(lower(stack))
    pixels = at_depth(on_canvas(merged, stack.extent), stack.depth)
    planes = merged_planes(pixels, transparent=not is_opaque(pixels))
    version = 2 if stack.extent.long_side > _PSD_SIDE else 1
    packed = _packed(entries, compression, version)
    image = pack_merged(planes, version)
    if version == 1 and _size(packed) + len(image) > _PSD_BYTES:
        version = 2
        packed, image = _packed(entries, compression, version), pack_merged(planes, version)
    layers = [(entry.record, channels) for entry, channels in zip(entries, packed, strict=True)]
    with path.open("wb") as file:
        document(stack, layers, image, len(planes), version).write(file)


def _packed(entries: list[Entry], method: Method, version: int) -> list[dict[int, ChannelData]]:
    """Each entry's channels, compressed."""

    def packed(values: Array) -> ChannelData:
        return pack(values, method, version)

    with ThreadPoolExecutor(_THREADS) as pool:
        pending = [{n: pool.submit(packed, values) for n, values in e.planes.items()} for e in entries]
        return [{n: future.result() for n, future in channels.items()} for channels in pending]


def _size(packed: list[dict[int, ChannelData]]) -> int:
    return sum(len(channel.data) for channels in packed for channel in channels.values())
