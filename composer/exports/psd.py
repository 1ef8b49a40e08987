"""PSD: layers, groups and masks for Photoshop, and the merged picture for everything else.

Knows the order of work. Does not know bytes. It keeps to what Photoshop, Krita and GIMP all read
(`_lowering`, and group opacity as a mask). One loss stays, for Photoshop has no other way to say it:
Krita 5.1 ignores clipping in a PSD, and GIMP 2.10 where the base is a group or does not blend normally;
an ORA shows it right in Krita. Canvases above 30,000 px and files above 2 GiB become PSB, the large form of
the same format.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

from psd_tools.psd.layer_and_mask import ChannelData
from pydantic import Field

from ..errors import OperationError
from ..operation import Params
from ..pixels.raster import Array, Raster
from ..pixels.stack import LayerStack
from ..registry import extension
from ._lowering import lower
from ._placement import at_depth, is_opaque, on_canvas
from ._psd_document import document, merged_planes
from ._psd_planes import Method, pack, pack_merged
from ._psd_records import Entry, entries_of

_PSD_SIDE, _PSB_SIDE = 30_000, 300_000
_PSD_BYTES = 2**31 - 2**20
_THREADS = 2
_CODE = ("_lowering", "_placement", "_psd_document", "_psd_planes", "_psd_records")


class PsdParams(Params):
    """How the layers are stored."""

    compression: Literal["rle", "zip"] = Field(
        "rle",
        description="rle opens everywhere; zip is smaller, but Krita 5.1 opens no zip file that has masks, "
        "and shows 16-bit zip as noise.",
    )


@extension("export", version=1, suffix=".psd", code=tuple(f"composer.exports.{name}" for name in _CODE))
def psd(stack: LayerStack, merged: Raster, params: PsdParams, path: Path) -> None:
    """Layers, groups and editable masks for Photoshop, Krita and GIMP, with the merged picture.

    Raises OperationError above 300,000 px a side, and OSError when the file cannot be written.
    """
    if stack.extent.long_side > _PSB_SIDE:
        raise OperationError(f"PSD ends at 300,000 px a side, the canvas has {stack.extent}")
    entries = entries_of(lower(stack))
    pixels = at_depth(on_canvas(merged, stack.extent), stack.depth)
    planes = merged_planes(pixels, transparent=not is_opaque(pixels))
    version = 2 if stack.extent.long_side > _PSD_SIDE else 1
    packed = _packed(entries, params.compression, version)
    image = pack_merged(planes, version)
    if version == 1 and _size(packed) + len(image) > _PSD_BYTES:
        version = 2
        packed, image = _packed(entries, params.compression, version), pack_merged(planes, version)
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
