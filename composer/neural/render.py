"""Render: a raster and its styles through the loop and back to a raster.

Knows sizes, colour modes, transparency and the memory a render takes. Does not know the artist's parameters
(an engine turns them into a `Recipe`) nor how a step is done (`transfer`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch

from ..errors import OperationError
from ..operation import Bench, StyleImage, StyleSet
from ..pixels.geometry import Extent
from ..pixels.raster import Raster, quantize
from .bench import available_memory, reproducible
from .palette import colour_moments, lightness, recoloured, with_chroma
from .picture import Picture
from .transfer import Recipe, StyleSource, paint

ColorMode = Literal["style", "content", "luminance"]
MARGIN = 16  # mirrored pixels around every picture, cut off the result: networks are strange near borders


@dataclass(frozen=True, slots=True)
class Footprint:
    """Memory of a render in bytes: torch itself, then for each pixel painted or style pixel read."""

    per_pixel: int
    per_style_pixel: int
    fixed: int

    def of(self, content: Extent, styles: Sequence[Extent]) -> int:
        """Bytes at the peak: a step at the content's size, or reading the largest style."""
        largest = max((style.pixels for style in styles), default=0)
        return self.fixed + max(self.per_pixel * content.pixels, self.per_style_pixel * largest)


def render(
    content: Raster,
    styles: StyleSet,
    color: ColorMode,
    recipe: Callable[[Extent, torch.device], Recipe],
    footprint: Footprint,
    bench: Bench,
) -> Raster:
    """The content in the styles, at its place, in its depth, with its alpha; unchanged if fully transparent.

    Raises OperationError when the render would not fit into memory or diverges; Cancelled within a step.
    """
    if content.is_empty or not content.pixels[..., 3].any():
        bench.step(1, 1)
        return content
    with reproducible(bench.device, bench.threads) as device:
        picture = Picture.of(content).mirrored(MARGIN)
        sources = [style_source(style, styles.canvas_long_side) for style in styles.images]
        needed = footprint.of(picture.extent, [source.picture.extent for source in sources])
        _check_memory(content.extent, needed, available_memory(device))
        painted = _painted(picture, sources, color, recipe(picture.extent, device), device, bench)
    return _finished(painted, content)


def style_source(style: StyleImage, canvas_long_side: int) -> StyleSource:
    """Fitted so that its long side is `scale` times the canvas's, never beyond its own size."""
    picture = Picture.of(style.raster)
    factor = min(1.0, style.scale * canvas_long_side / picture.extent.long_side)
    return StyleSource(picture.fitted(picture.extent.scaled(factor)).mirrored(MARGIN), style.weight)


def _painted(
    content: Picture,
    styles: list[StyleSource],
    color: ColorMode,
    recipe: Recipe,
    device: torch.device,
    bench: Bench,
) -> Picture:
    if color == "luminance":
        grey = [StyleSource(lightness(style.picture), style.share) for style in styles]
        return with_chroma(_run(lightness(content), grey, recipe, device, bench), content)
    if color == "content":
        source = colour_moments([(style.picture, style.share) for style in styles])
        wanted = colour_moments([(content, 1.0)])
        styles = [StyleSource(recoloured(s.picture, source, wanted), s.share) for s in styles]
    return _run(content, styles, recipe, device, bench)


def _run(
    content: Picture, styles: list[StyleSource], recipe: Recipe, device: torch.device, bench: Bench
) -> Picture:
    return content.with_rgb(paint(content, styles, recipe, device, bench))


def _finished(painted: Picture, content: Raster) -> Raster:
    pixels = np.concatenate([quantize(painted.pixels(), content.depth), content.pixels[..., 3:]], axis=2)
    return content.with_pixels(pixels)


def _check_memory(extent: Extent, needed: int, free: int) -> None:
    if needed > free:
        raise OperationError(
            f"styling {extent} needs about {needed / 1e9:.1f} GB and {free / 1e9:.1f} GB are free",
            "build a draft with --scale 0.5, or make the layer smaller",
        )
