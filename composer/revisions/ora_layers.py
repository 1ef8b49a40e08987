"""ORA layers: what an OpenRaster file says of its layers.

Knows stack.xml, and that a stranger may have written it: how much of it is read, how deep it may nest, and
that it declares nothing that expands. Does not decode pixels.
Format: https://www.openraster.org/baseline/layer-stack-spec.html
"""

from __future__ import annotations

import struct
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser
from zipfile import BadZipFile, ZipFile

from ..errors import InputError
from ..pixels.geometry import Bounds
from .tree import FileLayer, LayeredFile

_STACK = "stack.xml"
_LARGEST = 8 << 20
_DEEPEST = 100
_PNG_HEAD = 26
_OVER, _ATOP, _IN = "svg:src-over", "svg:src-atop", "svg:dst-in"


class _Refused(ValueError):
    """The file holds what no painting program writes."""


class _Builder(TreeBuilder):
    """Builds elements; stops where a document type would declare entities, and where they nest too deep."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        """One deeper."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _Refused("its layers nest too deep")
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        """One up."""
        self._depth -= 1
        return super().end(tag)

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        """Never in an ORA; entities that expand to gigabytes are declared in one."""
        raise _Refused("its stack.xml declares a document type")


def read_ora(path: Path) -> LayeredFile:
    """The layers of the file at `path`. Raises InputError when it is damaged or is no ORA."""
    try:
        with ZipFile(path) as file:
            root = _root(file)
            stack = root.find("stack")
            layers = () if stack is None else _layers(file, stack, 0, 0)
            depth = _depth(file)
            return LayeredFile(f"ORA{depth}", int(root.get("w", "0")), int(root.get("h", "0")), layers)
    except (BadZipFile, ParseError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise InputError(f"{path.name} is damaged, or no ORA: {error}") from error


def _root(file: ZipFile) -> Element:
    if _STACK not in file.namelist():
        raise _Refused("it has no stack.xml")
    with file.open(_STACK) as packed:
        text = packed.read(_LARGEST + 1)
    if len(text) > _LARGEST:
        raise _Refused("its stack.xml is too large")
    parser = XMLParser(target=_Builder())
    parser.feed(text)
    root = parser.close()
    assert isinstance(root, Element)
    return root


def _layers(file: ZipFile, stack: Element, left: int, top: int) -> tuple[FileLayer, ...]:
    """The children of a stack, bottom first; where it lies is added to where they lie."""
    return tuple(_layer(file, each, left, top) for each in reversed(stack) if each.tag in ("layer", "stack"))


def _layer(file: ZipFile, element: Element, left: int, top: int) -> FileLayer:
    x, y = left + _whole(element, "x"), top + _whole(element, "y")
    operation = element.get("composite-op", _OVER)
    is_group = element.tag == "stack"
    passes = is_group and element.get("isolation") == "auto"
    source = element.get("src", "")
    return FileLayer(
        name=element.get("name", ""),
        blend="pass_through" if passes and operation == _OVER else _blend(operation),
        opacity=float(element.get("opacity", "1")),
        visible=element.get("visibility", "visible") != "hidden",
        clip=operation == _ATOP,
        mask="of what is below" if operation == _IN else "",
        box=None if is_group else _box(file, source, x, y),
        pixels="" if is_group else _sum(file, source),
        is_group=is_group,
        children=_layers(file, element, x, y) if is_group else (),
    )


def _whole(element: Element, name: str) -> int:
    return int(float(element.get(name, "0")))


def _blend(operation: str) -> str:
    if operation in (_OVER, _ATOP, _IN):
        return "normal"
    return operation.removeprefix("svg:").replace("-", "_")


def _box(file: ZipFile, source: str, x: int, y: int) -> Bounds | None:
    head = _head(file, source)
    if not head.startswith(b"\x89PNG"):
        return None
    width, height = struct.unpack(">II", head[16:24])
    return Bounds(x, y, x + width, y + height)


def _head(file: ZipFile, source: str) -> bytes:
    if source not in file.namelist():
        return b""
    with file.open(source) as packed:
        return packed.read(_PNG_HEAD)


def _sum(file: ZipFile, source: str) -> str:
    """The CRC-32 that the archive has of the layer's PNG."""
    return f"{file.getinfo(source).CRC:08x}" if source in file.namelist() else "missing"


def _depth(file: ZipFile) -> str:
    head = _head(file, "mergedimage.png")
    return f", {head[24]} bits" if head.startswith(b"\x89PNG") and len(head) == _PNG_HEAD else ""
