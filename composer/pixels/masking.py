"""Masking: what a mask does to a raster.

Knows rasters anywhere on the canvas and masks over all of it. Does not know where either comes from.
"""

from __future__ import annotations

import numpy as np

from .raster import Array, FloatArray, Mask, Raster, quantize

_BAND = 256  # rows mixed at once: as a whole it would take 136 bytes a pixel
_GREY = 0.5
_RUBY = np.array((0.93, 0.11, 0.14), np.float32)


def cut_out(image: Raster, mask: Mask) -> Raster:
    """`image` with its alpha times the mask; its colours stay, hidden ones too."""
    if image.is_empty:
        return image
    pixels = image.pixels.copy()
    limit = np.float32((1 << image.depth) - 1)
    alpha = pixels[..., 3] / limit * _over(mask, image)
    pixels[..., 3] = quantize(alpha, image.depth)
    return image.with_pixels(pixels)


def fade(before: Raster, after: Raster, mask: Mask | None, opacity: float) -> Raster:
    """`after` where mask × opacity is 1, `before` where it is 0, and between them mixed.

    Both lie in one place; colours are mixed by their alpha, so that hidden colours never show.
    """
    if before.is_empty:
        return before
    depth, shown = max(before.depth, after.depth), _under(mask, before)
    pixels = np.empty(before.pixels.shape, np.uint8 if depth == 8 else np.uint16)
    for top in range(0, len(pixels), _BAND):
        rows = slice(top, top + _BAND)
        share = np.float32(opacity) * (np.float32(1) if shown is None else Mask(shown[rows]).to_float())
        mixed = _mixed(Raster(before.pixels[rows]).to_float(), Raster(after.pixels[rows]).to_float(), share)
        pixels[rows] = quantize(mixed, depth)
    return Raster(pixels, before.left, before.top)


def _mixed(a: FloatArray, b: FloatArray, share: FloatArray | np.float32) -> FloatArray:
    """(h, w, 4): `share` of `b`, and the rest of `a`."""
    weight_a, weight_b = a[..., 3] * (1 - share), b[..., 3] * share
    alpha = weight_a + weight_b
    mixed = a[..., :3] * weight_a[..., None] + b[..., :3] * weight_b[..., None]
    share = np.broadcast_to(share, alpha.shape)[..., None]
    hidden = a[..., :3] * (1 - share) + b[..., :3] * share
    color = np.where(alpha[..., None] > 0, mixed / np.maximum(alpha, np.float32(1e-6))[..., None], hidden)
    return np.dstack((color, alpha))


def rubylith(image: Raster, mask: Mask, opacity: float = 0.6) -> Array:
    """(H, W, 3) uint8: the image on grey, in red film where the mask hides it, as Photoshop's quick mask."""
    height, width = mask.values.shape
    rgb = np.full((height, width, 3), _GREY, np.float32)
    if not image.is_empty:
        rows, columns = image.bounds.slices
        pixels = image.to_float()
        alpha = pixels[..., 3:]
        rgb[rows, columns] = rgb[rows, columns] * (1 - alpha) + pixels[..., :3] * alpha
    film = (1 - mask.to_float())[..., None] * np.float32(opacity)
    return quantize(rgb * (1 - film) + _RUBY * film, 8)


def _over(mask: Mask, image: Raster) -> FloatArray:
    """The part of the mask that lies over the image, 0…1."""
    part = Mask(mask.values[image.bounds.slices])
    return part.to_float()


def _under(mask: Mask | None, image: Raster) -> Array | None:
    """The values of the mask over the image, as they are; None without one."""
    return None if mask is None else mask.values[image.bounds.slices]
