"""Saliency: how likely each pixel is to belong to the figure, judged without a network.

Knows small OKLab images. Two cues: colours that the picture's border does not have, and regions
that a path from the border reaches only across an edge. No extension of its own.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from ..pixels.raster import Array, FloatArray

_LEVELS = (8, 16, 16)  # of the histogram: L, a, b
_CHROMA = 0.2  # a and b beyond ±this share the outermost level
_FRAME = 0.06  # of the short side
USUAL = (0.5, 0.55, 0.33, 0.38)  # middle x, y and σ x, y of where figures stand
_SWEEPS = 3


@dataclass(frozen=True, eq=False, slots=True)
class Side:
    """One side of a picture, (H, W) bool: its part of the frame, and its outermost line."""

    rim: Array
    line: Array


def sides(height: int, width: int) -> tuple[Side, Side, Side]:
    """Left, right and top; portraits touch the bottom."""
    rim = max(2, round(_FRAME * min(height, width)))

    def side(deep: tuple[slice, ...], thin: tuple[slice, ...]) -> Side:
        part, line = np.zeros((2, height, width), bool)
        part[deep], line[thin] = True, True
        return Side(part, line)

    every = slice(None)
    return (
        side((every, slice(rim)), (every, slice(1))),
        side((every, slice(-rim, None)), (every, slice(-1, None))),
        side((slice(rim),), (slice(1),)),
    )


def border_of(height: int, width: int) -> Array:
    """(H, W) bool: the frame without its bottom edge."""
    left, right, top = sides(height, width)
    border: Array = left.rim | right.rim | top.rim
    return border


def centre_prior(height: int, width: int, place: tuple[float, float, float, float] = USUAL) -> FloatArray:
    """(H, W) 0…1: a Gaussian of that middle x, y and σ x, y; usually a little below the middle."""
    x0, y0, sx, sy = place
    x = (np.arange(width) + 0.5) / width
    y = (np.arange(height)[:, None] + 0.5) / height
    prior = np.exp(-0.5 * ((x - x0) / sx) ** 2 - 0.5 * ((y - y0) / sy) ** 2)
    return prior.astype(np.float32)


def foreign_colors(lab: FloatArray, border: Array, inside: Array) -> FloatArray:
    """(H, W) 0…1: P(not of the border | colour), from smoothed histograms of the border and the rest."""
    level = color_levels(lab)
    outer = color_histogram(level[border & inside])
    inner = color_histogram(level[~border & inside])
    foreign: FloatArray = (inner / (outer + inner + np.float32(1e-9)))[level]
    return foreign


def color_levels(lab: FloatArray) -> Array:
    """(…, 3) OKLab to the index of its histogram cell."""
    low = np.array([0, -_CHROMA, -_CHROMA], np.float32)
    span = np.array([1, 2 * _CHROMA, 2 * _CHROMA], np.float32)
    cells = np.clip((lab - low) / span * np.array(_LEVELS, np.float32), 0, np.array(_LEVELS) - 1).astype(
        np.intp
    )
    level: Array = (cells[..., 0] * _LEVELS[1] + cells[..., 1]) * _LEVELS[2] + cells[..., 2]
    return level


def color_histogram(level: Array) -> FloatArray:
    """Share of each cell, smoothed over its neighbours; all zero where there are no pixels."""
    counts = np.bincount(level.ravel(), minlength=int(np.prod(_LEVELS))).astype(np.float32)
    cube = counts.reshape(_LEVELS)
    # cv2 blurs two axes at a time: b with a, then L alone.
    plane = cv2.GaussianBlur(cube.transpose(1, 2, 0), (9, 9), 1.0, borderType=cv2.BORDER_REPLICATE)
    rows = plane.transpose(2, 0, 1).reshape(_LEVELS[0], -1)
    smooth = cv2.GaussianBlur(rows, (1, 5), sigmaX=0.1, sigmaY=0.6, borderType=cv2.BORDER_REPLICATE)
    share: FloatArray = (smooth / max(float(counts.sum()), 1.0)).ravel().astype(np.float32)
    return share


def barrier_distance(lab: FloatArray, seeds: Array) -> FloatArray:
    """(H, W) 0…1: `barrier_range`, of all but the farthest pixels."""
    total = barrier_range(lab, seeds)
    unit: FloatArray = np.clip(total / np.float32(max(float(np.quantile(total, 0.98)), 1e-6)), 0, 1)
    return unit


def barrier_range(lab: FloatArray, seeds: Array) -> FloatArray:
    """(H, W): the least colour range a path from the seeds must cross, summed over L, a, b.

    Minimum barrier distance by raster sweeps, after Zhang, Sclaroff, Lin, Shen, Price and Měch,
    "Minimum Barrier Salient Object Detection at 80 FPS" (2015), one neighbour a sweep, so that a
    whole row or column is one step.
    """
    distance = np.where(seeds[..., None], np.float32(0), np.float32(9)) + np.zeros_like(lab)
    state = (distance, lab.copy(), lab.copy(), lab)
    turned = tuple(each.transpose(1, 0, 2) for each in state)
    for _ in range(_SWEEPS):
        for views in (state, turned):
            _sweep(views, range(1, len(views[0])), -1)
        for views in (state, turned):
            _sweep(views, range(len(views[0]) - 2, -1, -1), 1)
    total: FloatArray = distance.sum(axis=2)
    return total


def _sweep(state: tuple[FloatArray, ...], order: range, previous: int) -> None:
    distance, high, low, lab = state
    for row in order:
        top = np.maximum(high[row + previous], lab[row])
        bottom = np.minimum(low[row + previous], lab[row])
        nearer = top - bottom < distance[row]
        distance[row] = np.where(nearer, top - bottom, distance[row])
        high[row] = np.where(nearer, top, high[row])
        low[row] = np.where(nearer, bottom, low[row])
