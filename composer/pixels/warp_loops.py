"""The loops of a warp: which part of each target pixel a picture covers, and its colour there.

Knows flat numbers and arrays. Does not know rasters, placements or threads. Compiled; `warp` calls it.

Resampling after Heckbert, "Fundamentals of Texture Mapping and Image Warping" (1989), §3: the target's
pixel, drawn in the source by the local derivative J, is an ellipse; a filter of that shape, never narrower
than a source pixel, both interpolates and keeps out what the target cannot hold. Departure: instead of a
Gaussian of the ellipse, Lanczos (a = 3) in both coordinates of M·d, where M⁻¹ is the symmetric root of J·Jᵀ
with no singular value below 1: for a plain resize that is the usual separable Lanczos filter.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .compiled import compiled

LOBES = 3
STEPS = 2048  # of the table, from one zero of the filter to the next
ZERO, HALF, ONE = np.float32(0), np.float32(0.5), np.float32(1)


def lanczos_table() -> Any:
    """Lanczos, a = 3, from the middle on, in 1 / STEPS of a pixel, float32."""
    x = np.arange(LOBES * STEPS + 2) / STEPS
    return np.where(x < LOBES, np.sinc(x) * np.sinc(x / LOBES), 0).astype(np.float32)


@compiled
def warp_rows(
    source: Any, target: Any, at: Any, rows: Any, inverse: Any, edges: Any, table: Any, opaque: Any
) -> None:
    """Fill `rows` (first, last) of `target`, whose first pixel lies at `at` (left, top) on the canvas.

    `source` and `target`: (h, w, 4) RGBA integers, straight; `opaque`: no pixel of the source shows through.
    `inverse`: (3, 3) float64, canvas to source. `edges`: (4, 3) float64, n·p + d ≥ 0 inside, |n| = 1.
    """
    corners, kept, place = np.empty((12, 2)), np.empty((12, 2)), np.empty(3)
    shape, color = np.empty(8), np.zeros(12, np.float32)
    for y in range(rows[0], rows[1]):
        for x in range(target.shape[1]):
            find_cover(at[0] + x + 0.5, at[1] + y + 0.5, edges, corners, kept, place)
            if place[2] <= 0.0:
                target[y, x, :] = 0
                continue
            find_shape(place[0], place[1], inverse, source, shape)
            if opaque:
                gather_opaque(source, shape, table, color)
            else:
                gather(source, shape, table, color)
            write(color, np.float32(place[2]), target[y, x])


@compiled
def find_cover(x: Any, y: Any, edges: Any, corners: Any, kept: Any, place: Any) -> None:
    """Where in the pixel around (x, y) the picture lies: its centroid and share of the pixel → `place`."""
    nearest = 1e30
    for i in range(4):
        nearest = min(nearest, edges[i, 0] * x + edges[i, 1] * y + edges[i, 2])
    place[0], place[1], place[2] = x, y, 1.0
    if nearest >= 0.7072:
        return
    place[2] = 0.0
    if nearest > -0.7072:
        cut_pixel(x, y, edges, corners, kept, place)


@compiled
def cut_pixel(x: Any, y: Any, edges: Any, corners: Any, kept: Any, place: Any) -> None:
    """The pixel cut by the four edges (Sutherland and Hodgman), and its area and centroid → `place`."""
    for i in range(4):
        corners[i, 0] = x + (0.5 if i in (1, 2) else -0.5)
        corners[i, 1] = y + (0.5 if i >= 2 else -0.5)
    count = 4
    for edge in range(4):
        new = 0
        for i in range(count):
            j = i - 1 if i > 0 else count - 1
            a = edges[edge, 0] * corners[j, 0] + edges[edge, 1] * corners[j, 1] + edges[edge, 2]
            b = edges[edge, 0] * corners[i, 0] + edges[edge, 1] * corners[i, 1] + edges[edge, 2]
            if (a >= 0.0) != (b >= 0.0):
                t = a / (a - b)
                kept[new, 0] = corners[j, 0] + t * (corners[i, 0] - corners[j, 0])
                kept[new, 1] = corners[j, 1] + t * (corners[i, 1] - corners[j, 1])
                new += 1
            if b >= 0.0:
                kept[new, 0], kept[new, 1] = corners[i, 0], corners[i, 1]
                new += 1
        count = new
        for i in range(count):
            corners[i, 0], corners[i, 1] = kept[i, 0], kept[i, 1]
    measure(x, y, corners, count, place)


@compiled
def measure(x: Any, y: Any, corners: Any, count: Any, place: Any) -> None:
    """Centroid and area of a polygon of `count` corners around (x, y)."""
    area, sum_x, sum_y = 0.0, 0.0, 0.0
    for i in range(count):
        j = i - 1 if i > 0 else count - 1
        ax, ay, bx, by = corners[j, 0] - x, corners[j, 1] - y, corners[i, 0] - x, corners[i, 1] - y
        cross = ax * by - bx * ay
        area += cross / 2
        sum_x += (ax + bx) * cross / 6
        sum_y += (ay + by) * cross / 6
    if area > 1e-6:
        place[0], place[1], place[2] = x + sum_x / area, y + sum_y / area, min(area, 1.0)


@compiled
def find_shape(x: Any, y: Any, inverse: Any, source: Any, shape: Any) -> None:
    """Where canvas point (x, y) lies in the source and what filter fits there → `shape`.

    u, v; M's three numbers (x, mixed, y); half of the filter's height; the source's width and height.
    """
    h = inverse
    w = h[2, 0] * x + h[2, 1] * y + h[2, 2]
    u = (h[0, 0] * x + h[0, 1] * y + h[0, 2]) / w
    v = (h[1, 0] * x + h[1, 1] * y + h[1, 2]) / w
    ux, uy = (h[0, 0] - u * h[2, 0]) / w, (h[0, 1] - u * h[2, 1]) / w
    vx, vy = (h[1, 0] - v * h[2, 0]) / w, (h[1, 1] - v * h[2, 1]) / w
    p, q, r = ux * ux + uy * uy, ux * vx + uy * vy, vx * vx + vy * vy
    middle, half = (p + r) / 2, (p - r) / 2
    spread = math.sqrt(half * half + q * q)
    long = max(1.0, math.sqrt(middle + spread))
    short = max(1.0, math.sqrt(max(0.0, middle - spread)))
    cosine, sine = (half / spread, q / spread) if spread > 1e-12 else (1.0, 0.0)
    mean, swing = (1 / long + 1 / short) / 2, (1 / long - 1 / short) / 2
    shape[0] = min(max(u, 0.0), float(source.shape[1]))
    shape[1] = min(max(v, 0.0), float(source.shape[0]))
    shape[2], shape[3], shape[4] = mean + swing * cosine, swing * sine, mean - swing * cosine
    shape[5] = LOBES * (abs((long - short) / 2 * sine) + (long + short) / 2 - (long - short) / 2 * cosine)


@compiled
def first_and_last(shape: Any, dy: Any, width: Any) -> Any:
    """The columns from first up to last, of those `dy` below the middle, that lie within the filter."""
    low, high = (-LOBES - shape[3] * dy) / shape[2], (LOBES - shape[3] * dy) / shape[2]
    if abs(shape[3]) > 1e-9:
        a, b = (-LOBES - shape[4] * dy) / shape[3], (LOBES - shape[4] * dy) / shape[3]
        low, high = max(low, min(a, b)), min(high, max(a, b))
    first = max(0, math.ceil(shape[0] + low - 0.5))
    return first, min(width, math.floor(shape[0] + high - 0.5) + 1)


@compiled
def gather_opaque(source: Any, shape: Any, table: Any, color: Any) -> None:
    """The filtered colour of an opaque source, and its alpha → `color`."""
    height, width = source.shape[:2]
    m, mixed, n = np.float32(shape[2]), np.float32(shape[3]), np.float32(shape[4])
    steps, total, r, g, b = np.float32(STEPS), ZERO, ZERO, ZERO, ZERO
    bottom = min(height, math.floor(shape[1] + shape[5] - 0.5) + 1)
    for y in range(max(0, math.ceil(shape[1] - shape[5] - 0.5)), bottom):
        dy = y + 0.5 - shape[1]
        first, last = first_and_last(shape, dy, width)
        down, along, row = np.float32(dy), np.float32(first + 0.5 - shape[0]), source[y]
        for x in range(first, last):
            s, t = m * along + mixed * down, mixed * along + n * down
            weight = table[int(abs(s) * steps + HALF)] * table[int(abs(t) * steps + HALF)]
            r += weight * np.float32(row[x, 0])
            g += weight * np.float32(row[x, 1])
            b += weight * np.float32(row[x, 2])
            total += weight
            along += ONE
    color[0], color[1], color[2] = r / total, g / total, b / total
    color[3] = np.float32(np.iinfo(source.dtype).max)


@compiled
def gather(source: Any, shape: Any, table: Any, color: Any) -> None:
    """The filtered colour, alpha-weighted, and alpha of a source with transparency → `color`.

    Where the filter reaches what is not opaque, both are kept between the least and the most of the nearest
    pixels, so that its negative lobes draw no contour beside an edge of alpha (4…7: least, 8…11: most).
    """
    limit, least = np.float32(np.iinfo(source.dtype).max), np.float32(65535)
    height, width = source.shape[:2]
    m, mixed, n = np.float32(shape[2]), np.float32(shape[3]), np.float32(shape[4])
    steps, total, r, g, b, alpha = np.float32(STEPS), ZERO, ZERO, ZERO, ZERO, ZERO
    color[4:8], color[8:12] = np.float32(65535), ZERO
    bottom = min(height, math.floor(shape[1] + shape[5] - 0.5) + 1)
    for y in range(max(0, math.ceil(shape[1] - shape[5] - 0.5)), bottom):
        dy = y + 0.5 - shape[1]
        first, last = first_and_last(shape, dy, width)
        down, along, row = np.float32(dy), np.float32(first + 0.5 - shape[0]), source[y]
        for x in range(first, last):
            s, t = m * along + mixed * down, mixed * along + n * down
            weight = table[int(abs(s) * steps + HALF)] * table[int(abs(t) * steps + HALF)]
            shown = np.float32(row[x, 3])
            least, opacity = min(least, shown), weight * shown
            r += opacity * np.float32(row[x, 0])
            g += opacity * np.float32(row[x, 1])
            b += opacity * np.float32(row[x, 2])
            alpha += opacity
            total += weight
            if abs(s) < ONE and abs(t) < ONE:
                widen(color, row[x])
            along += ONE
    if least == limit:
        color[0], color[1], color[2], color[3] = r / alpha, g / alpha, b / alpha, limit
    else:
        settle(color, r, g, b, alpha, total)


@compiled
def widen(color: Any, pixel: Any) -> None:
    """Take a pixel into the least and the most; what cannot be seen has no colour."""
    opacity = np.float32(pixel[3])
    color[7], color[11] = min(color[7], opacity), max(color[11], opacity)
    if opacity > ZERO:
        for i in range(3):
            value = np.float32(pixel[i])
            color[4 + i], color[8 + i] = min(color[4 + i], value), max(color[8 + i], value)


@compiled
def settle(color: Any, r: Any, g: Any, b: Any, alpha: Any, total: Any) -> None:
    """The sums as a straight colour within its limits."""
    color[3] = min(max(alpha / total, color[7]), color[11])
    divisor = alpha if alpha > ZERO else ONE
    color[0] = min(max(r / divisor, color[4]), color[8])
    color[1] = min(max(g / divisor, color[5]), color[9])
    color[2] = min(max(b / divisor, color[6]), color[10])


@compiled
def write(color: Any, cover: Any, pixel: Any) -> None:
    """The colour rounded to nearest, alpha times `cover`; black where nothing is to be seen."""
    limit = np.float32(np.iinfo(pixel.dtype).max)
    opacity = int(min(color[3], limit) * cover + HALF)
    for i in range(3):
        pixel[i] = int(min(max(color[i], ZERO), limit) + HALF) if opacity > 0 else 0
    pixel[3] = opacity
