"""PNG file: what a PNG says of its pixels' colours, and the pixels.

Knows the chunks of PNG (W3C, third edition). Does not know other formats. A decoder is handed only the
chunks that pixels are made of: texts, which may be packed bombs, and what else an editor left, are not read –
but for XMP, which may say how the picture lies.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

import imagecodecs
import numpy as np
from PIL import Image

from ..errors import InputError
from .exif import LONGEST_XMP, orientation_of
from .geometry import Extent
from .limits import check_size
from .png_stream import SAMPLES, Pass, packed, passes, unpacked
from .primaries import Chromaticities, profile_of_codes, profile_of_gamma
from .raster import Array
from .stored import Stored, unusable_profile

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SHAPE = struct.Struct(">IIBBBBB")
_SHALLOW = (b"IHDR", b"PLTE", b"tRNS")
_PIXELS = (*_SHALLOW, b"IDAT", b"IEND")
_COLORS = (b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM")
_KEPT = frozenset((*_PIXELS, *_COLORS, b"acTL", b"eXIf", b"iTXt"))
_XMP = b"XML:com.adobe.xmp\0"
_LARGEST_PROFILE = 1 << 24
_LARGEST_CHUNK = 1 << 30
_GREY, _TRUE, _PALETTE, _GREY_ALPHA = 0, 2, 3, 4

Chunks = dict[bytes, memoryview]


def read_png(path: Path, name: str) -> Stored:
    """The PNG at `path`, called `name`. Raises InputError, and others for a file that is damaged."""
    with path.open("rb") as file:
        content = memoryview(file.read())
    chunks: Chunks = {}
    rows: list[memoryview] = []
    for kind, chunk in _chunks(content):
        if kind == b"IDAT":
            rows.append(chunk)
        elif kind != b"iTXt" or chunk[: len(_XMP)] == _XMP:
            chunks.setdefault(kind, chunk)
    width, height, depth, color_type, *methods, interlaced = _SHAPE.unpack(chunks[b"IHDR"])
    if any(methods) or interlaced > 1 or (depth == 16 and color_type == _PALETTE):
        raise ValueError("it has a header that means nothing")
    check_size(Extent(width, height), name)
    if int.from_bytes(chunks.get(b"acTL", b"")[:4]) > 1:
        raise InputError(f"{name} is an animation", "export the frame you want as a PNG")
    steps = passes(width, height, interlaced=interlaced == 1)
    pieces = unpacked(rows, sum(step.size(depth * SAMPLES[color_type]) for step in steps))
    stored = _deep(chunks, pieces, steps) if depth == 16 else _shallow(chunks, rows, pieces)
    orientation = orientation_of(bytes(chunks.get(b"eXIf", b"")), _xmp(chunks))
    return Stored(stored.color, stored.alpha, stored.space, _profile(chunks, name), orientation)


def _chunks(content: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """The contents of the chunks that matter. Raises ValueError where the file ends or was changed."""
    at, kind = len(SIGNATURE), b""
    while kind != b"IEND":
        if at + 12 > len(content):
            raise ValueError("it ends too early")
        length, kind = struct.unpack_from(">I4s", content, at)
        inside, check = content[at + 8 : at + 8 + length], content[at + 8 + length : at + 12 + length]
        if len(check) < 4:
            raise ValueError("it ends too early")
        if at == len(SIGNATURE) and (kind != b"IHDR" or length != _SHAPE.size):
            raise ValueError("it has no header")
        if kind in _KEPT:
            if zlib.crc32(inside, zlib.crc32(kind)) == int.from_bytes(check):
                yield kind, inside
            elif kind in _PIXELS:
                raise ValueError("its pixels are not those that were written")
        at += 12 + length


def _file(chunks: Chunks, kinds: Iterable[bytes], rows: Iterable[bytes | memoryview]) -> bytes:
    """A PNG of the chunks of these kinds, and the rows."""
    listed = [*((kind, chunks[kind]) for kind in kinds if kind in chunks), *((b"IDAT", row) for row in rows)]
    written: list[bytes | memoryview] = [SIGNATURE]
    for kind, inside in (*listed, (b"IEND", b"")):
        check = zlib.crc32(inside, zlib.crc32(kind))
        written += [struct.pack(">I", len(inside)), kind, inside, struct.pack(">I", check)]
    return b"".join(written)


def _shallow(chunks: Chunks, rows: list[memoryview], pieces: Iterator[bytes]) -> Stored:
    """Up to 8 bits a channel. Raises ValueError when rows are missing, which Pillow would fill with black."""
    deque(pieces, maxlen=0)
    with Image.open(io.BytesIO(_file(chunks, _SHALLOW, rows)), formats=["PNG"]) as image:
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


def _deep(chunks: Chunks, pieces: Iterator[bytes], steps: list[Pass]) -> Stored:
    """16 bits a channel, which Pillow would read as 8; pass by pass, since libpng tells of interlacing."""
    width, height, _, color_type, *_ = _SHAPE.unpack(chunks[b"IHDR"])
    rows, at = memoryview(b"".join(pieces)), 0
    decoded: Array = np.empty((height, width, SAMPLES[color_type]), np.uint16)
    for step in steps:
        end = at + step.size(16 * SAMPLES[color_type])
        pixels = _plain(rows[at:end], step, color_type)
        decoded[step.y :: step.down, step.x :: step.across] = pixels.reshape(step.rows, step.columns, -1)
        at = end
    count = 1 if color_type in (_GREY, _GREY_ALPHA) else 3
    color, space = decoded[..., :count], "gray" if count == 1 else "rgb"
    alpha: Array | None = decoded[..., count] if decoded.shape[2] > count else None
    key = chunks.get(b"tRNS")
    if alpha is None and key is not None and color_type in (_GREY, _TRUE):
        hidden = (color == np.frombuffer(key, ">u2", count)).all(axis=2)
        alpha = np.where(hidden, np.uint16(0), np.uint16(65535))
    return Stored(color, alpha, "gray" if space == "gray" else "rgb")


def _plain(rows: memoryview, step: Pass, color_type: int) -> Array:
    """The pixels of one pass."""
    stream = memoryview(packed(rows))
    head = memoryview(_SHAPE.pack(step.columns, step.rows, 16, color_type, 0, 0, 0))
    parts = (stream[at : at + _LARGEST_CHUNK] for at in range(0, len(stream), _LARGEST_CHUNK))
    return np.asarray(imagecodecs.png_decode(_file({b"IHDR": head}, [b"IHDR"], parts)))


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


def _xmp(chunks: Chunks) -> bytes:
    """The XMP as far as it is looked at; nothing without any, or when it is garbled."""
    content = bytes(chunks.get(b"iTXt", b""))[len(_XMP) :]
    text = content[2:].split(b"\0", 2)[-1]
    if content[:1] != b"\1":
        return text
    try:
        return zlib.decompressobj().decompress(text, LONGEST_XMP)
    except zlib.error:
        return b""


def _chromaticities(numbers: tuple[int, ...]) -> Chromaticities:
    wx, wy, rx, ry, gx, gy, bx, by = (number / 1e5 for number in numbers)
    return wx, wy, rx, ry, gx, gy, bx, by


def _unpacked(chunk: memoryview, name: str) -> bytes:
    _, _, content = bytes(chunk).partition(b"\0")
    try:
        return zlib.decompressobj().decompress(content[1:], _LARGEST_PROFILE)
    except zlib.error as error:
        raise unusable_profile(name, "it is damaged") from error
