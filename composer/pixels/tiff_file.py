"""TIFF file: the picture in a TIFF, of 8 or 16 bits a channel.

Knows the tags of TIFF 6.0 that say what the numbers mean. Does not know other formats. Pillow would read
16-bit colours as 8 bits; libtiff would tell of damage on the terminal.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from tifffile import PHOTOMETRIC, SAMPLEFORMAT, TiffPage

from ..errors import InputError
from .exif import valid_orientation
from .geometry import Extent
from .limits import check_size
from .raster import Array
from .stored import Space, Stored
from .strangers import DEEP_HINT, FORMATS_HINT, RAW_HINT

SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_ORIENTATION, _XMP, _PROFILE, _DNG_VERSION, _SUB_IFDS, _INK_SET = 274, 700, 34675, 50706, 330, 332
_OF_A_SENSOR = (32803, 34892)
_PAGES_LOOKED_AT = 8
_MOST_SAMPLES = 8
_MARGIN = 4096
_PREMULTIPLIED = 1
_CMYK_INKS = 1
_SPACES: dict[int, Space] = {
    PHOTOMETRIC.MINISWHITE: "gray",
    PHOTOMETRIC.MINISBLACK: "gray",
    PHOTOMETRIC.RGB: "rgb",
    PHOTOMETRIC.PALETTE: "rgb",
    PHOTOMETRIC.YCBCR: "rgb",
    PHOTOMETRIC.SEPARATED: "cmyk",
    PHOTOMETRIC.CIELAB: "lab",
    PHOTOMETRIC.ICCLAB: "lab",
}
_NUMBERS = {
    SAMPLEFORMAT.INT: ", with a sign",
    SAMPLEFORMAT.IEEEFP: " of floating point",
    SAMPLEFORMAT.COMPLEXIEEEFP: " of floating point",
}
_CHANNELS = {"gray": 1, "rgb": 3, "cmyk": 4, "lab": 3}


def read_tiff(path: Path, name: str) -> Stored:
    """The TIFF at `path`, called `name`. Raises InputError, and others for a file that is damaged."""
    # What it would tell on the terminal is in an error of its own, or does no harm.
    tifffile.logger().disabled = True
    with tifffile.TiffFile(path) as tiff:
        page = tiff.pages[0].aspage()
        _refuse(page, tiff, name)
        pixels = _channels_last(page)
        space = _SPACES[page.photometric]
        profile, xmp = _tag(page, _PROFILE), _tag(page, _XMP)
        color, alpha = _parted(page, pixels, space)
    profile = bytes(profile) if isinstance(profile, (bytes, tuple)) else None
    orientation = valid_orientation(_tag(page, _ORIENTATION), xmp if isinstance(xmp, bytes) else b"")
    return Stored(color, alpha, space, profile, orientation, lab_bits=pixels.dtype.itemsize * 8)


def _tag(page: TiffPage, code: int) -> Any:
    return page.tags.valueof(code)


def _refuse(page: TiffPage, tiff: tifffile.TiffFile, name: str) -> None:
    if _is_raw(page):
        raise InputError(f"{name} is a raw photograph", RAW_HINT)
    check_size(Extent(page.imagewidth, page.imagelength), name)
    if page.tilewidth > page.imagewidth + _MARGIN or page.tilelength > page.imagelength + _MARGIN:
        raise ValueError("its tiles are larger than the picture")
    if _is_deep(page):
        kind = _NUMBERS.get(page.sampleformat, "")
        raise InputError(f"{name} has {page.bitspersample} bits a channel{kind}", DEEP_HINT)
    pages = 1 + sum(not (other.subfiletype & 5) for other in islice(tiff.pages, 1, _PAGES_LOOKED_AT))
    if pages > 1:
        raise InputError(f"{name} has several pages", "export the page you want as a picture of its own")
    if page.photometric not in _SPACES or page.samplesperpixel > _MOST_SAMPLES or page.imagedepth > 1:
        raise InputError(f"{name} is a TIFF of a kind that cannot be read", FORMATS_HINT)
    if page.photometric == PHOTOMETRIC.SEPARATED and (_tag(page, _INK_SET) or _CMYK_INKS) != _CMYK_INKS:
        raise InputError(f"{name} is printed with other inks than CMYK", "convert it to RGB in its program")


def _is_raw(page: TiffPage) -> bool:
    return (
        page.photometric in _OF_A_SENSOR
        or _DNG_VERSION in page.tags
        or bool(page.subfiletype & 1 and _SUB_IFDS in page.tags)
    )


def _is_deep(page: TiffPage) -> bool:
    return page.bitspersample > 16 or page.sampleformat not in (SAMPLEFORMAT.UINT, SAMPLEFORMAT.VOID)


def _channels_last(page: TiffPage) -> Array:
    """(H, W, channels) as the file has them, uint8 or uint16."""
    ends = map(sum, zip(page.dataoffsets, page.databytecounts, strict=False))
    if max(ends, default=0) > page.parent.filehandle.size:  # a JPEG in it would be filled up with grey
        raise ValueError("it ends too early")
    pixels = np.asarray(page.asarray(maxworkers=2))
    if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE and pixels.ndim == 3:
        pixels = np.moveaxis(pixels, 0, -1)
    pixels = pixels.reshape(page.imagelength, page.imagewidth, -1)
    return pixels.astype(np.uint8) if pixels.dtype == np.bool_ else pixels


def _parted(page: TiffPage, pixels: Array, space: Space) -> tuple[Array, Array | None]:
    """Colour and alpha with black, or no ink, at 0."""
    if page.photometric == PHOTOMETRIC.PALETTE:
        return _painted(page, pixels), None
    count = _CHANNELS[space]
    if pixels.shape[2] < count:
        raise ValueError(f"it has {pixels.shape[2]} channels")
    extra = tuple(page.extrasamples)
    has_alpha = pixels.shape[2] > count and (len(extra) == 1 or extra[:1] in ((1,), (2,)))
    alpha = _full_range(pixels[..., count], page) if has_alpha else None
    color = pixels[..., :count]
    if space == "lab":
        return _lab(color, page), alpha
    color = _full_range(color, page)
    if page.photometric == PHOTOMETRIC.MINISWHITE:
        color = np.iinfo(color.dtype).max - color
    if alpha is not None and extra[0] == _PREMULTIPLIED and space != "cmyk":
        color = _straight(color, alpha)
    return color, alpha


def _full_range(values: Array, page: TiffPage) -> Array:
    """Values of 1 to 7, or of 9 to 15, bits spread over 8 or 16."""
    bits, top = page.bitspersample, np.iinfo(values.dtype).max
    if bits in (8, 16):
        return values
    spread: Array = values.astype(np.uint32) * int(top) // ((1 << bits) - 1)
    return spread.astype(values.dtype)


def _straight(color: Array, alpha: Array) -> Array:
    """Colour divided by alpha, rounded to nearest."""
    top, weight = np.int64(np.iinfo(color.dtype).max), np.maximum(alpha, 1).astype(np.int64)[..., None]
    divided: Array = np.minimum((color.astype(np.int64) * top + weight // 2) // weight, top)
    return divided.astype(color.dtype)


def _painted(page: TiffPage, pixels: Array) -> Array:
    """(H, W, 3) uint8: the colours that the numbers stand for."""
    colors = (np.asarray(page.colormap).T >> 8).astype(np.uint8)
    return np.take(colors, pixels[..., 0], axis=0)


def _lab(color: Array, page: TiffPage) -> Array:
    """(H, W, 3) float32: L* 0…100, a* and b* (TIFF 6.0, section 23; ICC.1:2010, 6.3.4.2)."""
    top = float(np.iinfo(color.dtype).max)
    unit = (top + 1) / 256
    lightness = color[..., :1].astype(np.float32) * np.float32(100 / top)
    around = color[..., 1:].astype(np.float32) / np.float32(unit)
    if page.photometric == PHOTOMETRIC.CIELAB:
        around = np.where(around >= 128, around - np.float32(256), around)
    else:
        around -= np.float32(128)
    return np.concatenate([lightness, around], axis=2)
