"""EXIF: the few things in it that change pixels; and what XMP says of them where EXIF is silent.

Knows the orientation and the mark of Adobe RGB. Does not know where in a file EXIF and XMP lie. Whatever is
garbled counts as not said: no program shows such a picture otherwise.
"""

from __future__ import annotations

import re

from PIL import Image

_ORIENTATION = 0x0112
_INTEROPERABILITY = 0xA005
_INDEX = 1
_IN_XMP = re.compile(rb"""\btiff:Orientation(?:\s*=\s*["']|\s*>)\s*([1-8])\s*["'<]""")
LONGEST_XMP = 1 << 20
"""Bytes in which the orientation is looked for; cameras and editors write some thousand."""


def orientation_of(exif: bytes, xmp: bytes = b"") -> int:
    """1…8, by EXIF or else by XMP; 1 where nothing, or nothing that has a meaning, is said."""
    return valid_orientation(_parsed(exif).get(_ORIENTATION), xmp)


def valid_orientation(value: object, xmp: bytes = b"") -> int:
    """The value if it is one of EXIF's; or else what XMP says, which editors write beside EXIF; or else 1.

    XMP: `tiff:Orientation`, as an attribute or an element (XMP specification, part 2, section 3.3).
    """
    if isinstance(value, int) and 1 <= value <= 8:
        return value
    said = _IN_XMP.search(xmp[:LONGEST_XMP])
    return int(said[1]) if said is not None else 1


def says_adobe_rgb(exif: bytes) -> bool:
    """Whether a camera wrote the picture in Adobe RGB: DCF marks it R03 and embeds no profile."""
    try:
        index = _parsed(exif).get_ifd(_INTEROPERABILITY).get(_INDEX, "")
    except Exception:  # see above; a garbled EXIF fails in many ways
        return False
    return isinstance(index, str) and index.strip("\0 ") == "R03"


def _parsed(exif: bytes) -> Image.Exif:
    parsed = Image.Exif()
    try:
        parsed.load(exif)
    except Exception:  # see above
        return Image.Exif()
    return parsed
