"""EXIF: the few things in it that change pixels.

Knows the orientation and the mark of Adobe RGB. Does not know where in a file EXIF lies. Whatever is garbled
counts as not said: no program shows such a picture otherwise.
"""

from __future__ import annotations

from PIL import Image

_ORIENTATION = 0x0112
_INTEROPERABILITY = 0xA005
_INDEX = 1


def orientation_of(exif: bytes) -> int:
    """1…8; 1 where nothing, or nothing that has a meaning, is said."""
    return valid_orientation(_parsed(exif).get(_ORIENTATION, 1))


def valid_orientation(value: object) -> int:
    """The value if it is one of EXIF's, or else 1."""
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


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
