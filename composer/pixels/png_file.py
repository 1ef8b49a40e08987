"""PNG file: what a PNG says of its pixels' colours, and the pixels.

Knows the chunks of PNG (W3C, third edition). Does not know other formats. A decoder is handed only the
chunks that pixels are made of: texts, which may be packed bombs, and what else an editor left, are not read.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import imagecodecs
import numpy as np
from PIL import Image

from ..errors import InputError
from .exif import orientation_of
from .geometry import Extent
from .limits import check_size
from .primaries import Chromaticities, profile_of_codes, profile_of_gamma
from .raster import Array
from .stored import Stored, unusable_profile

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_COLORS = (b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM")
_KEPT = frozenset((*_PIXELS, *_COLORS, b"acTL", b"eXIf"))
_LARGEST_PROFILE = 1 << 24
_GREY, _TRUE, _GREY_ALPHA, _TRUE_ALPHA = 0, 2, 4, 6

Chunks = dict[bytes, bytes]


def read_png(path: Path, name: str) -> Stored:
    """The PNG at `path`, called `name`. Raises InputError, and ValueError for a file that is damaged."""
    with path.open("rb") as file:
        content = memoryview(file.read())
    pixels = io.BytesIO()
    pixels.write(SIGNATURE)
    chunks: Chunks = {}
    for kind, chunk in _chunks(content):
        if kind in _PIXELS:
            pixels.write(chunk)
        if kind != b"IDAT":
            chunks.setdefault(kind, bytes(chunk[8:-4]))
    width, height, depth, color_type = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    check_size(Extent(width, height), name)
    if _frames(chunks) > 1:
        raise InputError(f"{name} is an animation", "export the frame you want as a PNG")
    stored = _deep(pixels, chunks, color_type) if depth == 16 else _shallow(pixels)
    orientation = orientation_of(chunks.get(b"eXIf", b""))
    return Stored(stored.color, stored.alpha, stored.space, _profile(chunks, name), orientation)


def _chunks(content: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """The chunks that matter, whole. Raises ValueError where the file ends or was changed."""
    at = len(SIGNATURE)
    kind = b""
    while kind != b"IEND":
        if at + 12 > len(content):
            raise ValueError("it ends too early")
        length, kind = struct.unpack_from(">I4s", content, at)
        chunk = content[at : at + 12 + length]
        if len(chunk) < 12 + length:
            raise ValueError("it ends too early")
        if at == len(SIGNATURE) and (kind != b"IHDR" or length != 13):
            raise ValueError("it has no header")
        if kind in _KEPT:
            if zlib.crc32(chunk[4:-4]) == int.from_bytes(chunk[-4:]):
                yield kind, chunk
            elif kind in _PIXELS:
                raise ValueError("its pixels are not those that were written")
        at += 12 + length


def _frames(chunks: Chunks) -> int:
    return int.from_bytes(chunks.get(b"acTL", b"")[:4])


def _shallow(pixels: io.BytesIO) -> Stored:
    """Up to 8 bits a channel."""
    pixels.seek(0)
    with Image.open(pixels, formats=["PNG"]) as image:
        if image.mode in ("L", "1") and "transparency" not in image.info:
            return Stored(np.asarray(image.convert("L"))[..., None], space="gray")
        if image.mode == "LA":
            both = np.asarray(image)
            return Stored(both[..., :1], both[..., 1], "gray")
        if image.mode == "RGB" and "transparency" not in image.info:
            return Stored(np.asarray(image))
        grey = image.mode in ("L", "1")
        rgba = np.asarray(image.convert("RGBA"))
    return Stored(rgba[..., :1] if grey else rgba[..., :3], rgba[..., 3], "gray" if grey else "rgb")


def _deep(pixels: io.BytesIO, chunks: Chunks, color_type: int) -> Stored:
    """16 bits a channel, which Pillow would read as 8."""
    decoded: Array = np.atleast_3d(imagecodecs.png_decode(pixels.getvalue()))
    count = 1 if color_type in (_GREY, _GREY_ALPHA) else 3
    color, space = decoded[..., :count], "gray" if count == 1 else "rgb"
    alpha: Array | None = decoded[..., count] if decoded.shape[2] > count else None
    key = chunks.get(b"tRNS")
    if alpha is None and key is not None and color_type in (_GREY, _TRUE):
        hidden = (color == np.frombuffer(key, ">u2", count)).all(axis=2)
        alpha = np.where(hidden, np.uint16(0), np.uint16(65535))
    return Stored(color, alpha, "gray" if space == "gray" else "rgb")


def _profile(chunks: Chunks, name: str) -> bytes | None:
    """The colours in order of precedence: cICP, iCCP, sRGB, gAMA with cHRM; None is sRGB."""
    if b"cICP" in chunks:
        primaries, transfer, *_ = chunks[b"cICP"]
        return profile_of_codes(primaries, transfer, name)
    if b"iCCP" in chunks:
        return _unpacked(chunks[b"iCCP"], name)
    if b"sRGB" in chunks or b"gAMA" not in chunks:
        return None
    try:
        (gamma,) = struct.unpack(">I", chunks[b"gAMA"])
        place = struct.unpack(">8I", chunks[b"cHRM"]) if b"cHRM" in chunks else None
        return profile_of_gamma(1e5 / gamma, None if place is None else _chromaticities(place))
    except (ArithmeticError, ValueError, struct.error) as error:
        hint = "save it with a colour profile, or without gamma and primaries, from its program"
        raise InputError(f"{name} has colours that cannot be told: {error}", hint) from error


def _chromaticities(numbers: tuple[int, ...]) -> Chromaticities:
    wx, wy, rx, ry, gx, gy, bx, by = (number / 1e5 for number in numbers)
    return wx, wy, rx, ry, gx, gy, bx, by


def _unpacked(chunk: bytes, name: str) -> bytes:
    _, _, packed = chunk.partition(b"\0")
    try:
        return zlib.decompressobj().decompress(packed[1:], _LARGEST_PROFILE)
    except zlib.error as error:
        raise unusable_profile(name, "it is damaged") from error
