"""Decisive: how far the map of a network can be trusted, and what is wrong with it by its looks alone.

Knows such maps, 0…1. Does not know the picture, nor the network. A network that was fed colours it does not
know shows nothing, or all, or says yes or no to each pixel without the doubt that is usual along edges: of
five networks on four photographs, rightly fed, for each pixel of the edge 1.4 or more were in doubt; fed
colours that were too large 0.2 or fewer. No extension of its own.
"""

import numpy as np

from ..pixels.raster import FloatArray

_FLAT = 0.02  # less contrast than that tells figure from ground nowhere
_LEAST, _MOST = 0.0005, 0.998  # of the picture that a figure is
_IN_DOUBT = (0.05, 0.95)
_FEWEST_DOUBTS = 0.5  # for a pixel of the edge
_UNKNOWN = 0.5  # confidence, where the map does not tell it


def decisiveness(found: FloatArray) -> float:
    """0…1: how far what is shown is shown fully; 0 when that is nothing, or all of the picture."""
    if _is_flat(found) or not _LEAST <= _share(found) <= _MOST:
        return 0.0
    return round(float((found * found).sum()) / float(found.sum()), 4)


def doubted(found: FloatArray) -> tuple[float, str]:
    """The confidence (0…1) in what a network of unknown origin found, and what it does wrong, if anything."""
    if _share(found) < _LEAST:
        return 0.0, "shows nothing"
    if _share(found) > _MOST:
        return 0.0, "shows all of the picture"
    if _is_flat(found):
        return 0.0, "gives the same for every pixel"
    sure = decisiveness(found)
    if _doubts(found) < _FEWEST_DOUBTS:
        return min(sure, _UNKNOWN), "says yes or no to each pixel, and not how sure it is"
    return sure, ""


def _is_flat(found: FloatArray) -> bool:
    return float(found.max()) - float(found.min()) < _FLAT


def _share(found: FloatArray) -> float:
    return float((found > 0.5).mean())


def _doubts(found: FloatArray) -> float:
    """Pixels that are neither shown nor hidden, for each of the edge."""
    shown = found > 0.5
    edge = int((shown[1:] != shown[:-1]).sum() + (shown[:, 1:] != shown[:, :-1]).sum())
    low, high = _IN_DOUBT
    return float(np.count_nonzero((found > low) & (found < high))) / max(edge, 1)
