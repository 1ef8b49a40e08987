"""Profile: ICC profiles of colour spaces that are given by numbers; above all our own, sRGB.

Knows the few tags of a matrix profile (ICC.1:2010, version 4.3). Does not know files or rasters.
Written by hand, because a colour library stamps the date of creation into the header and two equal
builds would then differ in their bytes.
"""

import struct
from functools import lru_cache

# Columns of the sRGB matrix (IEC 61966-2-1 primaries and white) after Bradford adaptation to D50, and
# that adaptation itself; in 1/65536, with blue's Z rounded up: the columns sum to D50, so greys stay neutral.
_WHITE = (63190, 65536, 54061)
_RED = (28576, 14581, 912)
_GREEN = (25239, 46983, 6361)
_BLUE = (9375, 3972, 46788)
_ADAPTATION = (68674, 1502, -3291, 1939, 64912, -1119, -606, 988, 49262)

# g, a, b, c, d of Y = (aX + b)^g for X >= d, else cX; in 1/65536 (IEC 61966-2-1).
_TRANSFER = (157286, 62119, 3417, 5072, 2651)
_CREATED = (2000, 1, 1, 0, 0, 0)

_Fixed = tuple[int, int, int]
Color = tuple[float, float, float]
Columns = tuple[Color, Color, Color]
Curve = tuple[float] | tuple[float, float, float, float, float]


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """The sRGB profile as an ICC file of about half a kilobyte; the same bytes on every call and machine."""
    adaptation = b"sf32" + bytes(4) + struct.pack(">9i", *_ADAPTATION)
    curve = b"para" + struct.pack(">IHH5i", 0, 3, 0, *_TRANSFER)
    return _profile("sRGB", (_RED, _GREEN, _BLUE), curve, {b"chad": adaptation})


def matrix_profile(name: str, columns: Columns, curve: Curve) -> bytes:
    """The profile of an RGB space: red, green and blue as XYZ under D50 (0…1), and what decodes its values.

    `curve`: g alone for Y = X^g; or g, a, b, c, d for Y = (aX + b)^g where X >= d, else cX.
    """
    fixed = [tuple(round(value * 65536) for value in column) for column in columns]
    red, green, blue = ((x, y, z) for x, y, z in fixed)
    kind = 0 if len(curve) == 1 else 3
    numbers = struct.pack(f">{len(curve)}i", *(round(value * 65536) for value in curve))
    return _profile(name, (red, green, blue), b"para" + struct.pack(">IHH", 0, kind, 0) + numbers, {})


def _profile(
    name: str, columns: tuple[_Fixed, _Fixed, _Fixed], curve: bytes, more: dict[bytes, bytes]
) -> bytes:
    tags = {
        b"desc": _text(name),
        b"cprt": _text("Public domain"),
        b"wtpt": _xyz(_WHITE),
        **more,
        **{key: _xyz(column) for key, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)},
        b"rTRC": curve,
    }
    table, body = _laid_out(tags)
    return _header(128 + len(table) + len(body)) + table + body


def _laid_out(tags: dict[bytes, bytes]) -> tuple[bytes, bytes]:
    """The tag table and the tags behind it; green and blue share the red curve."""
    count = len(tags) + 2
    start = 128 + 4 + 12 * count
    rows, body = {}, b""
    for key, content in tags.items():
        rows[key] = (start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    rows[b"gTRC"] = rows[b"bTRC"] = rows[b"rTRC"]
    table = b"".join(key + struct.pack(">II", *place) for key, place in rows.items())
    return struct.pack(">I", count) + table, body


def _header(size: int) -> bytes:
    head = struct.pack(">I4xI4s4s4s", size, 0x04300000, b"mntr", b"RGB ", b"XYZ ")
    dated = head + struct.pack(">6H", *_CREATED) + b"acsp"
    return dated.ljust(68, b"\0") + struct.pack(">3I", *_WHITE) + bytes(48)


def _text(text: str) -> bytes:
    encoded = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">III2s2sII", 0, 1, 12, b"en", b"US", len(encoded), 28) + encoded


def _xyz(value: _Fixed) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *value)
