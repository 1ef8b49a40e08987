"""Cutting: GrabCut from labels, always with the same answer, and what is put right in any cut-out.

Knows small pictures, saliency and labels. Does not know what is looked for. No extension of its own.
"""

import cv2
import numpy as np

from ..pixels.raster import Array, FloatArray
from ._place import Place

_SURE_FOREGROUND = 0.4  # the most salient share above Otsu's threshold
_SURE_BACKGROUND = 0.3  # the least salient share below it
_SEED = 7
_LEAST_PART = 0.15  # of the largest component
_LARGEST_HOLE = 0.01  # of the area


def cut_out(rgb: Array, labels: Array, rounds: int) -> Array:
    """(H, W) bool from GrabCut's four labels; the same answer every time."""
    shown = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD))
    if not shown.any() or shown.all():
        return shown
    cv2.setRNGSeed(_SEED)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(rgb, labels, (0, 0, 1, 1), *models, rounds, cv2.GC_INIT_WITH_MASK)
    return np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD))


def labels_of(saliency: FloatArray, place: Place) -> Array:
    """GrabCut's four labels by Otsu's threshold."""
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


def tidied(found: Array) -> Array:
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


def overlap(a: Array, b: Array) -> float:
    """Intersection over union; two empty sets agree."""
    union = int((a | b).sum())
    return int((a & b).sum()) / union if union else 1.0
