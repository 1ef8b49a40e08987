"""JPEG scan: whether the entropy-coded pixels of a JPEG are all there, and make sense.

Knows markers, frames, scans and restarts of Huffman-coded JPEGs of 8 bits (ITU-T T.81). Does not know
colours. Decoders fill up what is missing with grey, go on after what makes no sense, and say so at most on
the terminal: none that Python can call reports it. So the codes are read here once more, without any pixels.

What cannot be known: whether codes that make sense are those that were written, for a JPEG has no checksums.
Where a garble leaves the codes in step, or they fall into step again before the scan ends, every bit has a
meaning. Of garbles of 64 bytes 4 in 100 pass so, of 16 bytes a quarter, of a single byte more than half.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import ceil

import numpy as np

from .raster import Array

_FRAMES, _SEQUENTIAL = (0xC0, 0xC1, 0xC2), (0xC0, 0xC1)
_OTHER_FRAMES = (0xC3, *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0), 0xCC, 0xDC, 0xDE, 0xDF)
"""Lossless, hierarchical and arithmetic ones, and those that tell their height last: not judged."""
_ALONE = frozenset((0, 1, 0xFF, *range(0xD0, 0xD9)))
_TABLES, _QUANTA, _INTERVAL, _SCAN, _END = 0xC4, 0xDB, 0xDD, 0xDA, 0xD9
_PADDING = (0, 0xFF)
_LS_FRAME = 0xF7  # ITU-T T.87
_BEHIND = np.zeros(256, np.uint8)
"""What a loop may look at behind the last byte: a block's longest codes."""
_MOST_LEFT = 64
"""Bytes behind the last pixel from which on they are surely pixels that were not understood, unless all are
equal: some cameras fill up so. Of a few it cannot be told: some programs leave them there."""
_MISREAD = "its pixels are not those that were written"

Reader = Callable[[Array, int, int, int], int]
"""(data with room behind, its bits, first unit, unit behind the last) → the bit behind; -1 for no sense."""


class _Garbled(Exception):
    """Pixels that are missing or make no sense."""


@dataclass(frozen=True, slots=True)
class ScanFault:
    """What is wrong with the pixels; `is_sure`: they are surely not as they were written."""

    message: str
    is_sure: bool


@dataclass(slots=True, eq=False)
class _Component:
    across: int
    down: int
    quantum_table: int
    columns: int = 0
    rows: int = 0
    seen: Array = field(default_factory=lambda: np.zeros(0, np.uint64))


@dataclass(slots=True)
class _Frame:
    """The picture's components by their id, and its size in MCUs."""

    is_sequential: bool
    components: dict[int, _Component]
    across: int
    down: int


@dataclass(slots=True)
class _State:
    """What holds where the reader is: codes by class and number, DC quanta, MCUs between restarts."""

    codes: dict[tuple[int, int], Array] = field(default_factory=dict)
    quanta: dict[int, int] = field(default_factory=dict)
    interval: int = 0
    frame: _Frame | None = None


def fault_in_scans(content: bytes) -> ScanFault | None:
    """What is wrong with the pixels of the JPEG (the first picture in the file); None when they are whole.

    Nothing is said of what is none of the JPEGs that are judged, nor of headers that cannot be read: decoders
    refuse those.
    """
    try:
        left = _check(content)
    except _Garbled as fault:
        return ScanFault(str(fault), is_sure=True)
    except (IndexError, KeyError, ValueError, struct.error):
        return None
    return ScanFault(f"{left} bytes are left behind its last pixel", is_sure=False) if left else None


def unusual_frame(content: bytes) -> str:
    """What kind of JPEG it is, if it is none that decoders read; else nothing."""
    try:
        for marker, body, _ in _segments(content):
            if marker == _LS_FRAME:
                return "is a JPEG-LS picture, which is not read"
            if marker in _FRAMES and body[0] != 8:
                return f"is a JPEG of {body[0]} bits a channel, which is not read"
    except (IndexError, struct.error):
        pass
    return ""


def _check(content: bytes) -> int:
    """The bytes that are left. Raises _Garbled, and others for what is not judged."""
    left = 0
    state, data = _State(), np.frombuffer(content, np.uint8)
    starts = np.flatnonzero(data[:-1] == 0xFF)
    marks = data[starts + 1]
    is_end = (marks != 0) & (marks != 0xFF) & ((marks < 0xD0) | (marks > 0xD7))
    ends = starts[is_end]
    for marker, body, behind in _segments(content):
        if marker in _OTHER_FRAMES:
            return 0
        if marker in _FRAMES:
            state.frame = _frame(marker in _SEQUENTIAL, body)
        elif marker == _TABLES:
            state.codes |= _codes(body)
        elif marker == _QUANTA:
            state.quanta |= _quanta(body)
        elif marker == _INTERVAL:
            (state.interval,) = struct.unpack(">H", body)
        elif marker == _SCAN and state.frame is not None:
            place = int(np.searchsorted(ends, behind))
            end = int(ends[place]) if place < len(ends) else len(content)
            left += _check_scan(state, state.frame, body, data[behind:end])
    return left


def _segments(content: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Marker, what is in its segment, and where that ends; a scan's pixels are passed over."""
    at = 2
    while (at := content.find(b"\xff", at)) >= 0:
        marker = content[at + 1]
        if marker in _ALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker == _END:
            return
        (length,) = struct.unpack_from(">H", content, at + 2)
        yield marker, content[at + 4 : at + 2 + length], at + 2 + length
        at += 2 + length


def _frame(is_sequential: bool, body: bytes) -> _Frame:
    """The frame. Raises KeyError for one that is not judged."""
    depth, height, width, count = struct.unpack_from(">BHHB", body)
    if depth != 8 or not height or not width or not 1 <= count <= 4:
        raise KeyError("this frame is not judged")
    parts = {body[6 + 3 * i]: body[7 + 3 * i : 9 + 3 * i] for i in range(count)}
    found = {name: _Component(part[0] >> 4, part[0] & 15, part[1]) for name, part in parts.items()}
    h, v = max(each.across for each in found.values()), max(each.down for each in found.values())
    for each in found.values():
        if not 1 <= each.across <= 4 or not 1 <= each.down <= 4:
            raise KeyError("these components are not judged")
        each.columns, each.rows = (
            ceil(ceil(width * each.across / h) / 8),
            ceil(ceil(height * each.down / v) / 8),
        )
        each.seen = np.zeros(0 if is_sequential else each.columns * each.rows, np.uint64)
    return _Frame(is_sequential, found, -(-width // (8 * h)), -(-height // (8 * v)))


def _codes(body: bytes) -> dict[tuple[int, int], Array]:
    """For the next 16 bits: 256 times the length of the code they begin with, plus its symbol; 0 for none."""
    found = {}
    while body:
        lengths = np.frombuffer(body, np.uint8, 16, 1)
        count = int(lengths.sum())
        symbols = np.frombuffer(body, np.uint8, count, 17).astype(np.uint16)
        each = np.repeat(np.arange(1, 17), lengths)
        spans = [1 << (16 - int(length)) for length in each]
        if sum(spans) > 1 << 16:
            raise KeyError("these codes are none")
        table = np.zeros(1 << 16, np.uint16)
        table[: sum(spans)] = np.repeat(each.astype(np.uint16) << 8 | symbols, spans)
        found[body[0] >> 4, body[0] & 15] = table
        body = body[17 + count :]
    return found


def _quanta(body: bytes) -> dict[int, int]:
    """The quantum of the DC coefficient by the table's number."""
    found = {}
    while body:
        is_wide = body[0] >> 4 == 1
        found[body[0] & 15] = int.from_bytes(body[1:3]) if is_wide else body[1]
        body = body[129 if is_wide else 65 :]
    return found


def _check_scan(state: _State, frame: _Frame, head: bytes, data: Array) -> int:
    """The bytes that one scan leaves; `head`: what stands in its segment. Raises _Garbled."""
    total = 0
    units, read = _reader(state, frame, head)
    step, pieces = state.interval or units, list(_pieces(data))
    marks = [mark for mark, _ in pieces[:-1]]
    if marks != [i % 8 for i in range(-(-units // step) - 1)]:
        raise _Garbled("its restart markers are not those that were written")
    for i, (_, piece) in enumerate(pieces):
        start, end = i * step, 8 * len(piece)
        behind = read(np.concatenate([piece, _BEHIND]), end, start, min(start + step, units))
        if not 0 <= behind <= end:
            raise _Garbled(_MISREAD)
        left = piece[(behind + 7) // 8 :]
        if (left != left[:1]).any() or (len(left) > 0 and left[0] not in _PADDING):
            total += len(left)
    if total > _MOST_LEFT:
        raise _Garbled(_MISREAD)
    return total


def _pieces(data: Array) -> Iterator[tuple[int, Array]]:
    """What lies between restart markers, without the zeros behind 0xFF, and the number of the next one."""
    is_mark = (data[:-1] == 0xFF) & (data[1:] >= 0xD0) & (data[1:] <= 0xD7)
    marks = [*np.flatnonzero(is_mark).tolist(), len(data)]
    begin = 0
    for mark in marks:
        piece = data[begin:mark]
        is_stuffing = np.zeros(len(piece), bool)
        is_stuffing[1:] = (piece[:-1] == 0xFF) & (piece[1:] == 0)
        yield int(data[mark + 1]) - 0xD0 if mark < len(data) else -1, piece[~is_stuffing]
        begin = mark + 2


def _reader(state: _State, frame: _Frame, head: bytes) -> tuple[int, Reader]:
    """The units of a scan – MCUs, or blocks of its only component – and what reads some of them."""
    # As for `warp`: numba takes half a second to import, which only a JPEG is worth.
    from . import jpeg_loops

    count = head[0]
    parts = [(frame.components[head[1 + 2 * i]], head[2 + 2 * i]) for i in range(count)]
    first, last, bits = head[1 + 2 * count : 4 + 2 * count]
    one, tables = parts[0]
    units = one.columns * one.rows if count == 1 else frame.across * frame.down
    if first > 0 and not frame.is_sequential:
        codes, band = state.codes[1, tables & 15], (first, last)
        loop = jpeg_loops.refined_ac if bits >> 4 else jpeg_loops.first_ac
        return units, lambda data, end, begin, stop: int(loop(data, end, band, one.seen[begin:stop], codes))
    blocks = [block for part in parts for block in _blocks(state, frame, part, bits & 15, alone=count == 1)]
    if bits >> 4 and not frame.is_sequential:
        return units, lambda _data, _end, begin, stop: (stop - begin) * len(blocks)
    each, stacked = np.array(blocks), _stacked(state)
    loop = jpeg_loops.sequential
    return units, lambda data, end, begin, stop: int(loop(data, end, stop - begin, each, stacked))


def _blocks(
    state: _State, frame: _Frame, part: tuple[_Component, int], shift: int, *, alone: bool
) -> list[tuple[int, int, int, int]]:
    """Of one component in an MCU: its number, the rows of its tables (AC: -1 for none), its DC quantum."""
    component, tables = part
    number = list(frame.components.values()).index(component)
    ac = 4 + (tables & 3) if frame.is_sequential else -1
    quantum = state.quanta[component.quantum_table] << (0 if frame.is_sequential else shift)
    many = 1 if alone else component.across * component.down
    return [(number, tables >> 4 & 3, ac, quantum)] * many


def _stacked(state: _State) -> Array:
    """(8, 65536): the codes of four DC tables, then of four AC tables."""
    stacked = np.zeros((8, 1 << 16), np.uint16)
    for (kind, number), codes in state.codes.items():
        stacked[4 * (kind & 1) + (number & 3)] = codes
    return stacked
