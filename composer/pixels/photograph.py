"""Photograph: the bytes of an image file as a raster in sRGB.

Knows which file is read by what, and says what is wrong with one that cannot be read. Does not know the
piece, nor how colours are converted (`stored`).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from ..errors import ComposerError, InputError
from .exif import orientation_of, says_adobe_rgb
from .geometry import Extent
from .jpeg_scan import fault_in_scans, unusual_frame
from .limits import check_size
from .png_file import SIGNATURE, read_png
from .primaries import adobe_rgb_profile, profile_of_codes
from .raster import Raster
from .stored import Stored, developed
from .strangers import DEEP_HINT, FORMATS_HINT, HEAD_BYTES, stranger
from .tiff_file import SIGNATURES, read_tiff

_FORMATS = ("JPEG", "WEBP", "AVIF", "BMP", "GIF")
_DAMAGED_HINT = "copy it again from where it came from, or save it again from its program"
_COLOR_BOX = b"colrnclx"
_AVIF_HEAD = 1 << 16
_JPEG = b"\xff\xd8"
_FRAME_IS_WITHIN = 1 << 20


def _nobody(_message: str) -> None:
    """Does not listen."""


def read_photograph(path: Path, name: str, tell: Callable[[str], None] = _nobody) -> Raster:
    """The picture in the file at `path`, called `name` in messages; at its own size, at (0, 0), upright.

    `tell`: what is said of a picture that can be read, and may be damaged all the same.
    8-bit files give an 8-bit raster, 16-bit PNG and TIFF a 16-bit one. Raises InputError when the file is no
    picture, is damaged, animated, larger than may be read, or when its colours cannot be told: a profile that
    is broken, or CMYK without one, is never guessed, since nothing would show that it was.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return developed(_stored(path, name, tell), name)
    except (ComposerError, MemoryError):
        raise
    except UnidentifiedImageError:
        what, hint = _unidentified(path)
        raise InputError(f"{name} {what}", hint) from None
    except Exception as error:  # decoders fail in every way on what is damaged
        raise InputError(f"{name} is damaged{_reason(error)}", _DAMAGED_HINT) from error


def is_opaque_throughout(path: Path) -> bool:
    """Whether no pixel of the picture at `path` is transparent; False where it cannot be read. Never raises.

    It is read again only when the file changed.
    """
    try:
        stat = path.stat()
        return _is_opaque(path, stat.st_size, stat.st_mtime_ns)
    except Exception:  # what is wrong with it is told when it is read
        return False


@lru_cache(maxsize=64)
def _is_opaque(path: Path, _size: int, _mtime_ns: int) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        alpha = _stored(path, path.name, _nobody).alpha
    return alpha is None or int(alpha.min()) == np.iinfo(alpha.dtype).max


def _unidentified(path: Path) -> tuple[str, str]:
    """What a file is that no decoder takes for a picture, and what to do."""
    with path.open("rb") as file:
        head = file.read(_FRAME_IS_WITHIN)
    if head.startswith(_JPEG) and (unusual := unusual_frame(head)):
        return unusual, DEEP_HINT
    is_one = head.startswith((SIGNATURE, _JPEG, b"GIF8", b"BM"))
    if is_one or head[8:12] == b"WEBP" or head[4:8] == b"ftyp":
        return "is damaged", _DAMAGED_HINT
    return "is not an image that can be read", FORMATS_HINT


def _reason(error: Exception) -> str:
    """What a decoder said, where that may mean something to a reader."""
    if "truncated" in str(error).lower() or "failed to read" in str(error):
        return ": it ends too early"
    is_told = type(error) in (OSError, SyntaxError, ValueError, EOFError) and "decoder" not in str(error)
    return f": {error}" if is_told and str(error) else ""


def _stored(path: Path, name: str, tell: Callable[[str], None]) -> Stored:
    Image.MAX_IMAGE_PIXELS = None  # the limit here is a setting, and it is an error, not a warning
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    found = stranger(head, name)
    if found is not None:
        what, hint = found
        raise InputError(f"{name} {what}", hint)
    if head.startswith(SIGNATURE):
        return read_png(path, name)
    if head.startswith(SIGNATURES):
        return read_tiff(path, name)
    return _by_pillow(path, name, tell)


def _by_pillow(path: Path, name: str, tell: Callable[[str], None]) -> Stored:
    with Image.open(path, formats=_FORMATS) as image:
        check_size(Extent(*image.size), name)
        if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
            raise InputError(f"{name} is an animation", "export the frame you want as a PNG")
        image.load()
        if image.format in ("JPEG", "MPO"):
            _check_scans(path.read_bytes(), name, tell)
        exif = image.info.get("exif", b"")
        profile = image.info.get("icc_profile") or _marked(image, path, exif, name)
        xmp = b"" if image.format == "AVIF" else image.info.get("xmp", b"")  # an AVIF is turned by its boxes
        return _decoded(image, profile, orientation_of(exif, xmp))


def _check_scans(content: bytes, name: str, tell: Callable[[str], None]) -> None:
    """Raises ValueError for a JPEG whose pixels are garbled, which decoders take for what they make of it."""
    fault = fault_in_scans(content)
    if fault is not None and fault.is_sure:
        raise ValueError(fault.message)
    if fault is not None:
        tell(f"{name} may be damaged, for {fault.message}: look at it, and save it again if it is right")


def _marked(image: Image.Image, path: Path, exif: bytes, name: str) -> bytes | None:
    """The profile of a picture that has none, but says what its colours are."""
    if image.format == "AVIF":
        with path.open("rb") as file:
            _, found, codes = file.read(_AVIF_HEAD).partition(_COLOR_BOX)
        return profile_of_codes(codes[1], codes[3], name) if found and len(codes) > 3 else None
    is_adobe_rgb = image.mode == "RGB" and says_adobe_rgb(exif)
    return adobe_rgb_profile() if is_adobe_rgb else None


def _decoded(image: Image.Image, profile: bytes | None, orientation: int) -> Stored:
    if image.mode in ("L", "1"):
        return Stored(np.asarray(image.convert("L"))[..., None], None, "gray", profile, orientation)
    if image.mode == "CMYK":
        ink = np.asarray(image)
        # Pillow turns all of them around; Photoshop stores CMYK the other way round, and says so.
        ink = ink if "adobe" in image.info else 255 - ink
        return Stored(ink, None, "cmyk", profile, orientation)
    if image.mode == "RGB" and "transparency" not in image.info:
        return Stored(np.asarray(image), None, "rgb", profile, orientation)
    rgba = np.asarray(image.convert("RGBA"))
    return Stored(rgba[..., :3], rgba[..., 3], "rgb", profile, orientation)
