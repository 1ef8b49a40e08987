"""Glance: what the header of an image file says, without its pixels.

Knows sizes, and which files have no transparency. Does not judge a file: what cannot be told is told when the
file is read (`photograph`).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from .exif import orientation_of, valid_orientation
from .geometry import Extent

_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "AVIF", "BMP", "GIF")
_OPAQUE = frozenset(("1", "L", "RGB", "CMYK", "YCbCr", "LAB", "I;16", "I;16B"))
_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class Glance:
    """The picture's size, upright, in pixels; `is_opaque`: it surely has no transparency."""

    extent: Extent
    is_opaque: bool


def glance(path: Path) -> Glance | None:
    """What the header of the file at `path` says; None when nothing can be told. Never raises."""
    Image.MAX_IMAGE_PIXELS = None  # as when it is read: the limit here is a setting
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=_FORMATS) as image:
                is_opaque = image.mode in _OPAQUE and "transparency" not in image.info
                return Glance(_upright(image), is_opaque)
    except Exception:  # decoders fail in every way on what is damaged
        return None


def _upright(image: Image.Image) -> Extent:
    width, height = image.size
    exif, xmp = image.info.get("exif", b""), image.info.get("xmp", b"")
    # `getexif` would decode a whole PNG to look behind its pixels; of a TIFF it is the header itself.
    is_tiff = image.format == "TIFF"
    orientation = (
        valid_orientation(image.getexif().get(_ORIENTATION)) if is_tiff else orientation_of(exif, xmp)
    )
    return Extent(height, width) if orientation >= 5 else Extent(width, height)
