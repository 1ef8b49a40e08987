"""PNG stream: the packed rows of a PNG, unpacked as far as its size says, and packed anew.

Knows how many bytes the rows of a PNG are (W3C, third edition, sections 7 and 8). Does not know colours.
Decoders fill rows that are not there with black, or tell of surplus ones on the terminal.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Colour type → samples a pixel."""
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_INPUT, _OUTPUT = 1 << 16, 1 << 20


def rows_size(width: int, height: int, bits: int, *, interlaced: bool) -> int:
    """The bytes of all rows with their filter types; `bits` of a pixel."""
    passes = _ADAM7 if interlaced else ((0, 0, 1, 1),)
    sizes = ((-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in passes)
    return sum(rows * (1 + (columns * bits + 7) // 8) for columns, rows in sizes if columns > 0 and rows > 0)


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


def packed(pieces: Iterable[bytes]) -> bytes:
    """The pieces as one stream, fast and not smaller."""
    stream = zlib.compressobj(0)
    return b"".join([*(stream.compress(piece) for piece in pieces), stream.flush()])


def _slices(parts: Iterable[memoryview]) -> Iterator[memoryview]:
    """So short that what is left of one after a piece is copied quickly."""
    for part in parts:
        yield from (part[at : at + _INPUT] for at in range(0, len(part), _INPUT))
