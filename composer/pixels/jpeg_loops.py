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
            component, dc, ac, quantum = blocks[b]
            entry = np.int64(tables[dc, peeked(data, at)])
            size = entry & 255
            if entry == 0 or size > _LARGEST_DC:
                return -1
            at += entry >> 8
            value = peeked(data, at) >> (16 - size)
            at += size
            predicted[component] += value if size == 0 or value >> (size - 1) else value + 1 - (1 << size)
            if abs(predicted[component]) * quantum > _BEYOND + quantum:
                return -1
            k: Any = 1 if ac >= 0 else 64
            while k < 64:
                entry = np.int64(tables[ac, peeked(data, at)])
                run, size = (entry & 255) >> 4, entry & 15
                if entry == 0 or size > _LARGEST_AC or (size == 0 and 0 < run < 15):
                    return -1
                at += (entry >> 8) + size
                if size == 0 and run == 0:
                    break
                k += run + 1
            if k > 64 or at > end:
                return -1
    return at


@compiled
def first_ac(data: Array, end: int, band: tuple[int, int], seen: Array, table: Array) -> Any:
    """The bit behind the first scan of a band of AC coefficients; -1 for no sense.

    `seen`: a bit for each coefficient of each block that is not 0, which is filled in.
    """
    at: Any = 0
    run_of_blocks: Any = 0
    for n in range(len(seen)):
        if run_of_blocks > 0:
            run_of_blocks -= 1
            continue
        k: Any = band[0]
        while k <= band[1]:
            entry = np.int64(table[peeked(data, at)])
            run, size = (entry & 255) >> 4, entry & 15
            if entry == 0 or size > _LARGEST_AC:
                return -1
            at += entry >> 8
            if size == 0 and run < 15:
                run_of_blocks = (1 << run) - 1 + (peeked(data, at) >> (16 - run))
                at += run
                break
            k += run
            if size > 0:
                if k > band[1]:
                    return -1
                seen[n] |= np.uint64(1) << np.uint64(k)
                at += size
            k += 1
        if at > end:
            return -1
    return -1 if run_of_blocks > 0 else at


@compiled
def refined_ac(data: Array, end: int, band: tuple[int, int], seen: Array, table: Array) -> Any:
    """As `first_ac`, for a scan that adds a bit to each coefficient seen before, and brings in new ones."""
    at: Any = 0
    run_of_blocks: Any = 0
    for n in range(len(seen)):
        k: Any = band[0]
        while run_of_blocks == 0 and k <= band[1]:
            entry = np.int64(table[peeked(data, at)])
            run, size = (entry & 255) >> 4, entry & 15
            if entry == 0 or size > 1:
                return -1
            at += (entry >> 8) + size
            if size == 0 and run < 15:
                run_of_blocks = (1 << run) + (peeked(data, at) >> (16 - run))
                at += run
                break
            while k <= band[1]:
                known = (seen[n] >> np.uint64(k)) & np.uint64(1)
                if known == 0 and run == 0:
                    break
                at += np.int64(known)
                run -= 1 - np.int64(known)
                k += 1
            if size > 0:
                if k > band[1]:
                    return -1
                seen[n] |= np.uint64(1) << np.uint64(k)
            k += 1
        if run_of_blocks > 0:
            while k <= band[1]:
                at += np.int64((seen[n] >> np.uint64(k)) & np.uint64(1))
                k += 1
            run_of_blocks -= 1
        if at > end:
            return -1
    return -1 if run_of_blocks > 0 else at
