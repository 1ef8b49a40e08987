"""Figure: who stands in front, found without a network, and how sure that is.

Knows small images (320 px). Five readings of the picture – the sum of border colours, barrier distance and
a prior of place, weighted in five ways – each start a GrabCut (Rother, Kolmogorov and Blake 2004) on
a still smaller copy; what they agree on starts a last one at full size. One reading alone tips over at the
least change of a picture. They are sums: in a product, one cue that fails hides what the others see.
No extension of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from ..pixels.color import srgb_to_oklab
from ..pixels.gaussian import float32, gaussian
from ..pixels.raster import Array, FloatArray
from ._frame import inside_frame
from ._hints import Hints, pointed_parts
from ._place import Place
from ._saliency import barrier_distance, foreign_colors

WORK_SIDE = 320
_VOTE_SIDE = 160  # GrabCut's time grows with the area, and its answers do not improve above this
_SMOOTHING = 1.4  # σ in pixels
_CHROMA_WEIGHT = np.float32(1.5)
_SURE_FOREGROUND = 0.4  # the most salient share above Otsu's threshold
_SURE_BACKGROUND = 0.3  # the least salient share below it
# Of border colours, barrier distance and place; the last looks at the picture alone.
_WEIGHTS = ((1, 1, 1), (1, 1, 2), (2, 1, 1), (1, 2, 1), (1, 1, 0))
_ROUNDS, _LAST_ROUNDS = 5, 2
_FULL_CONTRAST = 0.6  # of the strongest evidence: figures that stand out wholly
_SEED = 7
_LEAST_PART = 0.15  # of the largest component
_LARGEST_HOLE = 0.01  # of the area


@dataclass(frozen=True, eq=False, slots=True)
class Figure:
    """`shown` (H, W) bool; `confidence` 0…1."""

    shown: Array
    confidence: float


def find_figure(rgb: Array, opaque: Array, hints: Hints) -> Figure:
    """(H, W, 3) uint8 and (H, W) bool, where the picture is opaque, to the figure in it."""
    box = inside_frame(rgb)
    inner = hints.seen_from(box.left, box.top)
    found = _found(np.ascontiguousarray(rgb[box.slices]), opaque[box.slices], inner)
    shown = np.zeros_like(opaque)
    shown[box.slices] = found.shown
    return Figure(shown, found.confidence)


def _found(rgb: Array, opaque: Array, hints: Hints) -> Figure:
    scale = min(1.0, _VOTE_SIDE / max(opaque.shape))
    size = (max(3, round(opaque.shape[1] * scale)), max(3, round(opaque.shape[0] * scale)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    small_opaque = cv2.resize(opaque.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    ratio = size[0] / opaque.shape[1], size[1] / opaque.shape[0]
    place = Place.of(small_opaque, hints.seen_from(0, 0, *ratio))
    lab = srgb_to_oklab(small.astype(np.float32) / np.float32(255))
    readings = list(_readings(lab, place))
    votes = np.array([_vote(small, reading, place) for reading in readings])
    shown = _settled(rgb, votes.mean(axis=0, dtype=np.float32), Place.of(opaque, hints))
    confidence = _confidence(votes, readings[-1], place.opaque)
    return Figure(pointed_parts(shown, hints), confidence)


def pointed_out(rgb: Array, found: FloatArray, hints: Hints) -> FloatArray:
    """(H, W, 3) uint8 and (h, w) 0…1 that a network found, to (h, w) 0…1 that also keeps to the points.

    The network's edges stay where the points have no quarrel with it.
    """
    height, width = found.shape
    scale = min(1.0, WORK_SIDE / max(rgb.shape[:2]))
    size = (max(3, round(rgb.shape[1] * scale)), max(3, round(rgb.shape[0] * scale)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    share = float32(cv2.resize(found, size, interpolation=cv2.INTER_AREA))
    seen = hints.seen_from(0, 0, size[0] / rgb.shape[1], size[1] / rgb.shape[0])
    shown = pointed_parts(_settled(small, share, Place.of(np.ones(size[::-1], bool), seen)), seen)
    changed = (shown != (share > 0.5)).astype(np.float32)
    trust = float32(cv2.resize(changed, (width, height), interpolation=cv2.INTER_LINEAR))
    settled = float32(cv2.resize(shown.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR))
    return found + trust * (settled - found)


def _vote(rgb: Array, saliency: FloatArray, place: Place) -> Array:
    return _tidied(_grab_cut(rgb, _labels(saliency, place), _ROUNDS))


def _settled(rgb: Array, votes: FloatArray, place: Place) -> Array:
    """The votes at the size of `rgb`: GrabCut decides what is not unanimous."""
    height, width = place.opaque.shape
    share = cv2.resize(votes, (width, height), interpolation=cv2.INTER_LINEAR)
    labels = np.where(share > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[share > 0.95] = cv2.GC_FGD
    labels[(share < 0.05) | ~place.possible] = cv2.GC_BGD
    labels[place.sure] = cv2.GC_FGD
    return _tidied(_grab_cut(rgb, labels, _LAST_ROUNDS))


def _readings(lab: FloatArray, place: Place) -> Iterator[FloatArray]:
    smooth = _smoothed(lab)
    prior = place.prior(smooth)
    foreign = foreign_colors(lab, place.ground, place.opaque)
    barrier = barrier_distance(smooth, place.seeds)
    for of_foreign, of_barrier, of_prior in _WEIGHTS:
        reading = of_foreign * foreign + of_barrier * barrier + of_prior * prior
        yield np.where(place.possible, reading, np.float32(0))


def _smoothed(lab: FloatArray) -> FloatArray:
    """Less grain, and colour counting for more than light and shade."""
    smooth = gaussian(lab, _SMOOTHING)
    smooth[..., 1:] *= _CHROMA_WEIGHT
    return smooth


def _grab_cut(rgb: Array, labels: Array, rounds: int) -> Array:
    """(H, W) bool from GrabCut's four labels; the same answer every time."""
    shown = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD))
    if not shown.any() or shown.all():
        return shown
    cv2.setRNGSeed(_SEED)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(rgb, labels, (0, 0, 1, 1), *models, rounds, cv2.GC_INIT_WITH_MASK)
    return np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD))


def _labels(saliency: FloatArray, place: Place) -> Array:
    salient = _above_otsu(saliency)
    labels = np.where(salient, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    if salient.any() and not salient.all():
        labels[salient & (saliency >= np.quantile(saliency[salient], 1 - _SURE_FOREGROUND))] = cv2.GC_FGD
        labels[~salient & (saliency <= np.quantile(saliency[~salient], _SURE_BACKGROUND))] = cv2.GC_BGD
    labels[~place.possible] = cv2.GC_BGD
    labels[place.sure] = cv2.GC_FGD
    return labels


def _above_otsu(saliency: FloatArray) -> Array:
    scaled = np.rint(saliency / max(float(saliency.max()), 1e-6) * 255).astype(np.uint8)
    threshold, _ = cv2.threshold(scaled, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    above: Array = scaled > threshold
    return above


def _tidied(found: Array) -> Array:
    """Without crumbs, and with its pinholes filled."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(found.astype(np.uint8), connectivity=8)
    area = stats[:, cv2.CC_STAT_AREA].copy()
    area[0] = 0
    kept = (area > 0) & (area >= _LEAST_PART * area.max())
    figure = kept[labels]
    _, labels, stats, _ = cv2.connectedComponentsWithStats((~figure).astype(np.uint8), connectivity=4)
    holes = stats[:, cv2.CC_STAT_AREA] < _LARGEST_HOLE * found.size
    whole: Array = figure | (holes[labels] & ~figure)
    return whole


def _confidence(votes: Array, evidence: FloatArray, opaque: Array) -> float:
    """How far the votes agree, times how much more the picture speaks for the result than for the rest."""
    figure = votes.sum(axis=0) * 2 > len(votes)
    ground = opaque & ~figure
    if not figure.any() or not ground.any():
        return 0.0
    pairs = zip(votes, np.roll(votes, 1, axis=0), strict=True)
    agreement = float(np.mean([_overlap(a, b) for a, b in pairs]))
    contrast = float(evidence[figure].mean() - evidence[ground].mean()) / max(float(evidence.max()), 1e-6)
    return round(agreement * min(max(contrast / _FULL_CONTRAST, 0.0), 1.0), 4)


def _overlap(a: Array, b: Array) -> float:
    """Intersection over union; two empty sets agree."""
    union = int((a | b).sum())
    return int((a & b).sum()) / union if union else 1.0
