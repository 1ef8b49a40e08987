"""Easel: pictures of pictures – the whole one or a part, as the piece or a page has it, masks, thumbnails.

Knows what is drawn, and stops when nobody waits for it any more. Does not know requests.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ..composite.flatten import flatten
from ..errors import BlobMissing, Cancelled
from ..pixels.geometry import Bounds, Extent
from ..pixels.masking import rubylith
from ..pixels.raster import Array, Mask, Raster, quantize
from ..store.store import Store
from ..watch.events import LayerShown, Picture
from .bounded import Bounded
from .reducing import factor_for, reduced_extent
from .restack import Restack
from .view import AS_IN_THE_PIECE, View, applied, layer_at

LONGEST = 1600
"""The longest side of a picture that is shown whole."""
LARGEST_PART = 16 << 20
"""Pixels of the largest part that is drawn at once."""
_BUDGET = 64 << 20  # bytes of encoded pictures
_THUMBNAIL = 88
_DOT = 0.25  # of the long side: a smaller layer shows nothing in a thumbnail of the whole canvas
_BAND = 256  # rows between two looks at whether somebody still waits


@dataclass(frozen=True)
class Wanted:
    """A look at a picture: reduced by a whole factor, `box` of the reduced canvas or all of it.

    `mask`: the place of a layer whose mask is shown over it, as rubylith.
    """

    picture: Picture
    factor: int
    box: Bounds | None = None
    view: View = AS_IN_THE_PIECE
    mask: str | None = None

    @property
    def extent(self) -> Extent:
        """The size of the reduced canvas."""
        return reduced_extent(self.picture.canvas, self.factor)

    @property
    def part(self) -> Bounds:
        """What is drawn, on the reduced canvas."""
        whole = Bounds.of(self.extent)
        return whole if self.box is None else whole.intersect(self.box)


class Easel:
    """Encoded pictures (PNG), the last ones kept. Raises BlobMissing for what the store has lost."""

    def __init__(self, store: Store) -> None:
        self._restack = Restack(store)
        self._encoded: Bounded[bytes] = Bounded(_BUDGET, len)

    def hold(self, picture: Picture) -> object:
        """Whoever keeps what this returns keeps the picture's pixels, even when the store evicts them."""
        return self._restack.full(picture.digest)

    def look(self, wanted: Wanted, waits: Callable[[], bool] = lambda: True) -> bytes:
        """Raises Cancelled as soon as nobody waits, BlobMissing also for a mask that is not there."""
        key = (_identity(wanted.picture), wanted.factor, wanted.box, str(wanted.view), wanted.mask)
        return self._encoded.get(key, lambda: encoded(self._drawn(wanted, waits)))

    def thumbnail(self, picture: Picture, place: str, *, of_mask: bool) -> bytes:
        """A layer, or its mask, at most 88 pixels a side; raises BlobMissing when it has none."""
        layer = layer_at(picture.layers, place)
        digest = None if layer is None else layer.mask if of_mask else layer.pixels
        if digest is None:
            raise BlobMissing(f"there is nothing at {place}")
        key = ("thumbnail", digest, picture.canvas, of_mask)
        return self._encoded.get(key, lambda: encoded(self._small(picture, digest, of_mask=of_mask)))

    def _small(self, picture: Picture, digest: str, *, of_mask: bool) -> Array:
        canvas, factor = picture.canvas, factor_for(picture.canvas, LONGEST)
        if of_mask:
            return _shrunk(self._restack.mask(digest, canvas, factor).values)
        raster = self._restack.raster(digest, canvas, factor)
        seen = _seen(raster.bounds, Bounds.of(reduced_extent(canvas, factor)))
        whole = Raster.blank(seen, raster.depth)
        if not raster.is_empty:
            whole.pixels[raster.bounds.translate(-seen.left, -seen.top).slices] = raster.pixels
        return _shrunk(whole.pixels)

    def _drawn(self, wanted: Wanted, waits: Callable[[], bool]) -> Array:
        if not waits():
            raise Cancelled
        if wanted.mask is not None:
            return self._rubylith(wanted, wanted.mask)
        if wanted.view.is_plain:
            picture = wanted.picture
            whole = self._restack.raster(picture.digest, picture.canvas, wanted.factor)
            return whole.crop(wanted.part).pixels
        return self._flattened(wanted, waits)

    def _flattened(self, wanted: Wanted, waits: Callable[[], bool]) -> Array:
        picture, part = wanted.picture, wanted.part
        stack = self._restack.stack(applied(picture.layers, wanted.view), picture.canvas, wanted.factor)
        bands: list[Array] = []
        for top in range(part.top, part.bottom, _BAND):
            if not waits():
                raise Cancelled
            band = Bounds(part.left, top, part.right, min(top + _BAND, part.bottom))
            bands.append(flatten(stack, band, threads=1).pixels)
        return np.concatenate(bands)

    def _rubylith(self, wanted: Wanted, place: str) -> Array:
        picture, part = wanted.picture, wanted.part
        layer = layer_at(picture.layers, place)
        if layer is None or layer.mask is None:
            raise BlobMissing(f"there is no mask at {place}")
        mask = self._restack.mask(layer.mask, picture.canvas, wanted.factor)
        image = self._restack.raster(_below(layer, picture), picture.canvas, wanted.factor).crop(part)
        image = replace(image, left=image.left - part.left, top=image.top - part.top)
        return rubylith(image, Mask(mask.values[part.slices]))


def _below(layer: LayerShown, picture: Picture) -> str:
    """What the film lies on: the layer; for a group, which has no pixels of its own, the picture."""
    return picture.digest if layer.pixels is None else layer.pixels


def _identity(picture: Picture) -> tuple[object, ...]:
    return picture.digest, picture.layers, picture.canvas


def _seen(content: Bounds, canvas: Bounds) -> Bounds:
    """What a thumbnail shows: the canvas, or a layer that would be a dot on it and what lies around it."""
    longest = max(content.width, content.height)
    is_dot = 0 < longest < _DOT * max(canvas.width, canvas.height)
    return content.pad(longest // 4 + 1) if is_dot else canvas


def _shrunk(pixels: Array) -> Array:
    height, width = pixels.shape[:2]
    scale = min(1.0, _THUMBNAIL / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    shrunk: Array = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return shrunk


def encoded(pixels: Array) -> bytes:
    """PNG, 8 bits, of (H, W), (H, W, 3) or (H, W, 4) RGBA; opaque ones without alpha."""
    if pixels.dtype == np.uint16:
        pixels = quantize(pixels * np.float32(1 / 65535), 8)
    if pixels.ndim == 3:
        opaque = pixels.shape[2] == 3 or bool((pixels[..., 3] == 255).all())
        code = cv2.COLOR_RGB2BGR if pixels.shape[2] == 3 else cv2.COLOR_RGBA2BGR
        pixels = cv2.cvtColor(pixels, code if opaque else cv2.COLOR_RGBA2BGRA)
    done, content = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not done:
        raise ValueError("the picture cannot be encoded")
    return content.tobytes()
