"""PNG bytes: pixels as a PNG file in memory, with profile and resolution.

Knows the chunks of PNG (W3C, third edition). Does not know layers or the canvas. Written by hand on
a deflate that is two to four times as fast as the usual encoders, at the same size, and that lets
other threads run.
"""

import struct
import zlib

import imagecodecs
import numpy as np

from ..pixels.raster import Array

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}  # channels: grey, grey + alpha, RGB, RGBA
_SUB = 1
_INCHES_A_METRE = 39.37007874
_IDAT_BYTES = 1 << 30  # a chunk's length has 31 bits


def encode_png(pixels: Array, profile: bytes, dpi: float, level: int = 1) -> bytes:
    """A PNG of (H, W, 1…4) uint8 or uint16 pixels, at least 1×1, straight alpha.

    `level` 1 (fast) … 9 (small) is the deflate level. Equal pixels give equal bytes.
    """
    height, width, channels = pixels.shape
    depth = pixels.dtype.itemsize * 8
    shape = struct.pack(">IIBBBBB", width, height, depth, _COLOUR_TYPES[channels], 0, 0, 0)
    per_metre = max(1, round(dpi * _INCHES_A_METRE))
    packed = memoryview(imagecodecs.deflate_encode(_filtered(pixels).tobytes(), level=level))
    return b"".join(
        [
            _SIGNATURE,
            _chunk(b"IHDR", shape),
            _chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(profile, 9)),
            _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
            *(_chunk(b"IDAT", packed[at : at + _IDAT_BYTES]) for at in range(0, len(packed), _IDAT_BYTES)),
            _chunk(b"IEND", b""),
        ]
    )


def _filtered(pixels: Array) -> Array:
    """(H, 1 + row bytes): the filter type, then differences to the pixel on the left, modulo 256."""
    height, width = pixels.shape[:2]
    big_endian = np.ascontiguousarray(pixels.astype(pixels.dtype.newbyteorder(">"), copy=False))
    rows = big_endian.view(np.uint8).reshape(height, -1)
    step = rows.shape[1] // width
    out = np.empty((height, rows.shape[1] + 1), np.uint8)
    out[:, 0] = _SUB
    out[:, 1 : 1 + step] = rows[:, :step]
    np.subtract(rows[:, step:], rows[:, :-step], out=out[:, 1 + step :])
    return out


def _chunk(kind: bytes, content: bytes | memoryview) -> bytes:
    check = zlib.crc32(content, zlib.crc32(kind))
    return b"".join([struct.pack(">I", len(content)), kind, content, struct.pack(">I", check)])
