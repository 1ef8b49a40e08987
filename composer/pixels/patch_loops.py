"""The loops of patch-based completion: like patches are sought, and what they say of a pixel is averaged.

Knows flat arrays with a border of `REACH` pixels that nothing in the picture fills. Does not know levels,
masks or rasters. Compiled; `completion` calls it.

Search after Barnes, Shechtman, Finkelstein and Goldman, "PatchMatch: A Randomized Correspondence Algorithm
for Structural Image Editing" (2009); votes after Wexler, Shechtman and Irani, "Space-Time Completion of
Video" (2007).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .compiled import compiled

REACH = 3  # a patch is 7 × 7
_FAR = np.float32(1e30)


@compiled
def distance(rgb: Any, trust: Any, y: Any, x: Any, v: Any, u: Any, best: Any) -> Any:
    """How unlike the patches at (y, x) and (v, u) are, each pixel by its trust; `best` or more ends it."""
    total, weights = np.float32(0), np.float32(0)
    for dy in range(-REACH, REACH + 1):
        for dx in range(-REACH, REACH + 1):
            weights += trust[y + dy, x + dx]
    limit = best * weights
    for dy in range(-REACH, REACH + 1):
        for dx in range(-REACH, REACH + 1):
            r = rgb[y + dy, x + dx, 0] - rgb[v + dy, u + dx, 0]
            g = rgb[y + dy, x + dx, 1] - rgb[v + dy, u + dx, 1]
            b = rgb[y + dy, x + dx, 2] - rgb[v + dy, u + dx, 2]
            total += trust[y + dy, x + dx] * (r * r + g * g + b * b)
        if total >= limit:
            return _FAR
    return total / weights


@compiled
def measure(rgb: Any, trust: Any, at: Any, found: Any, cost: Any) -> None:
    """The distance of each patch `at` (n, 2) to the one `found` for it → `cost`."""
    for i in range(len(at)):
        cost[i] = distance(rgb, trust, at[i, 0], at[i, 1], found[i, 0], found[i, 1], _FAR)


@compiled
def attempt(
    rgb: Any, trust: Any, allowed: Any, at: Any, found: Any, cost: Any, i: Any, v: Any, u: Any
) -> None:
    """Take the patch at (v, u) for the `i`th if it may be taken and is more alike."""
    if v < 0 or u < 0 or v >= allowed.shape[0] or u >= allowed.shape[1] or not allowed[v, u]:
        return
    if v == found[i, 0] and u == found[i, 1]:
        return
    new = distance(rgb, trust, at[i, 0], at[i, 1], v, u, cost[i])
    if new < cost[i]:
        cost[i], found[i, 0], found[i, 1] = new, v, u


@compiled
def search(
    rgb: Any,
    trust: Any,
    allowed: Any,
    at: Any,
    index: Any,
    found: Any,
    cost: Any,
    rounds: Any,
    radius: Any,
    seed: Any,
) -> None:
    """Improve `found` (n, 2) by what neighbours found and by chance within `radius`, `rounds` times.

    `index` (H, W): which of `at` lies there, or −1. Its order is fixed, and so is its chance: `seed`.
    """
    state = np.uint64(seed)
    count = len(at)
    for turn in range(rounds):
        step = 1 if turn % 2 == 0 else -1
        for k in range(count):
            i = k if step == 1 else count - 1 - k
            y, x = at[i, 0], at[i, 1]
            for side in range(2):
                by, bx = (step, 0) if side == 0 else (0, step)
                j = index[y - by, x - bx]
                if j >= 0:
                    attempt(rgb, trust, allowed, at, found, cost, i, found[j, 0] + by, found[j, 1] + bx)
            reach = radius
            while reach >= 1:
                state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
                a, b = (
                    np.int64(state >> np.uint64(44)),
                    np.int64((state >> np.uint64(20)) & np.uint64(0xFFFFF)),
                )
                v = found[i, 0] + a % (2 * reach + 1) - reach
                u = found[i, 1] + b % (2 * reach + 1) - reach
                attempt(rgb, trust, allowed, at, found, cost, i, v, u)
                reach //= 2


@compiled
def vote(rgb: Any, out: Any, target: Any, index: Any, found: Any, weight: Any, reach: Any) -> None:
    """`target` (n, 2) as the mean of what the patches within `reach` of it say, by `weight` → `out`."""
    for k in range(len(target)):
        y, x = target[k, 0], target[k, 1]
        total, r, g, b = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
        for dy in range(-reach, reach + 1):
            for dx in range(-reach, reach + 1):
                i = index[y + dy, x + dx]
                if i >= 0:
                    v, u, w = found[i, 0] - dy, found[i, 1] - dx, weight[i]
                    r += w * rgb[v, u, 0]
                    g += w * rgb[v, u, 1]
                    b += w * rgb[v, u, 2]
                    total += w
        if total > 0:
            out[k, 0], out[k, 1], out[k, 2] = r / total, g / total, b / total
