"""Thumbnail: a picture made small, and as the text that a page carries it in.

Knows pixels. Does not know what they show.
"""

from __future__ import annotations

import base64
import io

import cv2
import numpy as np
from PIL import Image

from ..pixels.geometry import Bounds, Extent
from ..pixels.raster import Array, Mask, Raster, quantize

_QUALITY = 90


def thumbnail(value: Raster | Mask, canvas: Extent, long_side: int, mask: Mask | None = None) -> Image.Image:
    """`value` on its canvas, shown where `mask` shows it, at most `long_side` pixels a side.

    RGBA with straight alpha; a mask as grey. Resampled by area, with alpha taken into account.
    """
    if isinstance(value, Mask):
        return Image.fromarray(_smaller(value.values[..., None], long_side)[..., 0])
    pixels = _on_canvas(value, canvas)
    if mask is not None and mask.extent == canvas:
        alpha = pixels[..., 3] * mask.to_float()
        pixels = np.dstack([pixels[..., :3], quantize(alpha / ((1 << value.depth) - 1), value.depth)])
    return Image.fromarray(_smaller(pixels, long_side))


def address(image: Image.Image) -> str:
    """The picture as an address that holds it whole (a data URI, WebP)."""
    written = io.BytesIO()
    image.save(written, "WEBP", quality=_QUALITY, alpha_quality=100, method=4)
    return "data:image/webp;base64," + base64.b64encode(written.getvalue()).decode()


def _on_canvas(raster: Raster, canvas: Extent) -> Array:
    whole = Bounds.of(canvas)
    if raster.bounds == whole:
        return raster.pixels
    pixels = Raster.blank(whole, raster.depth).pixels
    part = raster.crop(whole)
    if not part.is_empty:
        pixels[part.bounds.slices] = part.pixels
    return pixels


def _smaller(pixels: Array, long_side: int) -> Array:
    """(H, W, 1 or 4) uint8; the last of four channels is alpha."""
    height, width, channels = pixels.shape
    factor = min(1.0, long_side / max(height, width))
    step = max(1, int(1 / factor) // 4)
    coarse = pixels[::step, ::step].astype(np.float32) / np.float32(np.iinfo(pixels.dtype).max)
    if channels == 4:
        coarse[..., :3] *= coarse[..., 3:]
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = cv2.resize(coarse, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], channels)
    if channels == 4:
        small[..., :3] = small[..., :3] / np.maximum(small[..., 3:], np.float32(1 / 255))
    return quantize(small, 8)
