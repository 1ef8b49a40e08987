"""Warp: a picture whose corners land on given points of the canvas, in one resample.

Knows the projective mapping and which part of the canvas it touches. Does not know placements, and
nothing of layers or the piece.
"""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np

from .geometry import Bounds, Quad
from .raster import Array, Raster

_BAND = 1 << 18  # target pixels a thread takes at once


def warp(pixels: Array, source: Bounds, quad: Quad, canvas: Bounds) -> Raster:
    """The part `source` of (H, W, 4) RGBA integers, its corners on `quad` (canvas points), cut at `canvas`.

    `quad`: top left, top right, bottom right, bottom left; convex. Alpha weighs the colours, edges are cut
    to exact shares of pixels. Nothing larger than the visible part is allocated. Bytes do not depend
    on the number of threads.
    """
    seen = _bounds(quad).intersect(canvas)
    target = Raster(np.empty((seen.height, seen.width, 4), pixels.dtype), seen.left, seen.top)
    if seen.is_empty:
        return target
    picture = pixels[source.slices]
    # Imported here because numba takes half a second to import, which only a warp is worth.
    from . import warp_loops

    at, inverse = (seen.left, seen.top), _canvas_to_source(picture.shape[1], picture.shape[0], quad)
    edges, table, opaque = _edges(quad), _table(), _is_opaque(picture)

    def fill(rows: tuple[int, int]) -> None:
        warp_loops.warp_rows(picture, target.pixels, at, rows, inverse, edges, table, opaque)

    step = max(1, _BAND // seen.width)
    bands = [(top, min(top + step, seen.height)) for top in range(0, seen.height, step)]
    with ThreadPoolExecutor(min(len(bands), os.cpu_count() or 1), "warp") as pool:
        list(pool.map(fill, bands))
    return target


@cache
def _table() -> Array:
    # As in `warp`.
    from . import warp_loops

    table: Array = warp_loops.lanczos_table()
    return table


def _is_opaque(picture: Array) -> bool:
    return bool((picture[..., 3] == np.iinfo(picture.dtype).max).all())


def _bounds(quad: Quad) -> Bounds:
    xs, ys = zip(*quad, strict=True)
    return Bounds(math.floor(min(xs)), math.floor(min(ys)), math.ceil(max(xs)), math.ceil(max(ys)))


def _canvas_to_source(width: int, height: int, quad: Quad) -> Array:
    """(3, 3) float64: homogeneous canvas points to source points; the last row is positive within the quad.

    Heckbert 1989, §2.2.3: the unit square to a quadrilateral, then inverted.
    """
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = quad
    dx1, dx2, dx3 = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, dy3 = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    determinant = dx1 * dy2 - dx2 * dy1
    g, h = (dx3 * dy2 - dx2 * dy3) / determinant, (dx1 * dy3 - dx3 * dy1) / determinant
    forward = np.array(
        [
            [x1 - x0 + g * x1, x3 - x0 + h * x3, x0],
            [y1 - y0 + g * y1, y3 - y0 + h * y3, y0],
            [g, h, 1.0],
        ]
    )
    inverse: Array = np.diag([width, height, 1.0]) @ np.linalg.inv(forward)
    return inverse


def _edges(quad: Quad) -> Array:
    """(4, 3) float64: the lines through the sides, n·p + d, positive inside."""
    corners = np.array(quad, np.float64)
    along = np.roll(corners, -1, axis=0) - corners
    normal = np.stack((-along[:, 1], along[:, 0]), axis=1) / np.linalg.norm(along, axis=1, keepdims=True)
    middle = corners.mean(axis=0)
    inward = np.sign(((middle - corners) * normal).sum(axis=1, keepdims=True)) * normal
    return np.concatenate((inward, -(inward * corners).sum(axis=1, keepdims=True)), axis=1)
