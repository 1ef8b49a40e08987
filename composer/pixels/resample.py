"""Resample: an image from its own pixels to the canvas, once.

Knows fitting, anchoring, scaling, flipping, rotating and the four corners of a perspective. Does not know
layers or the piece. Alpha weighs colours while resampling, so those under transparent pixels never
bleed in. A placement that moves whole pixels only copies them, bit for bit.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from .geometry import Bounds, Extent, Quad, quad_mistake
from .raster import Array, Raster
from .warp import warp

ANCHORS = {
    "center": (0.5, 0.5),
    "top": (0.5, 0.0),
    "bottom": (0.5, 1.0),
    "left": (0.0, 0.5),
    "right": (1.0, 0.5),
    "top_left": (0.0, 0.0),
    "top_right": (1.0, 0.0),
    "bottom_left": (0.0, 1.0),
    "bottom_right": (1.0, 1.0),
}


@dataclass(frozen=True, slots=True)
class Fit:
    """How an image comes onto the canvas: cropped, mirrored, fitted, scaled, turned, anchored, then moved.

    `crop`: the used part of the image as fractions (left, top, right, bottom) 0…1. `flip`: none, horizontal,
    vertical or both. `fit`: *cover* and *contain* keep the aspect, *stretch* does not, *none* keeps the
    image's own pixels times `pixel_scale`. `scale`: on top of the fit. `rotate`: degrees clockwise. `anchor`:
    a word of ANCHORS, the point that the turned image's upright box and the canvas have in common. `offset`:
    canvas pixels. `quad`: the canvas points of the four corners (top left, top right, bottom right, bottom
    left), in place of fit, scale, rotate, anchor and offset.
    """

    fit: str = "contain"
    anchor: str = "center"
    offset: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0
    rotate: float = 0.0
    flip: str = "none"
    crop: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    pixel_scale: float = 1.0
    quad: Quad | None = None

    def scaled(self, factor: float) -> "Fit":
        """The same on a canvas `factor` times as large."""
        x, y = self.offset
        corners = None if self.quad is None else tuple((x * factor, y * factor) for x, y in self.quad)
        return replace(
            self,
            offset=(x * factor, y * factor),
            pixel_scale=self.pixel_scale * factor,
            quad=corners,
        )


def place(image: Raster, fit: Fit, canvas: Extent, window: Bounds | None = None) -> Raster:
    """`image` on the canvas, cut at the edges of `window`, which is the canvas if None; empty when outside.

    Raises ValueError when no picture can be drawn into the quad (`quad_mistake`).
    """
    used, window = _used(image.extent, fit.crop), window or Bounds.of(canvas)
    if fit.quad is not None:
        return _into_quad(image, used, fit, window)
    corners = _corners(used.extent, fit, canvas)
    if fit.rotate % 90 == 0:
        upright = np.rot90(_flipped(image.pixels[used.slices], fit.flip), -round(fit.rotate / 90))
        seen = _upright(upright, _around(corners), window)
        if seen is not None:
            return seen
    return warp(image.pixels, used, _flipped_corners(corners, fit.flip), window)


def covered(size: Extent, fit: Fit, canvas: Extent) -> Bounds:
    """The part of the canvas in which a picture of that size is seen, as far as its upright box goes."""
    return _box(size, fit, canvas).intersect(Bounds.of(canvas))


def surrounded(size: Extent, fit: Fit, canvas: Extent, beyond: float) -> Bounds:
    """As `covered`, with what lies outside the canvas within `beyond` times the long side of what is seen.

    Not so for a picture that is turned or in perspective: about its corners there is nothing to be seen.
    """
    seen = covered(size, fit, canvas)
    if seen.is_empty or fit.quad is not None or fit.rotate % 90:
        return seen
    return seen.pad(round(beyond * seen.extent.long_side)).intersect(_box(size, fit, canvas))


def _box(size: Extent, fit: Fit, canvas: Extent) -> Bounds:
    """The upright box of a picture of that size, in canvas pixels."""
    return _around(fit.quad or _corners(_used(size, fit.crop).extent, fit, canvas))


def _into_quad(image: Raster, used: Bounds, fit: Fit, window: Bounds) -> Raster:
    mistake = quad_mistake(fit.quad or ())
    if fit.quad is None or mistake is not None:
        raise ValueError(f"the quad {mistake}")
    return warp(image.pixels, used, _flipped_corners(fit.quad, fit.flip), window)


def _used(size: Extent, crop: tuple[float, float, float, float]) -> Bounds:
    """The used part of the image, in whole pixels; at least one."""
    width, height = size.width, size.height
    left, top, right, bottom = crop
    x0, y0 = min(width - 1, round(left * width)), min(height - 1, round(top * height))
    return Bounds(x0, y0, max(x0 + 1, round(right * width)), max(y0 + 1, round(bottom * height)))


def _flipped(pixels: Array, flip: str) -> Array:
    rows = slice(None, None, -1 if flip in ("vertical", "both") else 1)
    columns = slice(None, None, -1 if flip in ("horizontal", "both") else 1)
    return pixels[rows, columns]


def _flipped_corners(corners: Quad, flip: str) -> Quad:
    """Where the unflipped image's corners land, so that it comes out flipped."""
    order = {"none": (0, 1, 2, 3), "horizontal": (1, 0, 3, 2), "vertical": (3, 2, 1, 0), "both": (2, 3, 0, 1)}
    return tuple(corners[i] for i in order[flip])


def _corners(size: Extent, fit: Fit, canvas: Extent) -> Quad:
    """Where a picture of that size lands: turned by quarters, or not at all, on whole canvas pixels."""
    width, height = _scaled(size, fit, canvas)
    turn = math.radians(fit.rotate)
    cosine, sine = math.cos(turn), math.sin(turn)
    if fit.rotate % 90 == 0:
        cosine, sine = round(cosine), round(sine)
    across, down = (
        abs(width * cosine) + abs(height * sine),
        abs(width * sine) + abs(height * cosine),
    )
    ax, ay = ANCHORS[fit.anchor]
    left = (canvas.width - across) * ax + fit.offset[0]
    top = (canvas.height - down) * ay + fit.offset[1]
    if fit.rotate % 90 == 0:
        left, top = math.floor(left + 0.5), math.floor(top + 0.5)
    cx, cy, x, y = left + across / 2, top + down / 2, width / 2, height / 2
    around = ((-x, -y), (x, -y), (x, y), (-x, y))
    return tuple((cx + cosine * x - sine * y, cy + sine * x + cosine * y) for x, y in around)


def _scaled(size: Extent, fit: Fit, canvas: Extent) -> tuple[int, int]:
    """Width and height in canvas pixels before it is turned; the aspect is kept to 1 px."""
    across, down = canvas.width / size.width, canvas.height / size.height
    factors = {
        "cover": (max(across, down),) * 2,
        "contain": (min(across, down),) * 2,
        "stretch": (across, down),
        "none": (fit.pixel_scale,) * 2,
    }[fit.fit]
    width = max(1, round(size.width * factors[0] * fit.scale))
    return width, max(1, round(size.height * factors[1] * fit.scale))


def _around(corners: Quad) -> Bounds:
    """The whole canvas pixels that the corners span."""
    xs, ys = ([corner[axis] for corner in corners] for axis in (0, 1))
    return Bounds(math.floor(min(xs)), math.floor(min(ys)), math.ceil(max(xs)), math.ceil(max(ys)))


def _upright(pixels: Array, box: Bounds, window: Bounds) -> Raster | None:
    """What needs no warp: nothing to be seen, plain copies, and opaque pictures."""
    seen = box.intersect(window)
    local = seen.translate(-box.left, -box.top)
    if seen.is_empty:
        return Raster(np.zeros((0, 0, 4), pixels.dtype), seen.left, seen.top)
    if box.extent == Extent(pixels.shape[1], pixels.shape[0]):
        return Raster(pixels[local.slices], seen.left, seen.top)
    if bool((pixels[..., 3] == np.iinfo(pixels.dtype).max).all()):
        return Raster(_resized(pixels, box.extent, local), seen.left, seen.top)
    return None


def _resized(pixels: Array, size: Extent, seen: Bounds) -> Array:
    """The part `seen` of opaque (H, W, 4) integers made `size` large: Lanczos (a = 3, widened for reduction).

    As `warp` to a level of 8 bits, but one direction after the other, which takes a fifth of the time. In
    floating point: Pillow's own 8 bits are cut to their range between the two directions.
    """
    height, width = pixels.shape[:2]
    sx, sy = width / size.width, height / size.height
    part = (seen.left * sx, seen.top * sy, min(width, seen.right * sx), min(height, seen.bottom * sy))
    limit = np.iinfo(pixels.dtype).max
    result = np.full((seen.height, seen.width, 4), limit, pixels.dtype)
    for channel in range(3):
        plane = Image.fromarray(pixels[..., channel].astype(np.float32))
        small = np.asarray(plane.resize((seen.width, seen.height), Image.Resampling.LANCZOS, part))
        result[..., channel] = np.clip(np.rint(small), 0, limit)
    return result
