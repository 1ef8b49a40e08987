"""Frame: the place of one picture on a page or sheet – the picture, or words why it is not there.

Knows what the artist reads in an empty frame. Does not know pages.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from ..errors import ComposerError
from ..pixels.raster import Mask
from .pictures import Pictures
from .thumbnail import thumbnail

_LACKING = "not in the store: --render makes it"


@dataclass(frozen=True)
class Frame:
    """A picture, or None and the reason in `words`. `digest`: of what is shown, to tell equal pictures."""

    image: Image.Image | None
    words: str = ""
    digest: tuple[str | None, ...] = ()


def whole_frame(pictures: Pictures, long_side: int) -> Frame:
    """The flattened picture."""
    return _framed(pictures, (pictures.plan.merged,), long_side)


def layer_frame(pictures: Pictures, name: str, long_side: int) -> Frame:
    """A layer as it is seen, alone."""
    nodes = pictures.layer(name)
    if nodes is not None:
        return _framed(pictures, nodes, long_side)
    is_there = name in pictures.plan.written
    return Frame(None, "hidden, or made of other layers" if is_there else "no such layer")


def mask_frame(pictures: Pictures, name: str, long_side: int) -> Frame:
    """A named mask; white is shown."""
    node = pictures.mask(name)
    if node is not None:
        return _framed(pictures, (node,), long_side)
    is_there = name in pictures.version.reading.document.table.get("mask", {})
    return Frame(None, "no layer that is seen uses it" if is_there else "no such mask")


def broken_frame(error: ComposerError) -> Frame:
    """The frame of a picture that cannot be had at all."""
    first = error.diagnostics[0] if error.diagnostics else None
    return Frame(None, error.message if first is None else f"line {first.span.line}: {first.message}")


def _framed(pictures: Pictures, nodes: tuple[str | None, ...], long_side: int) -> Frame:
    """The first node's picture, shown where the second's mask shows it."""
    digests = tuple(pictures.digest(node) for node in nodes)
    if pictures.missing(nodes):
        unfetched = ", ".join(pictures.version.unfetched)
        return Frame(None, f"not fetched: git lfs pull brings {unfetched}" if unfetched else _LACKING)
    values = [pictures.value(node) for node in nodes]
    mask = values[1] if len(values) > 1 else None
    assert values[0] is not None
    assert mask is None or isinstance(mask, Mask)
    return Frame(thumbnail(values[0], pictures.canvas, long_side, mask), "", digests)
