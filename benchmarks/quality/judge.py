"""Judge: one picture against the style it should have and the content it should keep.

Knows a reader of features and which of its layers tells contents apart. Style distances are relative to the
untouched photograph's, so 1 is a photograph and 0 the painting itself, and their geometric mean is the one
figure that decides. Does not know how a picture came about.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor

from composer.pixels.raster import Raster

from .measures import Signature, apart, moved, scale
from .networks import Depth, Heads
from .patches import Patches


class Reader(Protocol):
    """(1, 3, H, W) sRGB 0…1 to layers of features (1, C, h, w), fine to coarse."""

    def __call__(self, rgb: Tensor) -> Sequence[Tensor]: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """A picture's distances: `style` by measure as shares of the photograph's own, and its content's."""

    style: tuple[float, ...]
    content: float

    @property
    def overall(self) -> float:
        """The geometric mean of the style distances."""
        return float(prod(max(value, 1e-9) for value in self.style) ** (1 / len(self.style)))


@dataclass(frozen=True, eq=False, slots=True)
class Judge:
    """A reader by name, and its layer in which contents are compared."""

    name: str
    reader: Reader
    content_layer: int

    @torch.no_grad()
    def case(self, content: Raster, style: Raster) -> "Case":
        """Ready to judge pictures of this photograph in this style."""
        wanted = [rows(layer) for layer in self.reader(tensor(style))]
        units = [scale(F) for F in wanted]
        signatures = [Signature.of(F, s) for F, s in zip(wanted, units, strict=True)]
        kept = [rows(layer) for layer in self.reader(tensor(content))]
        untouched = distances(kept, signatures, units)
        return Case(self, signatures, units, kept[self.content_layer], untouched)


@dataclass(frozen=True, eq=False, slots=True)
class Case:
    """One photograph and one style as a judge sees them; `untouched` are the photograph's own distances."""

    judge: Judge
    style: Sequence[Signature]
    units: Sequence[Tensor]
    content: Tensor
    untouched: tuple[float, ...]

    @torch.no_grad()
    def verdict(self, picture: Raster) -> Verdict:
        """How the picture, of the photograph's size, does."""
        layers = [rows(layer) for layer in self.judge.reader(tensor(picture))]
        far = distances(layers, self.style, self.units)
        shares = tuple(d / max(own, 1e-9) for d, own in zip(far, self.untouched, strict=True))
        return Verdict(shares, moved(layers[self.judge.content_layer], self.content))


def judges(assets: Path) -> tuple[Judge, ...]:
    """The three judges, from the one nearest to our encoder to the one that has learnt nothing at all."""
    return (
        Judge("heads", Heads.of(assets), 3),
        Judge("depth", Depth.of(assets), 2),
        Judge("patches", Patches(), 2),
    )


def distances(
    layers: Sequence[Tensor], style: Sequence[Signature], units: Sequence[Tensor]
) -> tuple[float, ...]:
    """The mean over layers of each measure; layers as (N, C)."""
    each = [apart(Signature.of(F, s), wanted) for F, s, wanted in zip(layers, units, style, strict=True)]
    return tuple(sum(values) / len(values) for values in zip(*each, strict=True))


def tensor(picture: Raster) -> Tensor:
    """(1, 3, H, W) sRGB 0…1 of a raster; its alpha is not looked at."""
    return torch.from_numpy(picture.to_float()[..., :3].transpose(2, 0, 1).copy())[None]


def rows(features: Tensor) -> Tensor:
    """(1, C, H, W) as (H·W, C)."""
    return features[0].flatten(1).T
