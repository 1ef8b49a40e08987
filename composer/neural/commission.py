"""Commission: a layer and its styles as rasters, turned into the subject that is painted.

Knows regions that overlap, what is protected, the first picture and colour modes. Does not know the loop.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from ..errors import OperationError
from ..operation import StyleImage, StyleSet
from ..pixels.geometry import Bounds
from ..pixels.raster import FloatArray, Mask, Raster
from .controls import ColorMode
from .palette import Carry, Moments, carried, colour_moments, lightness, recoloured
from .picture import Picture, mirrored
from .subject import RegionSource, StyleSource, Subject
from .underpainting import underpainted

_LEAST = 32  # pixels of a style's long side
_ONE_COLOUR = 1e-5  # variance in OKLab
MARGIN = 8  # mirrored pixels around every picture, cut off the result: networks are strange near borders


@dataclass(frozen=True, eq=False, slots=True)
class Area:
    """The part of the layer that takes these styles: `mask` (1, 1, H, W) 0…1, None for all of it."""

    styles: Sequence[StyleSource]
    mask: Tensor | None

    def of(self, picture: Picture) -> Picture:
        """The picture, only this part counting."""
        return picture if self.mask is None else picture.with_weight(picture.weight * self.mask)


@dataclass(frozen=True, eq=False, slots=True)
class Commission:
    """What is to be painted, in colours: all planes as large as `content`, mirrored margins included.

    `ground` (1, 3, H, W): what lies below, if it is painted on that.
    """

    content: Picture
    areas: tuple[Area, ...]
    held: Tensor | None
    ground: Tensor | None
    is_from_noise: bool

    def subject(self, color: ColorMode, palette: Picture | None = None, share: float = 0.0) -> Subject:
        """The subject in a colour mode; `palette`: whose colours count as the content's, if not its own.

        `share`: how far (0…1) the styles come in. As far does what lies below, if it is painted on that;
        and if it starts from the content, that takes the styles' colours beforehand. A bright photo comes
        into a dark style that way, which steps from pixel to pixel do not reach.
        """
        content, kept = self.content, self.content if self.ground is not None else None
        if self.ground is not None:
            content = content.with_rgb(underpainted(content.rgb, self.ground, share))
        if color == "luminance":
            return self._grey(content, kept)
        areas: Sequence[Area] = self.areas
        if color == "content":
            areas = [_recoloured(area, palette or self.content) for area in areas]
        regions = [RegionSource(area.styles, area.mask) for area in areas]
        begun = self._toned(share) if share and color != "content" and self._starts_from_content else None
        fixed = None if kept is None else kept.rgb
        return Subject(content, regions, self.held, fixed, begun, self.is_from_noise)

    def misgivings(self) -> Iterator[str]:
        """What the artist should know of styles with which hardly anything can be painted."""
        for picture in (style.picture for area in self.areas for style in area.styles):
            shown = picture.visible.extent
            if shown.long_side < _LEAST:
                yield f"a style picture is only {shown} pixels large here: little but colours comes through"
            elif np.trace(colour_moments([(picture, 1.0)])[1]) < _ONE_COLOUR:
                yield "a style picture is of one colour: there are no strokes to paint with, only that colour"

    @property
    def masks(self) -> int:
        """How many guide it; what is held counts twice, for its pixels are kept as well."""
        return sum(area.mask is not None for area in self.areas) + 2 * (self.held is not None)

    @property
    def _starts_from_content(self) -> bool:
        return self.ground is None and not self.is_from_noise

    def _toned(self, share: float) -> Tensor:
        """The content on its way to the styles' colours, each area by itself."""
        return torch.lerp(self.content.rgb, self._in_each(self.content, _colours_of_styles, carried), share)

    def _grey(self, content: Picture, kept: Picture | None) -> Subject:
        regions = [
            RegionSource([replace(s, picture=lightness(s.picture)) for s in area.styles], area.mask)
            for area in self.areas
        ]
        fixed = None if kept is None else lightness(kept).rgb
        return Subject(lightness(content), regions, self.held, fixed, None, self.is_from_noise)

    def matched(self, painted: Picture) -> Picture:
        """The painting in the content's colours, each area by itself; what is held stays the content."""
        result = self._in_each(painted, lambda area: self._colours(area, self.content), recoloured)
        return painted.with_rgb(
            result if self.held is None else torch.lerp(result, self.content.rgb, self.held)
        )

    def _colours(self, area: Area, picture: Picture) -> Moments:
        """The moments of what is painted of a picture in the area; what is held has no say."""
        here = area.of(picture)
        free = here if self.held is None else here.with_weight(here.weight * (1 - self.held))
        return colour_moments([(free, 1.0)])

    def _in_each(self, picture: Picture, wanted: Callable[[Area], Moments], carry: Carry) -> Tensor:
        """The picture's pixels, their colours carried in each area; where no area lies, as they are."""
        result = torch.zeros_like(picture.rgb)
        for area in self.areas:
            moved = carry(area.of(picture), self._colours(area, picture), wanted(area)).rgb
            result += moved if area.mask is None else moved * area.mask
        masks = [area.mask for area in self.areas if area.mask is not None]
        if len(masks) == len(self.areas):
            result += (1 - torch.stack(masks).sum(0)).clamp_min(0) * picture.rgb
        return result


def commissioned(content: Raster, styles: StyleSet) -> Commission:
    """The commission of a layer; without areas there is nothing to paint."""
    picture = Picture.of(content).mirrored(MARGIN)
    masks = [plane_of(region.mask, content.bounds) for region in styles.regions]
    parts, rest = _shared(masks, content)
    wanted: list[tuple[tuple[StyleImage, ...], FloatArray | None]] = [
        (region.images, part) for region, part in zip(styles.regions, parts, strict=True)
    ]
    held = None if styles.protect is None else plane_of(styles.protect, content.bounds)
    if styles.images:
        wanted.append((styles.images, rest if masks else None))
    elif masks:
        held = rest if held is None else np.maximum(held, rest)
    areas = tuple(
        Area([style_source(image, styles.canvas_long_side) for image in images], _tensor(part))
        for images, part in wanted
        if part is None or part.any()
    )
    ground = _ground(content, styles.init) if isinstance(styles.init, Raster) else None
    return Commission(picture, areas, _tensor(held), ground, styles.init == "noise")


def style_source(style: StyleImage, canvas_long_side: int) -> StyleSource:
    """Fitted so that its long side is `scale` times the canvas's, never beyond its own size.

    Raises OperationError when nothing of it is to be seen.
    """
    if not style.raster.pixels[..., 3].any():
        message = "a style picture of this layer is transparent everywhere: there is nothing to paint with"
        raise OperationError(message, "look at its alpha channel, or take the style out of the layer")
    picture = Picture.of(style.raster)
    factor = min(1.0, style.scale * canvas_long_side / picture.extent.long_side)
    return StyleSource(picture.fitted(picture.extent.scaled(factor)).mirrored(MARGIN), style.weight)


def _colours_of_styles(area: Area) -> Moments:
    return colour_moments([(style.picture, style.share) for style in area.styles])


def _recoloured(area: Area, palette: Picture) -> Area:
    source, wanted = _colours_of_styles(area), colour_moments([(area.of(palette), 1.0)])
    styles = [replace(s, picture=recoloured(s.picture, source, wanted)) for s in area.styles]
    return replace(area, styles=styles)


def plane_of(mask: Mask, bounds: Bounds) -> FloatArray:
    """The mask where the layer lies, (H, W)."""
    plane: FloatArray = Mask(np.ascontiguousarray(mask.values[bounds.slices])).to_float()
    return plane


def _shared(masks: Sequence[FloatArray], content: Raster) -> tuple[list[FloatArray], FloatArray]:
    """The masks, sharing where they overlap; and what none of them shows."""
    shape = (content.extent.height, content.extent.width)
    total = np.sum(masks, axis=0, dtype=np.float32) if masks else np.zeros(shape, np.float32)
    shares: list[FloatArray] = [(mask / np.maximum(total, 1)).astype(np.float32) for mask in masks]
    return shares, np.clip(1 - total, 0, 1).astype(np.float32)


def _tensor(plane: FloatArray | None) -> Tensor | None:
    return None if plane is None else mirrored(torch.from_numpy(plane)[None, None], MARGIN)


def _ground(content: Raster, init: Raster) -> Tensor:
    """What lies below where the content lies; the content where that is transparent."""
    under, over = content.to_float(), np.zeros((*content.pixels.shape[:2], 4), np.float32)
    common = content.bounds.intersect(init.bounds)
    if not common.is_empty:
        here = common.translate(-content.left, -content.top)
        over[here.slices] = init.crop(common).to_float()
    alpha = over[..., 3:]
    base = Picture.of(content).rgb[0].permute(1, 2, 0).numpy() if under[..., 3].min() < 1 else under[..., :3]
    mixed = np.ascontiguousarray((over[..., :3] * alpha + base * (1 - alpha)).transpose(2, 0, 1))
    return mirrored(torch.from_numpy(mixed)[None], MARGIN)
