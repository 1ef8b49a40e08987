"""Resample: an image from its own pixels to the canvas, once.

Knows fitting, anchoring, scaling, flipping and rotating. Does not know layers or the piece.
Alpha is premultiplied while resampling, so colours under transparent pixels never bleed in. A
placement that moves whole pixels only copies them, bit for bit.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from .geometry import Bounds, Extent
from .raster import Array, FloatArray, Raster, quantize

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
    """How an image comes onto the canvas.

    `crop`: the used part of the image as fractions (left, top, right, bottom) 0…1. `fit`: *cover* and
    *contain* keep the aspect, *stretch* does not, *none* keeps the image's own pixels times
    `pixel_scale`. `scale`: on top of the fit. `anchor`: a word of ANCHORS, the point of image and
    canvas that coincide. `offset`: canvas pixels. `rotate`: degrees clockwise about the image's
    centre. `flip`: none, horizontal, vertical or both.
    """

    fit: str = "contain"
    anchor: str = "center"
    offset: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0
    rotate: float = 0.0
    flip: str = "none"
    crop: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    pixel_scale: float = 1.0


def place(image: Raster, fit: Fit, canvas: Extent) -> Raster:
    """`image` on the canvas, cut at the canvas's edges; empty when it lies wholly outside."""
    cropped = _flipped(_cropped(image.pixels, fit.crop), fit.flip)
    box = _target(Extent(cropped.shape[1], cropped.shape[0]), fit, canvas)
    if fit.rotate % 360 != 0:
        return _rotated(cropped, box, fit.rotate, canvas)
    return _resized(cropped, box, canvas)


def _cropped(pixels: Array, crop: tuple[float, float, float, float]) -> Array:
    height, width = pixels.shape[:2]
    left, top, right, bottom = crop
    x0, y0 = min(width - 1, round(left * width)), min(height - 1, round(top * height))
    return pixels[y0 : max(y0 + 1, round(bottom * height)), x0 : max(x0 + 1, round(right * width))]


def _flipped(pixels: Array, flip: str) -> Array:
    rows = slice(None, None, -1 if flip in ("vertical", "both") else 1)
    columns = slice(None, None, -1 if flip in ("horizontal", "both") else 1)
    return pixels[rows, columns]


def _target(size: Extent, fit: Fit, canvas: Extent) -> Bounds:
    """Where the whole image lands, in whole canvas pixels; the aspect is kept to 1 px."""
    across, down = canvas.width / size.width, canvas.height / size.height
    factors = {
        "cover": (max(across, down),) * 2,
        "contain": (min(across, down),) * 2,
        "stretch": (across, down),
        "none": (fit.pixel_scale,) * 2,
    }[fit.fit]
    width = max(1, round(size.width * factors[0] * fit.scale))
    height = max(1, round(size.height * factors[1] * fit.scale))
    ax, ay = ANCHORS[fit.anchor]
    left = round((canvas.width - width) * ax + fit.offset[0])
    top = round((canvas.height - height) * ay + fit.offset[1])
    return Bounds(left, top, left + width, top + height)


def _resized(pixels: Array, box: Bounds, canvas: Extent) -> Raster:
    """Lanczos (a = 3, widened for reduction) of only the part that the canvas shows."""
    seen = box.intersect(Bounds.of(canvas))
    if seen.is_empty:
        return Raster(np.zeros((0, 0, 4), pixels.dtype), seen.left, seen.top)
    local = seen.translate(-box.left, -box.top)
    height, width = pixels.shape[:2]
    if box.extent == Extent(width, height):
        return Raster(pixels[local.slices], seen.left, seen.top)
    sx, sy = width / box.width, height / box.height
    part = (local.left * sx, local.top * sy, min(width, local.right * sx), min(height, local.bottom * sy))
    if pixels.dtype == np.uint8 and bool((pixels[..., 3] == 255).all()):
        rgb = Image.fromarray(np.ascontiguousarray(pixels[..., :3]))
        color = np.asarray(rgb.resize((seen.width, seen.height), Image.Resampling.LANCZOS, part))
        opaque = np.full((*color.shape[:2], 1), 255, np.uint8)
        return Raster(np.concatenate([color, opaque], axis=2), seen.left, seen.top)
    premultiplied = _premultiplied(pixels)
    channels = [_resize_channel(premultiplied[..., i], seen.extent, part) for i in range(4)]
    return Raster(_straight(np.stack(channels, axis=2), pixels), seen.left, seen.top)


def _resize_channel(channel: FloatArray, size: Extent, part: tuple[float, float, float, float]) -> FloatArray:
    image = Image.fromarray(np.ascontiguousarray(channel))
    resized = image.resize((size.width, size.height), Image.Resampling.LANCZOS, part)
    return np.asarray(resized, np.float32)


def _rotated(pixels: Array, box: Bounds, degrees: float, canvas: Extent) -> Raster:
    """One Lanczos warp from the image to the canvas; a reduction is low-passed first.

    The low pass is a Gaussian that, with the target's own pixel, gives the target's resolution:
    σ = ½ √(1/s² − 1) image pixels at a scale of s < 1.
    """
    height, width = pixels.shape[:2]
    turn = math.radians(degrees)
    cosine, sine = math.cos(turn), math.sin(turn)
    cx, cy = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    seen = _rotated_bounds(box, turn).intersect(Bounds.of(canvas))
    if seen.is_empty:
        return Raster(np.zeros((0, 0, 4), pixels.dtype), seen.left, seen.top)
    sx, sy = box.width / width, box.height / height
    forward = np.array([[cosine * sx, -sine * sy, 0.0], [sine * sx, cosine * sy, 0.0], [0.0, 0.0, 1.0]])
    to_center = np.array([[1, 0, 0.5 - width / 2], [0, 1, 0.5 - height / 2], [0, 0, 1.0]])
    to_canvas = np.array([[1, 0, cx - seen.left - 0.5], [0, 1, cy - seen.top - 0.5], [0, 0, 1.0]])
    matrix = (to_canvas @ forward @ to_center)[:2]
    soft = _low_passed(_premultiplied(pixels), sx, sy)
    warped = cv2.warpAffine(
        soft, matrix, (seen.width, seen.height), flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_CONSTANT
    )
    return Raster(_straight(warped, pixels), seen.left, seen.top)


def _rotated_bounds(box: Bounds, turn: float) -> Bounds:
    cx, cy = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    reach_x = (abs(math.cos(turn)) * box.width + abs(math.sin(turn)) * box.height) / 2
    reach_y = (abs(math.sin(turn)) * box.width + abs(math.cos(turn)) * box.height) / 2
    return Bounds(
        math.floor(cx - reach_x), math.floor(cy - reach_y), math.ceil(cx + reach_x), math.ceil(cy + reach_y)
    )


def _low_passed(premultiplied: FloatArray, sx: float, sy: float) -> FloatArray:
    sigma_x = 0.5 * math.sqrt(max(0.0, 1 / sx**2 - 1))
    sigma_y = 0.5 * math.sqrt(max(0.0, 1 / sy**2 - 1))
    if max(sigma_x, sigma_y) < 0.2:
        return premultiplied
    return cv2.GaussianBlur(
        premultiplied,
        (0, 0),
        sigmaX=max(sigma_x, 1e-3),
        sigmaY=max(sigma_y, 1e-3),
        borderType=cv2.BORDER_CONSTANT,
    ).astype(np.float32, copy=False)


def _premultiplied(pixels: Array) -> FloatArray:
    floats = Raster(pixels).to_float()
    floats[..., :3] *= floats[..., 3:]
    return floats


def _straight(premultiplied: Array, like: Array) -> Array:
    alpha = np.clip(premultiplied[..., 3:], 0.0, 1.0)
    color = np.divide(
        premultiplied[..., :3], alpha, out=np.zeros_like(premultiplied[..., :3]), where=alpha > 1e-4
    )
    return quantize(np.concatenate([color, alpha], axis=2), 8 * like.dtype.itemsize)
