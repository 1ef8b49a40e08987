"""PNG stream: the packed rows of a PNG, unpacked as far as its size says, and packed anew.

Knows how many bytes the rows of a PNG are (W3C, third edition, sections 7 and 8). Does not know colours.
Decoders fill rows that are not there with black, or tell of surplus ones on the terminal.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Colour type → samples a pixel."""
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_INPUT, _OUTPUT = 1 << 16, 1 << 20


@dataclass(frozen=True, slots=True)
class Pass:
    """Pixels that stand together in the file: every `across`-th from x, in every `down`-th row from y."""

    x: int
    y: int
    across: int
    down: int
    columns: int
    rows: int

    def size(self, bits: int) -> int:
        """Its bytes, with the rows' filter types; `bits` of a pixel."""
        return self.rows * (1 + (self.columns * bits + 7) // 8)


def passes(width: int, height: int, *, interlaced: bool) -> list[Pass]:
    """The passes of a picture that have pixels, in their order."""
    steps = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    found = [Pass(x, y, dx, dy, -(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in steps]
    return [each for each in found if each.columns > 0 and each.rows > 0]


def unpacked(parts: Iterable[memoryview], size: int) -> Iterator[bytes]:
    """The first `size` bytes of what is packed in `parts`, in pieces.

    Raises ValueError when there are fewer, and zlib.error for what is not packed.
    """
    stream, left = zlib.decompressobj(), size
    for part in _slices(parts):
        pending: bytes | memoryview = part
        while left:
            piece = stream.decompress(pending, min(left, _OUTPUT))
            left -= len(piece)
            yield piece
            pending = stream.unconsumed_tail
            if not piece and not pending:
                break
    if left:
        raise ValueError("it ends too early")


def packed(rows: bytes | memoryview) -> bytes:
    """The rows as one stream, fast and not smaller."""
    return zlib.compress(rows, 0)


def _slices(parts: Iterable[memoryview]) -> Iterator[memoryview]:
    """So short that what is left of one after a piece is copied quickly."""
    for part in parts:
        yield from (part[at : at + _INPUT] for at in range(0, len(part), _INPUT))
