"""Strangers: files that are no picture that is read – what they are, by their first bytes, and what to do.

Knows signatures of file formats. Does not know how the formats that are read are decoded.
"""

from __future__ import annotations

from pathlib import PurePath

HEAD_BYTES = 512
"""How much of a file is looked at."""

FORMATS_HINT = "PNG, JPEG, TIFF, WebP, AVIF, BMP and GIF can be read; export the picture as one of these"
RAW_HINT = "develop it in your raw program and export a 16-bit TIFF or PNG"
DEEP_HINT = "convert it to 16 bits a channel, whole numbers, in its program and export a TIFF or PNG"
_FLAT_HINT = "export it from its program, flattened, as PNG or TIFF"
_HEIC_HINT = "export it as JPEG, PNG or AVIF"
_RAW_SUFFIXES = frozenset(
    {".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dng", ".erf", ".iiq", ".kdc", ".mef", ".mos", ".mrw", ".nef"}
    | {".nrw", ".orf", ".pef", ".raf", ".rw2", ".srw", ".x3f"}
)
_RAW = "is a raw photograph"

_GIF = (b"GIF87a", b"GIF89a")
"""How it begins: all of it letters, so that one that is cut off there could be taken for a text."""

_AT_THE_START = {
    b"%PDF": ("is a PDF document", "export its page as PNG or TIFF"),
    b"%!PS": ("is a PostScript document", "export its page as PNG or TIFF"),
    b"8BPS": ("is a Photoshop document", _FLAT_HINT),
    b"gimp xcf": ("is a GIMP document", _FLAT_HINT),
    b"PK\x03\x04": (
        "is a ZIP archive or a layered document",
        "unpack it, or export it flattened as PNG or TIFF",
    ),
    b"\x1f\x8b": ("is a compressed file", "unpack it first"),
    b"\xff\x0a": ("is a JPEG XL picture", _HEIC_HINT),
    b"\0\0\0\x0cJXL ": ("is a JPEG XL picture", _HEIC_HINT),
    b"\0\0\0\x0cjP  ": ("is a JPEG 2000 picture", "export it as TIFF or PNG"),
    b"\xff\x4f\xff\x51": ("is a JPEG 2000 picture", "export it as TIFF or PNG"),
    b"\x76\x2f\x31\x01": ("is an OpenEXR picture with 16 or 32 bits of floating point", DEEP_HINT),
    b"#?RADIANCE": ("is a Radiance HDR picture", DEEP_HINT),
    b"IIRO": (_RAW, RAW_HINT),
    b"IIRS": (_RAW, RAW_HINT),
    b"IIU\0": (_RAW, RAW_HINT),
    b"FUJIFILMCCD-RAW": (_RAW, RAW_HINT),
    b"FOVb": (_RAW, RAW_HINT),
    b"version https://git-lfs": ("is not here, only its Git LFS pointer is", "fetch it: git lfs pull"),
}
_BRANDS = {b"crx ": (_RAW, RAW_HINT), b"avif": None, b"avis": None}
_HEIC_BRANDS = frozenset((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"))


def stranger(head: bytes, name: str) -> tuple[str, str] | None:
    """What the file called `name`, which begins with `head`, is instead of a picture, and what to do.

    None when it may be a picture that is read.
    """
    if not head:
        return "is empty", "copy it again from where it came from"
    for signature, found in _AT_THE_START.items():
        if head.startswith(signature):
            return found
    if head[4:8] == b"ftyp":
        return _boxed(head)
    if head[:4] in (b"II*\0", b"MM\0*") and (head[8:10] == b"CR" or has_raw_suffix(name)):
        return _RAW, RAW_HINT
    return _text(head)


def has_raw_suffix(name: str) -> bool:
    """Whether cameras give such names to what their sensor saw."""
    return PurePath(name).suffix.lower() in _RAW_SUFFIXES


def _boxed(head: bytes) -> tuple[str, str] | None:
    """A file of ISO boxes: AVIF is read, HEIC is not, and the rest are videos."""
    brand = head[8:12]
    size = int.from_bytes(head[:4], "big")
    brands = {brand, *(head[at : at + 4] for at in range(16, min(size, len(head)), 4))}
    if brand in _BRANDS:
        return _BRANDS[brand]
    if b"avif" in brands:
        return None
    if brands & _HEIC_BRANDS:
        return "is a HEIC photograph", _HEIC_HINT
    return "is a video", "export the frame you want as PNG"


def _text(head: bytes) -> tuple[str, str] | None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<svg", b"<?xml")) or b"<svg" in start:
        return "is a drawing in vectors (SVG)", "export it as PNG, at the size it is shown in"
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script")):
        return "is a web page, not a picture", "download the picture itself"
    if b"\0" in head or head.startswith(_GIF) or head[8:12] == b"WEBP":
        return None
    try:
        head.decode("ascii")
    except UnicodeDecodeError:
        return None
    return "is a text file, not a picture", FORMATS_HINT
