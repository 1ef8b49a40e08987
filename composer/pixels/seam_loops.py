"""The loops that join what was copied from many places: steps at seams are found, and evened out.

Knows flat arrays (H, W, 3 or more) of which the first three are colours, and where each pixel came from. Does
not know patches, levels, masks or rasters. Compiled; `joining` calls it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .compiled import compiled

_SIDES = ((-1, 0), (0, -1), (0, 1), (1, 0))


@compiled
def excess(rgbt: Any, y: Any, x: Any, v: Any, u: Any, dy: Any, dx: Any, c: Any) -> Any:
    """How much more a colour rises from (y, x) to its neighbour (dy, dx) off than it does from (v, u)."""
    rise = rgbt[y + dy, x + dx, c] - rgbt[y, x, c]
    return rise - (rgbt[v + dy, u + dx, c] - rgbt[v, u, c])


@compiled
def size(rgbt: Any, y: Any, x: Any, v: Any, u: Any, dy: Any, dx: Any) -> Any:
    """The excess of the three colours together."""
    total = np.float32(0)
    for c in range(3):
        total += excess(rgbt, y, x, v, u, dy, dx, c) ** 2
    return np.sqrt(total)


@compiled
def steps(rgbt: Any, place: Any, target: Any, source: Any, most: Any, sums: Any, sides: Any) -> None:
    """How far each `target` (n, 2) should rise towards its neighbours → `sums` (n, 3).

    `place` (H, W): which of `target` lies there, n what is known and stays, −1 neither; `source` (n, 2):
    where it came from. What lies above, to the left, to the right and below, as `place` tells → `sides`
    (n, 4). A step of `most` counts wholly, one of twice that is no seam.
    """
    for k in range(len(target)):
        y, x = target[k, 0], target[k, 1]
        for side in range(4):
            dy, dx = _SIDES[side]
            j = place[y + dy, x + dx]
            sides[k, side] = j
            if j < 0:
                continue
            v, u = source[k, 0], source[k, 1]
            nearest = size(rgbt, y, x, v, u, dy, dx)
            if j < len(target):
                q, p = source[j, 0] - dy, source[j, 1] - dx
                other = size(rgbt, y, x, q, p, dy, dx)
                # Both sides of a step have to choose the same.
                if other < nearest or (other == nearest and j < k):
                    nearest, v, u = other, q, p
            share = min(max(np.float32(2) - nearest / most, np.float32(0)), np.float32(1))
            for c in range(3):
                sums[k, c] += share * excess(rgbt, y, x, v, u, dy, dx, c)


@compiled
def even_out(gain: Any, sums: Any, sides: Any, hold: Any, over: Any, rounds: Any) -> None:
    """Over-relaxation of Σ (gainₖ − gainⱼ) + `hold` gainₖ = sumsₖ; `gain` (n + 1, 3), the last of it 0."""
    count = len(sums)
    for _ in range(rounds):
        for k in range(count):
            links, r, g, b = hold, sums[k, 0], sums[k, 1], sums[k, 2]
            for side in range(4):
                j = sides[k, side]
                if j >= 0:
                    links += np.float32(1)
                    r += gain[j, 0]
                    g += gain[j, 1]
                    b += gain[j, 2]
            gain[k, 0] += over * (r / links - gain[k, 0])
            gain[k, 1] += over * (g / links - gain[k, 1])
            gain[k, 2] += over * (b / links - gain[k, 2])
