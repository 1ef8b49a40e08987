"""Canvas: whether it is larger than any format holds, or than may be painted.

Knows the canvas as it was written, a draft's scale and the setting. Does not know what memory is free.
"""

from __future__ import annotations

import math

from ..diagnostics import Diagnostic
from ..pixels.geometry import Extent
from ..pixels.limits import CANVAS_SETTING, largest_canvas_megapixels
from ..text.document import Document
from .piece import LARGEST_AREA, LONGEST_SIDE
from .sites import tabled


def beyond_every_format(document: Document) -> Diagnostic | None:
    """The mistake of a canvas that nothing could be written of, whatever is set."""
    extent = _extent(document)
    if extent is None or extent.pixels <= LARGEST_AREA:
        return None
    return _mistake(document, extent, f"{LARGEST_AREA / 1e6:,.0f}")


def too_large(document: Document, scale: float = 1.0) -> Diagnostic | None:
    """The mistake of a canvas that is larger, in a draft of that scale, than the setting allows.

    None also for one that is beyond every format. Raises InputError when the setting is no number.
    """
    extent = _extent(document)
    if extent is None or extent.pixels > LARGEST_AREA:
        return None
    most, drafted = largest_canvas_megapixels(), extent.scaled(scale)
    if drafted.pixels <= most * 1e6:
        return None
    small = math.floor(100 * math.sqrt(most * 1e6 / extent.pixels)) / 100
    draft = f", build a draft with --scale {small:g}" if small else ""
    hint = f"make it smaller{draft}; if it is meant to be so large, set {CANVAS_SETTING}"
    return _mistake(document, drafted, f"{most:,g}", hint)


def at_canvas(document: Document, message: str, hints: tuple[str, ...]) -> Diagnostic:
    """What is wrong with the canvas, told at its height."""
    return document.diagnostic(document.value_span(("canvas", "height")), message, hints)


def _mistake(document: Document, extent: Extent, most: str, *hints: str) -> Diagnostic:
    has = extent.pixels / 1e6
    message = f"the canvas has {has:,.{0 if has >= 10 else 4}f} megapixels, more than {most}"
    return at_canvas(document, message, hints)


def _extent(document: Document) -> Extent | None:
    """The canvas's size; None when it has none, or a side that is a mistake already."""
    canvas = tabled(document.table.get("canvas"))
    width, height = canvas.get("width"), canvas.get("height")
    if not isinstance(width, int) or not isinstance(height, int):
        return None
    is_size = 1 <= width <= LONGEST_SIDE and 1 <= height <= LONGEST_SIDE
    return Extent(width, height) if is_size else None
