"""Completion: a gap in a picture rebuilt from patches of its surroundings, from coarse to fine.

Knows what of a picture is known, which part is to be filled in, and a smooth guess where no patch fits.
Nothing but known pixels gets into the gap; in the end `joining` lets their tones pass into one another. Does
not know masks, rasters or figures. Always the same: the search is one thread with a chance of its own.
Importing it imports numba.

At each level, patches that are alike are sought and then vote, some times over (Wexler et al. 2007, with the
search of Barnes et al. 2009; see `patch_loops`). They are compared by colour and by texture (after Newson,
Almansa, Fradet, Gousseau and Pérez, "Video Inpainting of Complex Scenes", 2014): to any grain a flat patch is
nearer than another piece of that grain is. The coarsest level begins at the gap's edge. Departure: above
`_SEARCHED` pixels of gap, what was found a level before is only carried on and set right among neighbours, so
that the texture is the picture's own at a cost that hardly grows.

It goes on with textures and lines, not with things: half a house stays half a house, and where several things
end at a gap, one of them spreads to where the next begins.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from . import patch_loops
from .gaussian import float32, gaussian
from .joining import join
from .patch_loops import REACH
from .raster import Array, FloatArray

_SEARCHED = 120_000  # pixels of gap
_THINNEST = 4  # pixels from edge to middle of the gap at the coarsest level
_LEAST_KNOWN = 0.3  # of the known pixels, as middles of patches: one corner alone cannot tell of the whole
_TURNS_FIRST, _TURNS, _TURNS_LARGE = 12, 4, 1  # of search and vote: coarsest level, others, above `_SEARCHED`
_FALL = np.float32(1.15)  # how much less a pixel is trusted for each pixel it lies farther in
_LEAST_TRUST = np.float32(0.02)
_SEED = 0x9E3779B9
_COMPARED = 60_000_000  # pairs of patches at the coarsest level
_AWAY = np.array((0.9, 0.45), np.float32)  # a picture's height away, and its width, as a difference of colour
_ROUGHNESS = np.float32(3)  # of texture, against colour: more than flat patches win by among grain
_ABOUT = 4.0  # σ in pixels, of the part whose deviation is a pixel's texture
_WINDOW = np.ones((2 * REACH + 1, 2 * REACH + 1), np.uint8)


@dataclass(frozen=True, eq=False, slots=True)
class _Level:
    """One size of the picture; all arrays have a border of `REACH` pixels.

    `rgbt` (H, W, 4), colours and texture, is filled in place. `at`: the patches that touch the gap; `index`:
    which lies where; `target`: the gap's pixels; `allowed`: middles of patches that are known wholly;
    `trust`: 0 where nothing is known.
    """

    rgbt: FloatArray
    at: Array
    index: Array
    target: Array
    allowed: Array
    trust: FloatArray


def completed(rgb: FloatArray, known: Array, gap: Array, smooth: FloatArray) -> FloatArray:
    """(H, W, 3): `gap` (H, W bool) filled with what is `known` (H, W bool); `smooth` if nothing fits."""
    start = np.dstack((np.where(known[..., None], rgb, smooth), _texture(rgb, known)))
    found: Array | None = None
    before: _Level | None = None
    for factor in _factors(gap):
        level = _level(start, known, gap, factor)
        if level is None:
            continue
        found = _first(level) if before is None or found is None else _carried(before, found, level)
        _vote(level, found, np.ones(len(found), np.float32), 0 if before is None else REACH)
        turns = _TURNS_FIRST if before is None else _TURNS if _is_searched(level) else _TURNS_LARGE
        for turn in range(turns):
            weights = _improved(level, found, turn)
            # The last word has each pixel's own patch alone: a mean of many would lose their texture.
            _vote(level, found, weights, 0 if turn == turns - 1 else REACH)
        before = level
    if before is not None and found is not None:
        source = found[before.index[before.target[:, 0], before.target[:, 1]]]
        join(before.rgbt, before.target, source, before.trust == 1)
    filled = start if before is None else before.rgbt[REACH:-REACH, REACH:-REACH]
    return filled[..., :3]


def _texture(rgb: FloatArray, known: Array) -> FloatArray:
    """(H, W): the deviation of what is known about a pixel, times `_ROUGHNESS`; 0 far from all of it."""
    seen = known.astype(np.float32)
    share = np.maximum(gaussian(seen, _ABOUT), np.float32(1e-6))
    grey = rgb.mean(axis=2) * seen
    mean = gaussian(grey, _ABOUT) / share
    variance = gaussian(grey * grey, _ABOUT) / share - mean * mean
    texture: FloatArray = _ROUGHNESS * np.sqrt(np.maximum(variance, np.float32(0)))
    return texture


def _factors(gap: Array) -> list[float]:
    """Halves down to where the gap is thin, coarsest first."""
    inside = cv2.distanceTransform(np.pad(gap, 1).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    halvings = max(0, round(float(np.log2(inside.max() / _THINNEST))))
    return [0.5**i for i in range(halvings, -1, -1)]


def _level(start: FloatArray, known: Array, gap: Array, factor: float) -> _Level | None:
    """The picture at that size; None if it then has too few patches that are known wholly."""
    size = (max(1, round(gap.shape[1] * factor)), max(1, round(gap.shape[0] * factor)))
    rgbt, seen, gone = (_bordered(_small(each, size)) for each in (start, known, gap))
    sure = seen > 0.999
    target = (gone > 1e-3) & ~sure
    allowed = cv2.erode(sure.astype(np.uint8), _WINDOW, borderValue=0) > 0
    enough = _LEAST_KNOWN * sure.sum() if factor < 1 else 0  # the finest has to do
    if allowed.sum() <= enough or not target.any():
        return None
    at, index = _touched(target, size)
    return _Level(rgbt, at, index, np.argwhere(target).astype(np.int32), allowed, _trust(sure, target))


def _touched(target: Array, size: tuple[int, int]) -> tuple[Array, Array]:
    """The middles of the patches that touch `target`, row by row, and which of them lies where, or −1."""
    touched = cv2.dilate(target.astype(np.uint8), _WINDOW) > 0
    touched &= _bordered(np.ones(size[::-1], np.float32)) > 0
    at = np.argwhere(touched).astype(np.int32)
    index = np.full(touched.shape, -1, np.int32)
    index[touched] = np.arange(len(at))
    return at, index


def _trust(sure: Array, target: Array) -> FloatArray:
    """1 where the picture is known, less the farther in a pixel of the gap lies, 0 elsewhere."""
    farther_in = cv2.distanceTransform((~sure).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    trust: FloatArray = np.where(sure | target, np.maximum(_FALL**-farther_in, _LEAST_TRUST), np.float32(0))
    return trust.astype(np.float32, copy=False)


def _small(values: Array, size: tuple[int, int]) -> FloatArray:
    return float32(cv2.resize(values.astype(np.float32), size, interpolation=cv2.INTER_AREA))


def _bordered(values: FloatArray) -> FloatArray:
    ends = ((REACH, REACH), (REACH, REACH), (0, 0))
    return np.pad(values, ends[: values.ndim])


def _first(level: _Level) -> Array:
    """For each patch the one most like it, from the edge of the gap inwards, and rather at its own height.

    The edge alone decides: the smooth guess would find smooth patches, and as they agree among themselves,
    nothing would drive them out again.
    """
    places = np.argwhere(level.allowed).astype(np.int32)
    most = max(1, _COMPARED // len(level.at))
    if len(places) > most:
        places = places[np.sort(np.random.default_rng(_SEED).choice(len(places), most, replace=False))]
    have = (level.trust == 1).astype(np.float32)
    inwards = cv2.distanceTransform((have == 0).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    order = np.argsort(inwards[level.at[:, 0], level.at[:, 1]], kind="stable")
    away = np.float32(max(level.allowed.shape)) / _AWAY
    found = np.zeros_like(level.at)
    patch_loops.peel(level.rgbt, have, level.trust, level.at, order, places, away, found)
    return found


def _carried(before: _Level, found: Array, level: _Level) -> Array:
    """What was found a level before, at twice the size; where that may not be taken, the nearest that may."""
    half = np.minimum((level.at - REACH) // 2, np.array(before.index.shape) - 2 * REACH - 1) + REACH
    which = before.index[half[:, 0], half[:, 1]]
    moved = (found[which] - half) * 2 + level.at
    moved = moved.clip(0, np.array(level.allowed.shape) - 1)
    _, labels = cv2.distanceTransformWithLabels(
        (~level.allowed).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    nearest = np.zeros((labels.max() + 1, 2), np.int32)
    nearest[labels[level.allowed]] = np.argwhere(level.allowed)
    carried: Array = nearest[labels[moved[:, 0], moved[:, 1]]]
    return carried


def _is_searched(level: _Level) -> bool:
    return len(level.target) <= _SEARCHED


def _improved(level: _Level, found: Array, turn: int) -> FloatArray:
    """Better patches in `found`; and how much each has to say."""
    radius = max(level.allowed.shape) // 2 if _is_searched(level) else 2
    cost = np.empty(len(found), np.float32)
    picture = level.rgbt, level.trust
    patch_loops.measure(*picture, level.at, found, cost)
    rounds, seed = (3 if turn == 0 else 2), _SEED + turn
    patch_loops.search(*picture, level.allowed, level.at, level.index, found, cost, rounds, radius, seed)
    return _weights(level, cost)


def _weights(level: _Level, cost: FloatArray) -> FloatArray:
    """How much each patch has to say: the more it is alike, and the nearer to what is known."""
    scale = max(float(np.percentile(cost, 20)), 1e-6)
    trust = level.trust[level.at[:, 0], level.at[:, 1]]
    weights: FloatArray = np.exp(-cost / np.float32(2 * scale)) * trust + np.float32(1e-12)
    return weights


def _vote(level: _Level, found: Array, weights: FloatArray, reach: int) -> None:
    voted = np.zeros((len(level.target), 4), np.float32)
    patch_loops.vote(level.rgbt, voted, level.target, level.index, found, weights, reach)
    level.rgbt[level.target[:, 0], level.target[:, 1]] = voted
