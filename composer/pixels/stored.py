"""Stored: a picture as a file holds it, and the way from there to a raster in sRGB, upright.

Knows profiles, orientation and depth: colours are converted by relative colorimetry with black-point
compensation, so what sRGB cannot show is clipped to its edge; the orientation is applied once, here. Does not
know file formats.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import cv2
import imagecodecs
import numpy as np

from ..errors import InputError
from .profile import srgb_profile
from .raster import Array, Raster

Space = Literal["gray", "rgb", "cmyk", "lab"]

_SPACES: dict[bytes, Space] = {b"GRAY": "gray", b"RGB ": "rgb", b"CMYK": "cmyk"}
_CLASSES = (b"scnr", b"mntr", b"prtr", b"spac")
_WORDS = {"gray": "grey", "rgb": "RGB", "cmyk": "CMYK"}
_FAST = imagecodecs.CMS.FLAGS.BLACKPOINTCOMPENSATION
_EXACT = _FAST | imagecodecs.CMS.FLAGS.NOOPTIMIZE
"""Without LittleCMS's shortcuts, which were seen to be off by 22 of 255 levels for ProPhoto in 16 bits, by 30
for CMYK and by 7 for linear grey. The one for a matrix profile and 8 bits is right, within 0.7."""
_TABLES, _TAGS = b"A2B", 4096
_THREADS = 2
_BAND_PIXELS = 1 << 18
_ROUNDING = 128
"""Of 65535: half a level of 8 bits. A profile that changes no colour by more is sRGB by another hand."""


@dataclass(frozen=True, eq=False, slots=True)
class Stored:
    """Colour (H, W, 1 | 3 | 4) and alpha (H, W), both uint8 or both uint16, straight.

    `space` lab: (H, W, 3) float32 L* 0…100, a*, b* under D50, stored in `lab_bits` a channel, as alpha is.
    CMYK: the share of ink, 0 is none. `orientation`: EXIF's 1…8.
    """

    color: Array
    alpha: Array | None = None
    space: Space = "rgb"
    profile: bytes | None = None
    orientation: int = 1
    lab_bits: int = 16


def developed(stored: Stored, name: str) -> Raster:
    """The raster of the picture called `name`. Raises InputError for colours that cannot be told."""
    pixels = _with_alpha(_in_srgb(stored, name), stored.alpha)
    return Raster(np.ascontiguousarray(oriented(pixels, stored.orientation)))


def _with_alpha(color: Array, alpha: Array | None) -> Array:
    """(H, W, 4) of grey or colour; opaque without alpha."""
    if alpha is None:  # numpy's broadcasting takes ten times as long
        kind = cv2.COLOR_GRAY2RGBA if color.shape[2] == 1 else cv2.COLOR_RGB2RGBA
        return np.asarray(cv2.cvtColor(color, kind))
    pixels = np.empty((*color.shape[:2], 4), color.dtype)
    pixels[..., :3] = color
    pixels[..., 3] = alpha
    return pixels


def oriented(pixels: Array, orientation: int) -> Array:
    """An EXIF orientation (tag 0x0112; values outside 2…8 change nothing) applied to an array."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels


def _in_srgb(stored: Stored, name: str) -> Array:
    """Colour as sRGB: (H, W, 3), or (H, W, 1) where grey was sRGB's already."""
    color, profile = stored.color, stored.profile
    if stored.space == "lab":
        bits = np.dtype(np.uint8 if stored.lab_bits == 8 else np.uint16)
        return _transformed(color, _lab_profile(), "lab", bits)
    if profile is None:
        if stored.space == "cmyk":
            raise InputError(f"{name} is CMYK without a profile", "convert it to RGB in its program")
        return color
    try:
        space = _space_of(profile, stored.space)
        if (
            space != stored.space
        ):  # grey that was made from a colour photograph keeps the photograph's profile
            color = np.repeat(color, 3, axis=2)
        if _is_srgb(profile, space):
            return color
        return _transformed(color, profile, space, color.dtype)
    except imagecodecs.CmsError as error:
        raise unusable_profile(name, "it is damaged") from error
    except ValueError as error:
        raise unusable_profile(name, str(error)) from error


def unusable_profile(name: str, why: str) -> InputError:
    """What to tell of a profile that cannot be used; `why`: a sentence about it."""
    hint = "assign it another profile in its program, or save it without one"
    return InputError(f"{name} has a colour profile that cannot be used: {why}", hint)


def _space_of(profile: bytes, wanted: Space) -> Space:
    """The space that the profile converts from. Raises ValueError when `wanted` is not in it."""
    if len(profile) < 132 or profile[36:40] != b"acsp":
        raise ValueError("it is no ICC profile")
    space = _SPACES.get(profile[16:20])
    if space is None or profile[12:16] not in _CLASSES:
        raise ValueError("it is not the profile of a picture")
    if space != wanted and (wanted, space) != ("gray", "rgb"):
        raise ValueError(f"it is for {_WORDS[space]}, and the picture is {_WORDS[wanted]}")
    return space


@lru_cache(maxsize=8)
def _is_srgb(profile: bytes, space: Space) -> bool:
    """Whether conversion would change a colour by rounding only; then the pixels stay as they are."""
    if space == "cmyk":
        return False
    steps = np.linspace(0, 65535, 17 if space == "rgb" else 256).round().astype(np.uint16)
    axes = np.meshgrid(*[steps] * (3 if space == "rgb" else 1), indexing="ij")
    probe = np.stack(axes, axis=-1).reshape(1, -1, len(axes))
    changed = _transformed(probe, profile, space, probe.dtype)
    return bool(np.abs(changed.astype(np.int32) - probe).max() <= _ROUNDING)


def _transformed(color: Array, profile: bytes, space: Space, dtype: np.dtype[np.generic]) -> Array:
    """(H, W, 3) in sRGB, in bands of rows on two threads."""
    is_simple = space == "rgb" and color.dtype == np.uint8 and _TABLES not in profile[:_TAGS]
    flags = _FAST if is_simple else _EXACT
    channels = np.ascontiguousarray(color[..., 0] if space == "gray" else color)
    result = np.empty((*color.shape[:2], 3), dtype)

    def convert(rows: slice) -> None:
        result[rows] = imagecodecs.cms_transform(
            channels[rows],
            profile,
            srgb_profile(),
            colorspace=space,
            outcolorspace="rgb",
            outdtype=dtype,
            intent=imagecodecs.CMS.INTENT.RELATIVE_COLORIMETRIC,
            flags=flags,
        )

    height, width = color.shape[:2]
    step = max(1, _BAND_PIXELS // width)
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(convert, (slice(top, top + step) for top in range(0, height, step))))
    return result


@lru_cache(maxsize=1)
def _lab_profile() -> bytes:
    profile: bytes = imagecodecs.cms_profile("lab4")
    return profile
