"""Signature: all that a painting is compared with of one style picture at one size.

Knows moments by layer, samples of features and differences of pixels. They follow from the picture alone,
so a style that many layers use is read once a size: `Bench.cached` keeps them. Does not know how styles are
mixed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from safetensors.torch import load, save
from torch import Tensor

from ..digest import Json, digest_of_parts
from .checkpoint import raw
from .contrast import differences
from .easel import Easel
from .neighbours import draw
from .picture import Picture
from .reading import gathered, moments_of
from .statistics import Moments, total
from .survey import SAMPLES

_VERSION = 3
_SEED = 0  # of the samples; the painting's own lots follow the piece's seed


@dataclass(frozen=True, eq=False, slots=True)
class Signature:
    """Moments by layer; by neighbour layer SAMPLES (or fewer) features (n, C), in an order drawn by lot.

    `differences` (C, C): of neighbouring pixels, as in `contrast`; on the CPU.
    """

    moments: tuple[Moments, ...]
    samples: Mapping[int, Tensor]
    differences: Tensor

    def to(self, device: torch.device) -> "Signature":
        """The same on a device."""
        moments = tuple(
            Moments(m.mass.to(device), m.first.to(device), m.second.to(device)) for m in self.moments
        )
        samples = {k: sample.to(device) for k, sample in self.samples.items()}
        return Signature(moments, samples, self.differences)


def signature(picture: Picture, layers: int, sampled: Sequence[int], easel: Easel) -> Signature:
    """The signature of a picture, read now or recalled: `layers` moments, samples of the `sampled` layers."""
    easel = easel.for_style(picture.extent)
    ingredients: dict[str, Json] = {
        "operation": f"style statistics v{_VERSION}",
        "picture": digest_of_parts([raw(picture.rgb), raw(picture.weight)]),
        "extent": str(picture.extent),
        "layers": layers,
        "samples of": list(sampled),
        **easel.ingredients,
    }
    kept = easel.bench.cached(ingredients, lambda: _bytes(_read(picture, layers, sampled, easel)))
    return _signature(bytes(kept), layers).to(easel.device)


def _read(picture: Picture, layers: int, sampled: Sequence[int], easel: Easel) -> Signature:
    guide = picture.guide(easel.reader.encoder, layers).to(easel.device)
    lots = torch.Generator().manual_seed(_SEED)
    grid = [(picture.extent.height >> level, picture.extent.width >> level) for level in easel.reader.levels]
    drawn = {k: draw(guide.flat(k), grid[k][0] * grid[k][1], SAMPLES, lots) for k in sampled}
    sums: list[list[Moments]] = []
    samples: dict[int, Tensor] = {}
    for tile, features in easel.read(picture.rgb, layers):
        sums.append(moments_of(features, guide, tile, layers))
        for k, positions in drawn.items():
            places, F = gathered(features[k], easel.reader.levels[k], tile.core, positions, grid[k][1])
            samples.setdefault(k, F.new_zeros(len(positions), F.shape[1]))[places] = F
    return Signature(tuple(total(sums)), samples, differences(picture))


def _bytes(found: Signature) -> bytes:
    tensors = {f"sample {k}": sample.cpu().contiguous() for k, sample in found.samples.items()}
    tensors["differences"] = found.differences
    for k, moments in enumerate(found.moments):
        tensors |= {f"mass {k}": moments.mass.cpu(), f"first {k}": moments.first.cpu()}
        tensors |= {f"second {k}": moments.second.cpu().contiguous()}
    return save(tensors)


def _signature(kept: bytes, layers: int) -> Signature:
    tensors = load(kept)
    moments = tuple(
        Moments(tensors[f"mass {k}"], tensors[f"first {k}"], tensors[f"second {k}"]) for k in range(layers)
    )
    sampled = {int(name.split()[1]): t for name, t in tensors.items() if name.startswith("sample ")}
    return Signature(moments, sampled, tensors["differences"])
