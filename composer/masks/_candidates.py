"""Candidates: outlines that a figure may have, one for each belief of what is ground and how large it is.

Knows small pictures and where the figure may be. A figure often touches one side of a picture, and may take
up a twentieth or two thirds of it: no one threshold finds both, so each belief starts a GrabCut (Rother,
Kolmogorov and Blake 2004) of its own. Does not know which candidate is right (`_plausible`). No extension of
its own.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np

from ..pixels.gaussian import gaussian
from ..pixels.raster import Array, FloatArray
from ._cutting import cut_out, labels_of, tidied
from ._place import Place
from ._saliency import barrier_distance, foreign_colors, sides

_SMOOTHING = 1.4  # σ in pixels
_CHROMA_WEIGHT = np.float32(1.5)
_SHARES = (0.04, 0.08, 0.15, 0.27, 0.45, 0.65)  # of the picture
_SIDED_SHARES = (0.15, 0.35, 0.6)  # when one side of it is not taken for ground
_LEVELS = (0.3, 0.5, 0.7)  # of objectness
_SURE = 0.4  # the most salient part of that share
_NEVER = 0.5  # the least salient part of the rest
_ROUNDS = 2
# Of border colours, barrier distance and place; the last looks at the picture alone.
READINGS = ((1, 1, 1), (1, 1, 2), (2, 1, 1), (1, 2, 1), (1, 1, 0))
_READING_ROUNDS = 3


@dataclass(frozen=True, eq=False, slots=True)
class Cues:
    """All (H, W) 0…1: colours that the ground has not, edges between it and here, the usual place."""

    foreign: FloatArray
    barrier: FloatArray
    prior: FloatArray

    @classmethod
    def of(cls, lab: FloatArray, place: Place) -> "Cues":
        """The cues of a small OKLab picture."""
        smooth = smoothed(lab)
        return cls(
            foreign_colors(lab, place.ground, place.opaque),
            barrier_distance(smooth, place.seeds),
            place.prior(smooth),
        )

    def readings(self, place: Place) -> Iterator[FloatArray]:
        """Their sum, weighted in several ways; in a product, one cue that fails would hide the others."""
        for of_foreign, of_barrier, of_prior in READINGS:
            reading = of_foreign * self.foreign + of_barrier * self.barrier + of_prior * self.prior
            yield np.where(place.possible, reading, np.float32(0))

    def evidence(self) -> FloatArray:
        """(H, W) 0…1: their mean, each stretched to its range."""
        return (_stretched(self.foreign) + _stretched(self.barrier) + _stretched(self.prior)) / np.float32(3)


def smoothed(lab: FloatArray) -> FloatArray:
    """Less grain, and colour counting for more than light and shade."""
    smooth = gaussian(lab, _SMOOTHING)
    smooth[..., 1:] *= _CHROMA_WEIGHT
    return smooth


def candidates(rgb: Array, lab: FloatArray, cues: Cues, likely: FloatArray, place: Place) -> Array:
    """(n, H, W) bool of an (H, W, 3) uint8 picture, its OKLab and its (H, W) objectness."""
    evidence = cues.evidence()
    beliefs = [(_of_share(evidence, share, place), _ROUNDS) for share in _SHARES]
    beliefs += [(_above(likely, level, place), _ROUNDS) for level in _LEVELS]
    for sided in _sided(lab, place):
        beliefs += [(_of_share(sided, share, place), _ROUNDS) for share in _SIDED_SHARES]
    beliefs += [(labels_of(reading, place), _READING_ROUNDS) for reading in cues.readings(place)]
    # Nearly all of the time is GrabCut's, which lets other threads run and draws its lots by thread.
    with ThreadPoolExecutor(os.cpu_count(), "grabcut") as pool:
        return np.array(list(pool.map(lambda belief: tidied(cut_out(rgb, *belief)), beliefs)))


def _sided(lab: FloatArray, place: Place) -> Iterator[FloatArray]:
    """(H, W) as if the figure went on beyond one side: that side is no ground."""
    smooth = smoothed(lab)
    around = sides(*place.opaque.shape)
    for omitted in range(len(around)):
        kept = [side for k, side in enumerate(around) if k != omitted]
        ground = np.logical_or.reduce([side.rim for side in kept])
        seeds = np.logical_or.reduce([side.line for side in kept]) | ~place.possible
        foreign = foreign_colors(lab, ground & place.opaque, place.opaque)
        yield _stretched(foreign) + _stretched(barrier_distance(smooth, seeds))


def _of_share(evidence: FloatArray, share: float, place: Place) -> Array:
    """Labels: that share of the picture is the figure, where most speaks for it."""
    wanted = (1 - share, 1 - share * _SURE, (1 - share) * _NEVER)
    likely, sure, never = np.quantile(evidence[place.possible], wanted)
    labels = np.where(evidence > likely, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[evidence >= sure] = cv2.GC_FGD
    labels[(evidence <= never) | ~place.possible] = cv2.GC_BGD
    return labels


def _above(likely: FloatArray, level: float, place: Place) -> Array:
    """Labels: the figure is what is likelier than that, and surely the likelier part of it."""
    shown = likely > level
    labels = np.where(shown, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    if shown.any() and not shown.all():
        labels[likely >= np.quantile(likely[shown], 1 - _SURE)] = cv2.GC_FGD
        labels[likely <= np.quantile(likely[~shown], _NEVER)] = cv2.GC_BGD
    labels[~place.possible] = cv2.GC_BGD
    return labels


def _stretched(cue: FloatArray) -> FloatArray:
    low, high = np.quantile(cue, (0.02, 0.98))
    unit: FloatArray = np.clip((cue - low) / (high - low + 1e-9), 0, 1).astype(np.float32)
    return unit
