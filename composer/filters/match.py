"""Match: the colours of a layer brought to those of another layer or of a photograph.

Both are seen as clouds of OKLab colours, weighted by alpha, so that a soft edge counts as much as it shows.
"mkl" is the linear Monge–Kantorovitch transport between two Gaussians (Pitié and Kokaram, "The Linear
Monge-Kantorovitch Linear Colour Mapping", 2007), "reinhard" means and deviations (Reinhard et al., "Color
Transfer between Images", 2001; departure: in OKLab). Departures, so that no grain is blown up and no sky
posterised: a deviation below a grain's counts as a grain's, and no direction is stretched beyond a bound.
"""

from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from pydantic import Field

from ..operation import MaskExpression, OwnMaskIfAny, Params, PictureName, References
from ..pixels.raster import Array, FloatArray, Raster
from ..pixels.transport import bounded, extremes, rolled_off, transport
from ..registry import extension
from ._looked_at import layer_sample, picture_sample
from ._recolor import recolored

_GRAIN = 0.006  # deviation in OKLab that counts as flat


class MatchParams(Params):
    """Whose colours, and how much of them."""

    to: PictureName = Field(description="The layer or source whose colours are taken")
    method: Literal["mkl", "reinhard"] = Field(
        "mkl", description="mkl: how colours vary together; reinhard: lightness and each colour axis alone"
    )
    strength: float = Field(0.6, ge=0, le=1, description="How far the colours go; 1 is all the way")
    luminance: float = Field(1.0, ge=0, le=1, description="How much of it for light and dark")
    chroma: float = Field(1.0, ge=0, le=1, description="How much of it for colour")
    where: MaskExpression | None = Field(
        None, description="Which part of `to` is looked at; stretched over a source that is not placed"
    )
    figure: OwnMaskIfAny = Field(
        None,
        description="Which part of this layer is looked at; left out: what its own mask shows. All of it "
        "is changed",
    )


@dataclass(frozen=True, slots=True)
class _Cloud:
    mean: Array
    covariance: Array


@dataclass(frozen=True, slots=True)
class _Transport:
    """OKLab to OKLab, `share` (3,) of the way."""

    source: Array
    matrix: Array
    target: Array
    share: Array

    def moved(self, lab: Array) -> FloatArray:
        """(…, 3); lightness may leave 0…1."""
        slope = np.eye(3) + self.share * (self.matrix.T - np.eye(3))
        offset = self.share * (self.target - self.source @ self.matrix.T)
        result: FloatArray = lab @ slope.astype(lab.dtype) + offset.astype(lab.dtype)
        return result


@extension("filter", version=2)
def match(image: Raster, params: MatchParams, given: References) -> Raster:
    """Brings the layer's colours to those of another layer or photograph."""
    source = layer_sample(image, given.mask("figure"))
    target = picture_sample(given.rasters["to"], given.mask("where"))
    share = params.strength * np.array([params.luminance, params.chroma, params.chroma])
    if not (share.any() and source[1].any() and target[1].any()):
        return image
    moving = _transport(_cloud(*source), _cloud(*target), params.method, share)
    low, high = extremes(moving.moved(source[0])[:, 0])
    return recolored(image, partial(_matched, moving=moving, low=low, high=high))


def _matched(lab: FloatArray, _rows: slice, moving: _Transport, low: float, high: float) -> FloatArray:
    moved = moving.moved(lab)
    moved[..., 0] = rolled_off(moved[..., 0], low, high)
    return moved


def _cloud(lab: Array, weights: Array) -> _Cloud:
    mean = np.average(lab, axis=0, weights=weights)
    off = lab - mean
    covariance = (off * weights[:, None]).T @ off / weights.sum()
    return _Cloud(mean, covariance + _GRAIN**2 * np.eye(3))


def _transport(source: _Cloud, target: _Cloud, method: str, share: Array) -> _Transport:
    Σu, Σv = source.covariance, target.covariance
    if method == "reinhard":
        Σu, Σv = np.diag(np.diag(Σu)), np.diag(np.diag(Σv))
    return _Transport(source.mean, bounded(transport(Σu, Σv)), target.mean, share)
