"""Layer tree: the layers of a PSD or ORA file as text that is made to be compared line by line.

Knows what a line says, and by its first bytes what a file is. Does not know how the formats are read
(`psd_layers`, `ora_layers`). Equal files give equal text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from ..errors import InputError
from ..pixels.geometry import Bounds
from .ora_layers import read_ora
from .pointer import pointer_in
from .psd_layers import read_psd
from .tree import FileLayer, LayeredFile

_HEAD_BYTES = 1024
_INDENT = "    "


def layer_text(path: Path) -> str:
    """What the file at `path` holds, a layer a line, bottom first; one line that says so if it is only a
    Git LFS pointer. Raises InputError for any other file, and for one that is damaged; OSError."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    pointer = pointer_in(head)
    if pointer is not None:
        return f"a Git LFS pointer to {pointer.size} bytes, sha256 {pointer.sha256}"
    if head.startswith(b"8BPS"):
        return "\n".join(_lines(read_psd(path)))
    if head.startswith(b"PK\x03\x04"):
        return "\n".join(_lines(read_ora(path)))
    raise InputError(f"{path.name} is neither PSD nor ORA", "name a layered file, such as build/piece.psd")


def _lines(file: LayeredFile) -> Iterator[str]:
    yield f"{file.what}, {file.width}x{file.height}, layers from the bottom up:"
    pending = [(layer, 0) for layer in reversed(file.layers)]
    while pending:
        layer, depth = pending.pop()
        yield _INDENT * depth + _line(layer)
        pending += [(child, depth + 1) for child in reversed(layer.children)]


def _line(layer: FileLayer) -> str:
    words = [json.dumps(layer.name, ensure_ascii=False), *(["group"] if layer.is_group else [])]
    words += [layer.blend, f"{layer.opacity:.0%}", *([] if layer.visible else ["hidden"])]
    words += [*(["clipped"] if layer.clip else []), *([f"mask {layer.mask}"] if layer.mask else [])]
    words += [f"box {shown_box(layer.box)}"] if layer.box is not None else []
    return "  ".join([*words, *([f"pixels {layer.pixels}"] if layer.pixels else [])])


def shown_box(box: Bounds) -> str:
    """A box as left,top and width×height, in pixels."""
    return f"{box.left},{box.top} {box.width}x{box.height}"
