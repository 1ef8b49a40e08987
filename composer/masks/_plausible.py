"""Plausible: how much of a figure each candidate probably covers, by its outline and what lies about it.

Knows small pictures, cut-outs of them and a map of objectness. `WEIGHTS` foretell intersection over union;
`python -m training.outlines` fits them by ridge regression. No extension of its own.
"""

import cv2
import numpy as np

from ..pixels.gaussian import gaussian
from ..pixels.raster import Array, FloatArray
from ._cutting import overlap
from ._saliency import color_histogram, color_levels

_CROSS = np.ones((3, 3), np.uint8)
_ABOUT = 0.6  # of the square root of a figure's area: how far the ground about it is looked at
_LEAST_ABOUT = 5
TRAITS = (
    *("edge", "sides", "bottom", "likeness", "contrast", "agreement", "size", "size_squared"),
    *("objectness", "shared"),
)
WEIGHTS = (0.0624, -0.0363, -0.05, -0.1773, 0.0542, 0.381, -0.0069, -0.0007, 0.1397, 0.3214)
CONSTANT = 0.0278


def plausibility(shown: Array, lab: FloatArray, evidence: FloatArray, likely: FloatArray) -> FloatArray:
    """(n,) about 0…1 of (n, H, W) bool.

    −∞ for a candidate that is all of the picture or nothing, or along whose outline no colour changes.
    """
    possible = np.array([one.any() and not one.all() for one in shown])
    foretold = np.full(len(shown), -np.inf, np.float32)
    if possible.any():
        found = traits(shown[possible], lab, evidence, likely)
        worth = (found * np.array(WEIGHTS, np.float32)).sum(axis=1) + np.float32(CONSTANT)
        foretold[possible] = np.where(found[:, TRAITS.index("edge")] > 0, worth, -np.inf)
    return foretold


def traits(shown: Array, lab: FloatArray, evidence: FloatArray, likely: FloatArray) -> FloatArray:
    """(n, 10), by `TRAITS`, of candidates that are neither empty nor full.

    *edge*: how strong the picture's edges are along the outline. *sides*, *bottom*: how much of these it
    covers. *likeness*: colours that it shares with the ground about it. *contrast*: more evidence in it than
    about it. *agreement*: its mean overlap with all candidates. *size*: logarithm of its share.
    *objectness*, *shared*: the mean of the (H, W) objectness in it, and its overlap with that.
    """
    steps, levels = _steps(lab), color_levels(lab)
    found = [
        (*_own(one, steps, levels, evidence), float(np.mean([overlap(one, other) for other in shown])))
        for one in shown
    ]
    size = np.log(shown.mean(axis=(1, 2)))
    met = np.array([(float(likely[one].mean()), _shared(one, likely)) for one in shown])
    return np.column_stack((np.array(found), size, size * size, met)).astype(np.float32)


def _own(one: Array, steps: FloatArray, levels: Array, evidence: FloatArray) -> tuple[float, ...]:
    """What a candidate tells without the others."""
    line = one & ~(cv2.erode(one.astype(np.uint8), _CROSS, borderValue=1) > 0)
    about = _about(one)
    edge = float(steps[line].mean()) if line.any() else 0.0
    sides = float(np.concatenate((one[0], one[:, 0], one[:, -1])).mean())
    inner, outer = color_histogram(levels[one]), color_histogram(levels[about])
    likeness = float(np.minimum(inner, outer).sum())
    return edge, sides, float(one[-1].mean()), likeness, float(evidence[one].mean() - evidence[about].mean())


def _shared(one: Array, likely: FloatArray) -> float:
    """Intersection over union of a yes or no with shares."""
    both = float(likely[one].sum())
    return both / max(float(likely.sum()) + float(one.sum()) - both, 1e-6)


def _about(one: Array) -> Array:
    """The ground about a candidate; all of it where that would be nothing."""
    reach = max(_LEAST_ABOUT, int(_ABOUT * float(one.sum()) ** 0.5) | 1)
    near = cv2.dilate(one.astype(np.uint8), np.ones((reach, reach), np.uint8)) > 0
    about: Array = near & ~one
    return about if about.any() else ~one


def _steps(lab: FloatArray) -> FloatArray:
    """(H, W): the strongest step of colour within a pixel, by the picture's root mean square of these."""
    smooth = gaussian(lab, 1.0)
    smooth[..., 1:] *= np.float32(1.5)
    across = np.diff(smooth, axis=1, append=smooth[:, -1:])
    down = np.diff(smooth, axis=0, append=smooth[-1:])
    step = cv2.dilate(np.sqrt((across * across + down * down).sum(axis=2)), _CROSS)
    return step / np.float32(float((step * step).mean()) ** 0.5 + 1e-6)
