"""Colours of the painter: hex codes, OKLab and the small accidents of mixing on a palette.

Knows colours as float32 (..., 3) arrays, sRGB-encoded, 0..1. Does not know where on the picture a colour
goes.
"""

import numpy as np

from .field import Array

# Björn Ottosson, "A perceptual color space for image processing" (2020):
# M1 from linear sRGB to LMS, M2 from LMS' to Lab.
M1 = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
M2 = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)
M1_INVERSE = np.linalg.inv(M1.astype(np.float64)).astype(np.float32)
M2_INVERSE = np.linalg.inv(M2.astype(np.float64)).astype(np.float32)


def ink(code: str) -> Array:
    """The colour of a six-digit hex code, with or without '#': (3,) float32, sRGB-encoded, 0..1."""
    digits = code.lstrip("#")
    return np.array([int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)], np.float32)


def inks(codes: str) -> Array:
    """The colours of hex codes separated by blanks: (N, 3)."""
    return np.stack([ink(code) for code in codes.split()])


def to_oklab(rgb: Array) -> Array:
    """OKLab of sRGB-encoded colours, (..., 3) to (..., 3)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((np.maximum(rgb, 0) + 0.055) / 1.055) ** 2.4).astype(
        np.float32
    )
    return np.asarray(np.cbrt(linear @ M1.T) @ M2.T, np.float32)


def from_oklab(lab: Array) -> Array:
    """sRGB-encoded colours of OKLab, clipped to 0..1, (..., 3) to (..., 3)."""
    linear = np.clip((lab @ M2_INVERSE.T) ** 3 @ M1_INVERSE.T, 0, 1)
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(encoded, np.float32)


def jitter(rng: np.random.Generator, rgb: Array, value: float, hue: float, chroma: float) -> Array:
    """Colours (N, 3) as a hand mixes them: L off by N(0, value), hue by N(0, hue) radians, chroma by a factor
    1 + N(0, chroma).
    """
    lab = to_oklab(rgb)
    n = len(lab)
    turn, gain = rng.normal(0, hue, n), 1 + rng.normal(0, chroma, n)
    a, b = lab[:, 1].copy(), lab[:, 2].copy()
    lab[:, 0] += rng.normal(0, value, n)
    lab[:, 1] = gain * (a * np.cos(turn) - b * np.sin(turn))
    lab[:, 2] = gain * (a * np.sin(turn) + b * np.cos(turn))
    return from_oklab(lab)


def mix(one: Array, other: Array, share: Array | float) -> Array:
    """Colours mixed in OKLab: `one` where share is 0, `other` where it is 1; share (...) broadcasts over the
    channels.
    """
    weight = np.asarray(share, np.float32)[..., None]
    return from_oklab(to_oklab(one) * (1 - weight) + to_oklab(other) * weight)


def ramp(colors: Array, position: Array) -> Array:
    """Colours at `position` (..., 0..1) along the row of `colors` (N, 3), mixed in OKLab in between."""
    lab = to_oklab(colors)
    stops = np.linspace(0, 1, len(colors))
    channels = [np.interp(position, stops, lab[:, i]) for i in range(3)]
    return from_oklab(np.stack(channels, -1).astype(np.float32))
