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
from ..registry import extension
from ._looked_at import layer_sample, picture_sample
from ._recolor import recolored

_GRAIN = 0.006  # deviation in OKLab that counts as flat
_LEAST, _MOST = 0.25, 2.0  # how far a direction of colour may be drawn together, or stretched
_KNEE = 0.75  # lightness from which on highlights roll off, if they would go beyond white
_EXTREMES = (0.002, 0.998)


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


@extension("filter", version=1)
def match(image: Raster, params: MatchParams, given: References) -> Raster:
    """Brings the layer's colours to those of another layer or photograph."""
    source = layer_sample(image, given.mask("figure"))
    target = picture_sample(given.rasters["to"], given.mask("where"))
    share = params.strength * np.array([params.luminance, params.chroma, params.chroma])
    if not (share.any() and source[1].any() and target[1].any()):
        return image
    transport = _transport(_cloud(*source), _cloud(*target), params.method, share)
    low, high = np.quantile(transport.moved(source[0])[:, 0], _EXTREMES)
    return recolored(image, partial(_matched, transport=transport, low=low, high=high))


def _matched(lab: FloatArray, _rows: slice, transport: _Transport, low: float, high: float) -> FloatArray:
    moved = transport.moved(lab)
    moved[..., 0] = _rolled_off(moved[..., 0], high)
    moved[..., 0] = 1 - _rolled_off(1 - moved[..., 0], 1 - low)
    return moved


def _rolled_off(x: FloatArray, high: float) -> FloatArray:
    """Lightness `_KNEE`…`high` on `_KNEE`…1, beginning at slope 1; unchanged where `high` fits."""
    if high <= 1:
        return x
    over = np.maximum(x - np.float32(_KNEE), 0)
    bend = np.float32(1 / (1 - _KNEE) - 1 / (high - _KNEE))
    rolled: FloatArray = np.minimum(x, np.float32(_KNEE)) + over / (1 + bend * over)
    return rolled


def _cloud(lab: Array, weights: Array) -> _Cloud:
    mean = np.average(lab, axis=0, weights=weights)
    off = lab - mean
    covariance = (off * weights[:, None]).T @ off / weights.sum()
    return _Cloud(mean, covariance + _GRAIN**2 * np.eye(3))


def _transport(source: _Cloud, target: _Cloud, method: str, share: Array) -> _Transport:
    """T = Σu^(−½) (Σu^½ Σv Σu^½)^½ Σu^(−½), or diagonal; its eigenvalues bounded."""
    Σu, Σv = source.covariance, target.covariance
    if method == "reinhard":
        Σu, Σv = np.diag(np.diag(Σu)), np.diag(np.diag(Σv))
    root, inverse = _power(Σu, 0.5), _power(Σu, -0.5)
    T = inverse @ _power(root @ Σv @ root, 0.5) @ inverse
    values, vectors = np.linalg.eigh((T + T.T) / 2)
    bounded = (vectors * np.clip(values, _LEAST, _MOST)) @ vectors.T
    return _Transport(source.mean, bounded, target.mean, share)


def _power(matrix: Array, exponent: float) -> Array:
    """A symmetric positive matrix to a power."""
    values, vectors = np.linalg.eigh(matrix)
    power: Array = (vectors * np.maximum(values, 1e-12) ** exponent) @ vectors.T
    return power
