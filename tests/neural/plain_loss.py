"""The loss of a picture as its formula says it, for autograd: no tiles, no closed gradients, nothing saved.

All positions of a neighbour layer take part, so it holds for pictures with fewer of them than are drawn.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from composer.neural.encoder import Encoder
from composer.neural.guides import Guide, share
from composer.neural.recipe import Recipe
from composer.neural.subject import RegionSource, Subject

from .studio import NARROW


def plain_encoder(like: Encoder) -> Encoder:
    """The same network from torch's own padding, convolution and ReLU, as it is when it learns."""
    network = Encoder(NARROW).to(next(like.parameters()).dtype)
    network.load_state_dict(like.state_dict())
    return network.requires_grad_(True)


class PlainLoss:
    """L of a subject at its own size, as a function of the picture shown."""

    def __init__(self, subject: Subject, recipe: Recipe, encoder: Encoder) -> None:
        self._subject = subject
        self._recipe = recipe
        self._encoder = plain_encoder(encoder)
        self._guides = [_guide(subject, region, encoder) for region in subject.regions]
        with torch.no_grad():
            self._content = self._features(subject.content.rgb)
            self._styles = [
                [(self._features(style.picture.rgb), style.share) for style in region.styles]
                for region in subject.regions
            ]

    def __call__(self, x: Tensor) -> Tensor:
        F, weights, c = self._features(x), self._recipe.weights, self._subject.content.rgb
        if self._subject.ground is not None:
            c = c + self._recipe.tone * (self._subject.ground - c)
        loss = weights.content * self._content_loss(F[weights.content_layer])
        for r, part in enumerate(share(self._guides)):
            loss = loss + part * self._region_loss(F, r)
        rough = torch.stack([self._roughness(x, r) for r in range(len(self._guides))]).sum()
        rims = torch.stack([self._rims(x, r) for r in range(len(self._guides))]).sum()
        near = weights.smoothness * (rough + weights.rims * rims) + weights.anchor * self._tethered(x - c)
        return loss + near / x.numel()

    def _features(self, rgb: Tensor) -> list[Tensor]:
        """By layer (N, C)."""
        layers = self._encoder(rgb.expand(-1, 3, -1, -1), 5)
        return [f[0].flatten(1).T for f in layers]

    def _region_loss(self, F: Sequence[Tensor], r: int) -> Tensor:
        weights, loss = self._recipe.weights, F[0].new_zeros(())
        for k, weight in enumerate(weights.layers):
            T = _weights(self._guides[r], k, F[k])
            mean, second = self._wanted(r, k, T)
            s = (second.trace() / len(mean)).sqrt()
            w = (T / T.sum())[:, None]
            mu = (w * F[k] / s).sum(0)
            sigma = (w * F[k] / s).T @ (F[k] / s) - torch.outer(mu, mu)
            off = sigma - (second - torch.outer(mean, mean)) / s**2
            loss = loss + weight * ((mu - mean / s).abs().mean() + len(mean) ** 0.5 * off.abs().mean())
            if k in weights.neighbour_layers:
                bank = torch.cat([features[k] for features, _ in self._styles[r]])
                allowed = F[k][T.ge(T.max() / 2)]
                loss = loss + 0.5 * weights.neighbours * _relaxed_distance(allowed - mean, bank - mean)
        return loss

    def _roughness(self, x: Tensor, r: int) -> Tensor:
        """Σ T dᵀ W d, with W = λ (1 + χ) (χ G + λ)⁻¹ and G the mean of d dᵀ over styles and content."""
        return _cost(x, self._area(x, r), self._prices(x, r))

    def _rims(self, x: Tensor, r: int) -> Tensor:
        """Σ n² Σ T dᵀ (W − I) d of cells of n × n pixels."""
        W, pool = self._prices(x, r), torch.nn.functional.avg_pool2d
        each = [n**2 * _cost(pool(x, n), pool(self._area(x, r), n), W - torch.eye(len(W))) for n in (2, 4)]
        return torch.stack(each).sum()

    def _tethered(self, away: Tensor) -> Tensor:
        """Σ (x − c)ᵀ (I + τ T (W − I)) (x − c)."""
        held = away.square().sum()
        for r in range(len(self._guides)):
            dear = torch.einsum("ij,njhw->nihw", self._prices(away, r) - torch.eye(away.shape[1]), away)
            held = held + self._recipe.weights.tether * (self._area(away, r) * away * dear).sum()
        return held

    def _area(self, x: Tensor, r: int) -> Tensor:
        mask = self._subject.regions[r].mask
        return torch.ones_like(x[:, :1]) if mask is None else mask

    def _prices(self, x: Tensor, r: int) -> Tensor:
        region, blend, chroma = self._subject.regions[r], self._recipe.blend, self._recipe.weights.chroma
        T = self._area(x, r)
        parts = [(s.picture.rgb, s.picture.weight, s.share * blend) for s in region.styles]
        parts.append((self._subject.content.rgb, _free(self._subject) * T, 1 - blend))
        G = torch.stack([p * _mean_square(rgb, weight) for rgb, weight, p in parts]).sum(0)
        most = torch.linalg.eigvalsh(G)[-1]
        W = most * (1 + chroma) * torch.linalg.inv(chroma * G + most * torch.eye(len(G), dtype=G.dtype))
        assert isinstance(W, Tensor)
        return W

    def _wanted(self, r: int, k: int, T: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and raw second moment of the styles mixed, and of the content's share in them."""
        parts = [(f[k], torch.ones_like(f[k][:, 0]), p * self._recipe.blend) for f, p in self._styles[r]]
        parts.append((self._content[k], T, 1 - self._recipe.blend))
        mean = sum(p * (w[:, None] * f).sum(0) / w.sum() for f, w, p in parts)
        second = sum(p * (w[:, None] * f).T @ f / w.sum() for f, w, p in parts)
        assert isinstance(mean, Tensor)
        assert isinstance(second, Tensor)
        return mean, second

    def _content_loss(self, F: Tensor) -> Tensor:
        layer = self._recipe.weights.content_layer
        masks = [region.mask for region in self._subject.regions]
        area = sum(masks) if all(mask is not None for mask in masks) else 1.0  # type: ignore[arg-type]
        T = torch.nn.functional.avg_pool2d(_free(self._subject) * area, 2**layer).flatten()
        kept = self._content[layer]
        return (T * (F - kept).square().sum(1)).sum() / (T * kept.square().sum(1)).sum()


def _cost(x: Tensor, T: Tensor, W: Tensor) -> Tensor:
    """Σ T dᵀ W d of neighbours, T of a pair being the mean of both."""
    along = [(x.diff(dim=axis)[0], sum(_ends(T, axis)) / 2) for axis in (2, 3)]
    return torch.stack([(t * torch.einsum("ihw,ij,jhw->hw", d, W, d)).sum() for d, t in along]).sum()


def _mean_square(rgb: Tensor, weight: Tensor) -> Tensor:
    """Mean of d dᵀ over pairs of neighbours, weighed by both."""
    pairs = [(rgb.diff(dim=axis)[0], _ends(weight, axis)) for axis in (2, 3)]
    squares = [torch.einsum("ihw,jhw,hw->ij", d, d, a * b) for d, (a, b) in pairs]
    return torch.stack(squares).sum(0) / torch.stack([(a * b).sum() for _, (a, b) in pairs]).sum()


def _ends(plane: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """A plane's values (h, w) at the one and the other end of each pair of neighbours."""
    length = plane.shape[axis] - 1
    return plane.narrow(axis, 0, length)[0, 0], plane.narrow(axis, 1, length)[0, 0]


def _relaxed_distance(A: Tensor, B: Tensor) -> Tensor:
    cost = 1 - (A / A.norm(dim=1, keepdim=True)) @ (B / B.norm(dim=1, keepdim=True)).T
    return torch.maximum(cost.amin(1).mean(), cost.amin(0).mean())


def _guide(subject: Subject, region: RegionSource, encoder: Encoder) -> Guide:
    return subject.content.with_weight(_free(subject)).guide(encoder, 5, region.mask)


def _free(subject: Subject) -> Tensor:
    weight = subject.content.weight
    return weight if subject.held is None else weight * (1 - subject.held)


def _weights(guide: Guide, layer: int, F: Tensor) -> Tensor:
    T = guide.flat(layer)
    return torch.ones_like(F[:, 0]) if T is None else T
