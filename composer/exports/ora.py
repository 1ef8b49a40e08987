"""ORA: OpenRaster, layers and groups for Krita, MyPaint and others.

Knows the zip file around the pictures. Does not know how layers become elements (`_ora_tree`).
Entries are stored, not compressed (PNGs are already), and carry a fixed date: equal stacks give equal bytes.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import tostring
from zipfile import ZipFile, ZipInfo

import cv2
import numpy as np
from pydantic import Field

from ..operation import Params
from ..pixels.profile import srgb_profile
from ..pixels.raster import Array, Raster, quantize
from ..pixels.stack import LayerStack
from ..registry import extension
from ._lowering import lower
from ._ora_tree import OraTree
from ._placement import Depth, at_depth, on_canvas
from ._png_bytes import encode_png

_THREADS = 2
_THUMBNAIL = 256


class OraParams(Params):
    """How the layers are stored. Krita 5.1 shows 8 bits of an ORA, whatever it holds."""

    depth: Depth = None
    compression: int = Field(
        1, ge=1, le=9, description="1 writes fast, 9 writes small; the pixels stay the same."
    )


@extension("export", version=1, suffix=".ora")
def ora(stack: LayerStack, merged: Raster, params: OraParams, path: Path) -> None:
    """Layers, groups and masks as OpenRaster, with the merged picture and a thumbnail.

    Raises OSError when the file cannot be written.
    """
    stack = replace(stack, depth=params.depth or stack.depth)
    tree = OraTree(lower(stack))
    xml = tostring(tree.root(), encoding="UTF-8", xml_declaration=True)
    picture = at_depth(on_canvas(merged, stack.extent), stack.depth)
    with ZipFile(path, "w") as file:
        file.writestr(_entry("mimetype"), b"image/openraster")
        file.writestr(_entry("stack.xml"), xml)
        pictures = tree.pictures | {
            "mergedimage.png": lambda: picture,
            "Thumbnails/thumbnail.png": lambda: _thumbnail(picture),
        }
        for name, png in _encoded(pictures, stack.dpi, params.compression):
            file.writestr(_entry(name), png)


def _encoded(pictures: dict[str, Callable[[], Array]], dpi: float, level: int) -> Iterator[tuple[str, bytes]]:
    """Each picture as PNG, in order, made by a few threads."""

    def encode(make: Callable[[], Array]) -> bytes:
        return encode_png(make(), srgb_profile(), dpi, level)

    with ThreadPoolExecutor(_THREADS) as pool:
        yield from zip(pictures, pool.map(encode, pictures.values()), strict=True)


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry


def _thumbnail(pixels: Array) -> Array:
    """(H, W, 4) uint8 of at most 256 px a side, resampled by area with alpha taken into account."""
    height, width = pixels.shape[:2]
    factor = min(1.0, _THUMBNAIL / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    step = max(1, int(1 / factor) // 4)
    coarse = at_depth(pixels[::step, ::step], 8).astype(np.float32) / np.float32(255)
    coarse[..., :3] *= coarse[..., 3:]
    small = cv2.resize(coarse, size, interpolation=cv2.INTER_AREA)
    small[..., :3] = small[..., :3] / np.maximum(small[..., 3:], np.float32(1 / 255))
    return quantize(small, 8)
