"""Loss: what a painting is pulled towards, term by term, each with its gradient in closed form.

    L_stat = Σ_layers [ mean|μ − μ*| + √C · mean|Σ − Σ*| ]
    L_nn   = ½ Σ_{neighbour layers} max( mean_i min_j (1 − A_i·B_j), mean_j min_i (1 − A_i·B_j) )
    L_c    = Σ w |F − F(c)|² / Σ w |F(c)|²
    L_tv   = Σ T dᵀ W d over the differences d of neighbouring pixels
    L_rim  = Σ_n n² Σ T dᵀ (W − I) d over those of neighbouring cells of n × n pixels, n in 2, 4
    L_a    = Σ (x − c)ᵀ (I + τ T (W − I)) (x − c)
    L      = L_stat + L_nn + α L_c + β (L_tv + ρ L_rim) + γ L_a

c: the content in the colours that the painting starts in.
Features are in units of the style's s = √mean F*² at this scale. Gradients stop at the features: the caller
pushes them through the network once, so no graph is built over a statistic, and parts of a picture can be
given the sums of the whole. Does not know images, scales or how the pixels are moved; what W is says
`contrast`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

from .neighbours import nearest, through_unit, unit
from .statistics import Moments


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each term counts: `layers` by feature layer, the others as in the formula above: α `content`,
    β `smoothness`, γ `anchor`; χ `chroma` bounds what a difference costs that the style does not have, ρ
    `rims` is what it counts over some pixels, τ `tether` how much dearer it is as one from c."""

    layers: tuple[float, ...]
    content: float
    neighbours: float
    smoothness: float
    anchor: float
    chroma: float = 0.0
    rims: float = 0.0
    tether: float = 0.0
    content_layer: int = 3
    neighbour_layers: tuple[int, ...] = (2, 3)


@dataclass(frozen=True, eq=False, slots=True)
class LayerTarget:
    """One layer of the style at one scale in units of s: mean (C), covariance (C, C), unit samples (m, C)."""

    s: Tensor
    mean: Tensor
    covariance: Tensor
    bank: Tensor | None = None

    @classmethod
    def of(cls, moments: Moments, samples: Tensor | None = None) -> "LayerTarget":
        """From raw moments and (m, C) raw features to match neighbours with."""
        s = moments.magnitude().clamp_min(1e-6)
        bank = None if samples is None else unit(samples, moments.mean())[0]
        return cls(s, moments.mean() / s, moments.covariance() / s**2, bank)


@dataclass(frozen=True, eq=False, slots=True)
class Smoothing:
    """What differences of neighbouring pixels cost: by colour `W` (C, C), and by place `T` (1, 1, H, W).

    T of a pair is the mean of both pixels'; None: 1 everywhere.
    """

    W: Tensor
    T: Tensor | None = None


Statistic = Callable[[Moments, LayerTarget], tuple[Tensor, Tensor, Tensor]]
"""The loss of a layer's moments, with M (C, C) and v (C) such that dL/dF_p = w_p (F_p M + v)."""


def statistics_term(moments: Moments, target: LayerTarget) -> tuple[Tensor, Tensor, Tensor]:
    """L_stat of one layer, and the matrix M (C, C) and vector v (C) with dL/dF_p = w_p (F_p M + v).

    w_p (2 S (f_p − μ) + g) / s with S = (√C / C²) sign(Σ − Σ*), g = sign(μ − μ*) / C and f = F / s.
    """
    s, C = target.s, target.mean.shape[0]
    mu = moments.mean() / s
    off_mean, off_covariance = mu - target.mean, moments.covariance() / s**2 - target.covariance
    loss = off_mean.abs().mean() + C**0.5 * off_covariance.abs().mean()
    S = off_covariance.sign() * (C**0.5 / C**2)
    return loss, S * (2 / s**2), (off_mean.sign() / C - 2 * (S @ mu)) / s


def neighbours_term(F: Tensor, target: LayerTarget) -> tuple[Tensor, Tensor]:
    """L_nn of one layer for drawn features (n, C), and its gradient (n, C)."""
    assert target.bank is not None
    A, length = unit(F, target.mean * target.s)
    loss, gradient = nearest(A, target.bank)
    return loss, through_unit(gradient, A, length)


def content_term(F: Tensor, kept: Tensor, T: Tensor | None, scale: Tensor) -> tuple[Tensor, Tensor]:
    """L_c of features F against the content's `kept`, both (N, C), weighed by T (N); and its gradient.

    `scale`: Σ w |F(c)|² over the whole picture, of which these may be a part.
    """
    difference = F - kept
    pull = difference if T is None else T[:, None] * difference
    return (pull * difference).sum() / scale, pull * (2 / scale)


def smoothness_term(x: Tensor, band: slice, smoothing: Smoothing) -> tuple[Tensor, Tensor]:
    """L_tv in a band of rows of (1, C, H, W), and half the gradient of the whole picture's there.

    L_tv is xᵀ L x with L x a pixel's differences to its neighbours summed, times W: half its gradient; a
    band counts its own rows of that. With T it is L x = ½ (T · L₁ x + L₁ (T · x) − x · L₁ T), L₁ being the
    one without.
    """
    near, rows = _near(x, band), x[:, :, band]
    rise = _risen(near)
    if smoothing.T is not None:
        around, T = _near(smoothing.T, band), smoothing.T[:, :, band]
        rise = (T * rise + _risen(around * near) - rows * _risen(around)) / 2
    rise = torch.matmul(smoothing.W, rise.flatten(2)).reshape(rows.shape)
    return (rows * rise).sum(), rise


def _near(x: Tensor, band: slice) -> Tensor:
    """The band with a pixel more on each side, the picture's border repeated."""
    height = x.shape[2]
    near = x[:, :, max(0, band.start - 1) : band.stop + 1]
    return pad(near, (1, 1, int(band.start == 0), int(band.stop == height)), mode="replicate")


def _risen(near: Tensor) -> Tensor:
    """Each inner pixel's differences to its four neighbours, summed."""
    rise = 4 * near[..., 1:-1, 1:-1]
    for beside in (near[:, :, :-2, 1:-1], near[:, :, 2:, 1:-1], near[..., 1:-1, :-2], near[..., 1:-1, 2:]):
        rise -= beside
    return rise
