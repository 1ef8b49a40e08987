"""What the tests of the networks' room work with: a narrow encoder, pictures, easels and distances."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from composer.neural.commission import MARGIN
from composer.neural.easel import Easel
from composer.neural.encoder import Encoder
from composer.neural.engine import Engine, Load
from composer.neural.frozen import FeatureExtractor
from composer.neural.loss import LayerTarget, Weights, statistics_term
from composer.neural.memory import Footprint
from composer.neural.picture import Picture
from composer.neural.reading import Reader
from composer.neural.statistics import Moments, rows
from composer.neural.subject import StyleSource
from composer.operation import Bench, PlainBench
from composer.pixels.geometry import Bounds, Extent
from composer.pixels.raster import Mask, Raster

CPU = torch.device("cpu")
NARROW = ((8, 8), (12, 12), (16, 16), (16, 16), (16,))
WEIGHTS = Weights(
    (1.0,) * 5, content=0.3, neighbours=1.0, smoothness=1.0, anchor=0.5, chroma=2.0, rims=0.7, tether=0.4
)
Loader = Callable[[torch.dtype], FeatureExtractor]


def narrow_encoder(dtype: torch.dtype) -> Encoder:
    """The same untrained weights each time; activations are as large on every layer."""
    network, lots = Encoder(NARROW), torch.Generator().manual_seed(7)
    for weights in network.parameters():
        spread = (2 / weights[0].numel()) ** 0.5 if weights.dim() == 4 else 0.1
        torch.nn.init.normal_(weights, std=spread, generator=lots)
    network.requires_grad_(False).eval()
    return network.to(dtype=dtype, memory_format=torch.channels_last)


def engine_of(load: Loader, footprint: Footprint | None = None, steps: float = 1 / 12) -> Engine:
    """An engine with an encoder, few steps and hardly any memory to ask for."""
    loaded: Load = lambda _device, dtype: load(dtype)  # noqa: E731
    size = footprint or Footprint(per_tile_pixel=100, fixed=0)
    return Engine(loaded, lambda: "an encoder of the tests", size, content=0.3, smoothness=1.0, steps=steps)


def with_margin(extent: Extent) -> Extent:
    """A layer of that extent as it is painted."""
    return Extent(extent.width + 2 * MARGIN, extent.height + 2 * MARGIN)


@dataclass
class WatchedEncoder:
    """The narrow encoder, noting how many pixels it is shown; memory runs out above `limit` of them."""

    encoder: Encoder
    limit: int | None = None
    seen: list[int] = field(default_factory=list)

    @property
    def channels(self) -> Sequence[int]:
        return self.encoder.channels

    @property
    def levels(self) -> Sequence[int]:
        return self.encoder.levels

    @property
    def reach(self) -> Sequence[int]:
        return self.encoder.reach

    def parameters(self) -> Iterator[Tensor]:
        return self.encoder.parameters()

    def __call__(self, rgb: Tensor, depth: int) -> list[Tensor]:
        pixels = rgb.shape[2] * rgb.shape[3]
        self.seen.append(pixels)
        if self.limit is not None and pixels > self.limit:
            raise torch.OutOfMemoryError
        return self.encoder(rgb, depth)


def easel(encoder: Encoder | WatchedEncoder, side: int | None = None, bench: Bench | None = None) -> Easel:
    """An easel that reads five layers in the encoder's own precision."""
    reader = Reader(encoder, 5, next(encoder.parameters()).dtype)
    return Easel(reader, CPU, bench or PlainBench(), "an encoder of the tests", side)


def waves(extent: Extent, seed: int, dtype: torch.dtype = torch.float64) -> Picture:
    """An opaque picture of waves and noise, another one for each seed."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[: extent.height, : extent.width]
    phases = [x * a + y * b for a, b in random.uniform(-1, 1, (3, 2))]
    rgb = 0.5 + 0.3 * np.sin(np.stack(phases) / (1 + seed)) + random.uniform(-0.2, 0.2, (3, *x.shape))
    return Picture(torch.from_numpy(rgb).to(dtype)[None], plane(extent, 1.0, dtype), Bounds.of(extent))


def source(extent: Extent, seed: int, dtype: torch.dtype = torch.float64) -> StyleSource:
    """Waves as the only style."""
    return StyleSource(waves(extent, seed, dtype), 1.0)


def plane(extent: Extent, value: float, dtype: torch.dtype = torch.float64) -> Tensor:
    """(1, 1, H, W) of one value."""
    return torch.full((1, 1, extent.height, extent.width), value, dtype=dtype)


def box_mask(extent: Extent, box: Bounds, value: float = 1.0) -> Mask:
    """A mask that shows a box."""
    values = np.zeros((extent.height, extent.width), np.float32)
    values[box.slices] = value
    return Mask.from_float(values)


def with_confetti(raster: Raster, box: Bounds) -> Raster:
    """The raster, every pixel of a box in some colour of its own, the purest included."""
    pixels, top = raster.pixels.copy(), np.iinfo(raster.pixels.dtype).max
    colours = np.random.default_rng(1).integers(0, 5, (box.height, box.width, 3)) * (top // 4)
    pixels[(*box.slices, slice(3))] = np.minimum(colours, top)
    return raster.with_pixels(pixels)


def style_distance(encoder: FeatureExtractor, picture: Raster | Tensor, style: Raster) -> float:
    """L_stat between a picture and a style, both in one piece at their own size."""
    rgb = Picture.of(picture).rgb if isinstance(picture, Raster) else picture
    pairs = zip(_moments(encoder, rgb), _moments(encoder, Picture.of(style).rgb), strict=True)
    return sum(float(statistics_term(ours, LayerTarget.of(theirs))[0]) for ours, theirs in pairs)


def _moments(encoder: FeatureExtractor, rgb: Tensor) -> Sequence[Moments]:
    return [Moments.of(rows(features)) for features in encoder(rgb, 5)]


def moved(a: Raster, b: Raster) -> np.ndarray:
    """(H, W): by how much the most different channel of each pixel differs."""
    steps: np.ndarray = np.abs(a.pixels.astype(int) - b.pixels).max(2)
    return steps
