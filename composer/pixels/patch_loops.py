"""The loops of patch-based completion: like patches are sought, and what they say of a pixel is averaged.

Knows flat arrays with a border of `REACH` pixels that nothing in the picture fills, (H, W, 4): red, green,
blue and how textured it is there. Does not know levels, masks or rasters. Compiled; `completion` calls it.

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
def distance(rgbt: Any, trust: Any, y: Any, x: Any, v: Any, u: Any, best: Any) -> Any:
    """How unlike the patches at (y, x) and (v, u) are, each pixel by its trust; `best` or more ends it."""
    total, weights = np.float32(0), np.float32(0)
    for dy in range(-REACH, REACH + 1):
        for dx in range(-REACH, REACH + 1):
            weights += trust[y + dy, x + dx]
    limit = best * weights
    for dy in range(-REACH, REACH + 1):
        for dx in range(-REACH, REACH + 1):
            r = rgbt[y + dy, x + dx, 0] - rgbt[v + dy, u + dx, 0]
            g = rgbt[y + dy, x + dx, 1] - rgbt[v + dy, u + dx, 1]
            b = rgbt[y + dy, x + dx, 2] - rgbt[v + dy, u + dx, 2]
            t = rgbt[y + dy, x + dx, 3] - rgbt[v + dy, u + dx, 3]
            total += trust[y + dy, x + dx] * (r * r + g * g + b * b + t * t)
        if total >= limit:
            return _FAR
    return total / weights


@compiled
def measure(rgbt: Any, trust: Any, at: Any, found: Any, cost: Any) -> None:
    """The distance of each patch `at` (n, 2) to the one `found` for it → `cost`."""
    for i in range(len(at)):
        cost[i] = distance(rgbt, trust, at[i, 0], at[i, 1], found[i, 0], found[i, 1], _FAR)


@compiled
def attempt(
    rgbt: Any, trust: Any, allowed: Any, at: Any, found: Any, cost: Any, i: Any, v: Any, u: Any
) -> None:
    """Take the patch at (v, u) for the `i`th if it may be taken and is more alike."""
    if v < 0 or u < 0 or v >= allowed.shape[0] or u >= allowed.shape[1] or not allowed[v, u]:
        return
    if v == found[i, 0] and u == found[i, 1]:
        return
    new = distance(rgbt, trust, at[i, 0], at[i, 1], v, u, cost[i])
    if new < cost[i]:
        cost[i], found[i, 0], found[i, 1] = new, v, u


@compiled
def peel(rgbt: Any, have: Any, trust: Any, at: Any, order: Any, places: Any, away: Any, found: Any) -> None:
    """Fill the patches `at` (n, 2) in that `order` (n,), each by what is there by then → `found`, `rgbt`.

    `have` (H, W): 1 where the picture is known, 0 elsewhere; what is filled gets its `trust`. `places`
    (m, 2): the patches that may be taken; one that is `away` pixels off counts as 1 more unlike.
    """
    for k in range(len(order)):
        y, x = at[order[k], 0], at[order[k], 1]
        best = _FAR
        for j in range(len(places)):
            v, u = places[j, 0], places[j, 1]
            off = ((v - y) / away[0]) ** 2 + ((u - x) / away[1]) ** 2
            if off < best:
                unlike = distance(rgbt, have, y, x, v, u, best - off) + off
                if unlike < best:
                    best, found[order[k], 0], found[order[k], 1] = unlike, v, u
        if have[y, x] == 0:
            have[y, x] = trust[y, x]
            for c in range(4):
                rgbt[y, x, c] = rgbt[found[order[k], 0], found[order[k], 1], c]


@compiled
def search(
    rgbt: Any,
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
                    attempt(rgbt, trust, allowed, at, found, cost, i, found[j, 0] + by, found[j, 1] + bx)
            reach = radius
            while reach >= 1:
                state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
                a, b = (
                    np.int64(state >> np.uint64(44)),
                    np.int64((state >> np.uint64(20)) & np.uint64(0xFFFFF)),
                )
                v = found[i, 0] + a % (2 * reach + 1) - reach
                u = found[i, 1] + b % (2 * reach + 1) - reach
                attempt(rgbt, trust, allowed, at, found, cost, i, v, u)
                reach //= 2


@compiled
def vote(rgbt: Any, out: Any, target: Any, index: Any, found: Any, weight: Any, reach: Any) -> None:
    """`target` (n, 2) as the mean of what the patches within `reach` of it say, by `weight` → `out`."""
    for k in range(len(target)):
        y, x = target[k, 0], target[k, 1]
        total, r, g, b, t = np.float32(0), np.float32(0), np.float32(0), np.float32(0), np.float32(0)
        for dy in range(-reach, reach + 1):
            for dx in range(-reach, reach + 1):
                i = index[y + dy, x + dx]
                if i >= 0:
                    v, u, w = found[i, 0] - dy, found[i, 1] - dx, weight[i]
                    r += w * rgbt[v, u, 0]
                    g += w * rgbt[v, u, 1]
                    b += w * rgbt[v, u, 2]
                    t += w * rgbt[v, u, 3]
                    total += w
        if total > 0:
            out[k, 0], out[k, 1], out[k, 2], out[k, 3] = r / total, g / total, b / total, t / total
