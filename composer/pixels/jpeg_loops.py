"""JPEG loops: the entropy-coded bits of a JPEG read as far as they must make sense, as machine code.

Knows Huffman-coded blocks (ITU-T T.81: sequential F.2.2, progressive G.2). Does not know files and markers,
nor colours: no coefficient is kept, only what later scans depend on.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .compiled import compiled

Array = np.ndarray[Any, Any]
_LARGEST_AC = 10
_LARGEST_DC = 11
_BEYOND = 2048  # twice the range of a DC coefficient: nothing drifts so far that was written on purpose


@compiled
def peeked(data: Array, at: Any) -> Any:
    """The 16 bits from bit `at`."""
    byte = at >> 3
    three = (np.int64(data[byte]) << 16) | (np.int64(data[byte + 1]) << 8) | np.int64(data[byte + 2])
    return (three >> (8 - (at & 7))) & 0xFFFF


@compiled
def sequential(data: Array, end: int, units: int, blocks: Array, tables: Array) -> Any:
    """The bit behind `units` MCUs; -1 for no sense.

    `blocks`: of an MCU, (n, 4): component, DC table, AC table (-1: the scan has no AC), DC quantum. `tables`:
    (m, 65536), for the next 16 bits 256 times the code's length, plus its symbol; 0: there is no such code.
    """
    at: Any = 0
    predicted = np.zeros(4, np.int64)
    for _ in range(units):
        for b in range(len(blocks)):
            at = behind_dc(data, at, blocks, b, predicted, tables)
            if at >= 0 and blocks[b, 2] >= 0:
                at = behind_ac(data, at, tables, blocks[b, 2])
            if at < 0 or at > end:
                return -1
    return at


@compiled
def behind_dc(data: Array, at: Any, blocks: Array, b: int, predicted: Array, tables: Array) -> Any:
    """The bit behind the DC coefficient of block `b`, which is added to what its component predicts."""
    component, quantum = blocks[b, 0], blocks[b, 3]
    entry = np.int64(tables[blocks[b, 1], peeked(data, at)])
    size = entry & 255
    if entry == 0 or size > _LARGEST_DC:
        return -1
    at += entry >> 8
    value = peeked(data, at) >> (16 - size)
    predicted[component] += value if size == 0 or value >> (size - 1) else value + 1 - (1 << size)
    return at + size if abs(predicted[component]) * quantum <= _BEYOND + quantum else -1


@compiled
def behind_ac(data: Array, at: Any, tables: Array, ac: int) -> Any:
    """The bit behind the AC coefficients of a block."""
    k: Any = 1
    while k < 64:
        entry = np.int64(tables[ac, peeked(data, at)])
        run, size = (entry & 255) >> 4, entry & 15
        if entry == 0 or size > _LARGEST_AC or (size == 0 and 0 < run < 15):
            return -1
        at += (entry >> 8) + size
        if size == 0 and run == 0:
            break
        k += run + 1
    return at if k <= 64 else -1


@compiled
def first_ac(data: Array, end: int, band: tuple[int, int], seen: Array, table: Array) -> Any:
    """The bit behind the first scan of a band of AC coefficients; -1 for no sense.

    `seen`: a bit for each coefficient of each block that is not 0, which is filled in.
    """
    at: Any = 0
    empty: Any = 0
    for n in range(len(seen)):
        if empty > 0:
            empty -= 1
            continue
        at, empty = behind_first(data, at, band, seen, n, table)
        if at < 0 or at > end:
            return -1
    return -1 if empty > 0 else at


@compiled
def behind_first(data: Array, at: Any, band: tuple[int, int], seen: Array, n: int, table: Array) -> Any:
    """The bit behind block `n` of such a scan, and how many blocks behind it are empty."""
    k: Any = band[0]
    while k <= band[1]:
        entry = np.int64(table[peeked(data, at)])
        run, size = (entry & 255) >> 4, entry & 15
        if entry == 0 or size > _LARGEST_AC:
            return -1, 0
        at += entry >> 8
        if size == 0 and run < 15:
            return at + run, (1 << run) - 1 + (peeked(data, at) >> (16 - run))
        k += run
        if size > 0:
            if k > band[1]:
                return -1, 0
            seen[n] |= np.uint64(1) << np.uint64(k)
            at += size
        k += 1
    return at, 0


@compiled
def refined_ac(data: Array, end: int, band: tuple[int, int], seen: Array, table: Array) -> Any:
    """As `first_ac`, for a scan that adds a bit to each coefficient seen before, and brings in new ones."""
    at: Any = 0
    last: Any = 0  # blocks, this one too, that bring in no more
    for n in range(len(seen)):
        k: Any = band[0]
        if last == 0:
            at, k, last = behind_new(data, at, band, seen, n, table)
        if last > 0:
            while k <= band[1]:
                at += is_seen(seen[n], k)
                k += 1
            last -= 1
        if at < 0 or at > end:
            return -1
    return -1 if last > 0 else at


@compiled
def behind_new(data: Array, at: Any, band: tuple[int, int], seen: Array, n: int, table: Array) -> Any:
    """The bit behind what block `n` brings in; the coefficient there; how many then bring in no more."""
    k: Any = band[0]
    while k <= band[1]:
        entry = np.int64(table[peeked(data, at)])
        run, size = (entry & 255) >> 4, entry & 15
        if entry == 0 or size > 1:
            return -1, k, 0
        at += (entry >> 8) + size
        if size == 0 and run < 15:
            return at + run, k, (1 << run) + (peeked(data, at) >> (16 - run))
        while k <= band[1] and (run > 0 or is_seen(seen[n], k)):
            known = is_seen(seen[n], k)
            at += known
            run -= 1 - known
            k += 1
        if size > 0:
            if k > band[1]:
                return -1, k, 0
            seen[n] |= np.uint64(1) << np.uint64(k)
        k += 1
    return at, k, 0


@compiled
def is_seen(seen: Any, k: Any) -> Any:
    """1 for a coefficient that is not 0, else 0."""
    return np.int64((seen >> np.uint64(k)) & np.uint64(1))
