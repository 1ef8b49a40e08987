"""Colour: sRGB and linear light, OKLab, luma, and colours as artists write them.

Knows arithmetic on float32 arrays whose last axis is the colour. Does not know rasters,
profiles or files.
"""

import numpy as np

from .css import parse_color as parse_color
from .raster import Array, FloatArray

# Björn Ottosson, "A perceptual color space for image processing" (2020), matrices for linear sRGB.
_LMS_FROM_RGB = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
_LAB_FROM_LMS = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)
_RGB_FROM_LMS = np.linalg.inv(_LMS_FROM_RGB.astype(np.float64)).astype(np.float32)
_LMS_FROM_LAB = np.linalg.inv(_LAB_FROM_LMS.astype(np.float64)).astype(np.float32)
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def srgb_to_linear(rgb: Array) -> FloatArray:
    """Gamma-encoded sRGB 0…1 to linear light 0…1 (IEC 61966-2-1)."""
    rgb = np.asarray(rgb, np.float32)
    low = rgb / np.float32(12.92)
    high = ((np.maximum(rgb, 0) + np.float32(0.055)) / np.float32(1.055)) ** np.float32(2.4)
    return np.where(rgb <= 0.04045, low, high).astype(np.float32)


def linear_to_srgb(rgb: Array) -> FloatArray:
    """Linear light 0…1 to gamma-encoded sRGB 0…1 (IEC 61966-2-1); negative light stays negative."""
    rgb = np.asarray(rgb, np.float32)
    low = rgb * np.float32(12.92)
    high = np.float32(1.055) * np.maximum(rgb, 0) ** np.float32(1 / 2.4) - np.float32(0.055)
    return np.where(rgb <= 0.0031308, low, high).astype(np.float32)


def srgb_to_oklab(rgb: Array) -> FloatArray:
    """(…, 3) sRGB 0…1 to OKLab: L 0…1, a and b about −0.4…0.4 (Ottosson 2020)."""
    return linear_to_oklab(srgb_to_linear(rgb))


def oklab_to_srgb(lab: Array) -> FloatArray:
    """(…, 3) OKLab to sRGB; colours outside sRGB come out below 0 or above 1."""
    return linear_to_srgb(oklab_to_linear(lab))


def linear_to_oklab(rgb: Array) -> FloatArray:
    """(…, 3) linear light 0…1 to OKLab."""
    lms: Array = np.asarray(rgb, np.float32) @ _LMS_FROM_RGB.T
    roots: FloatArray = np.cbrt(lms)
    return roots @ _LAB_FROM_LMS.T


def oklab_to_linear(lab: Array) -> FloatArray:
    """(…, 3) OKLab to linear light; colours outside sRGB come out below 0 or above 1."""
    lms: Array = np.asarray(lab, np.float32) @ _LMS_FROM_LAB.T
    rgb: FloatArray = (lms**3) @ _RGB_FROM_LMS.T
    return rgb


def luma(rgb: Array) -> FloatArray:
    """(…, 3) to (…): Rec. 601 luma of gamma-encoded RGB, the grey of Photoshop's and PIL's conversions."""
    grey: FloatArray = np.asarray(rgb, np.float32)[..., :3] @ _LUMA
    return grey
