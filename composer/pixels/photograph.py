"""Photograph: the bytes of an image file as a raster in sRGB.

Knows image formats, EXIF orientation (applied exactly once), embedded profiles (converted by
relative colorimetry with black-point compensation) and bit depth. Does not know the piece. Pillow
reads 16-bit RGB as 8-bit without a word, so such files are read by OpenCV and tifffile.
"""

import io
import warnings
from pathlib import Path

import cv2
import imagecodecs
import numpy as np
import tifffile
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from ..errors import InputError
from .profile import srgb_profile
from .raster import Array, Raster

PIXEL_LIMIT = 1 << 29
_FORMATS_HINT = "PNG, JPEG, TIFF, WebP and BMP can be read; export the picture as one of these"
_SIXTEEN_HINT = "convert it to 16 bits in its program"
_SIXTEEN_BIT = {"I;16", "I;16B", "I;16L", "I"}
_CMS_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.HIGHRESPRECALC


def read_photograph(path: Path, name: str) -> Raster:
    """The picture in the file at `path`, called `name` in messages; at its own size, at (0, 0).

    8-bit files give an 8-bit raster, 16-bit PNG and TIFF a 16-bit one. Raises InputError when the
    file is no picture, is damaged, animated, larger than `PIXEL_LIMIT`, or CMYK without a profile.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(path, name)
    except UnidentifiedImageError:
        raise InputError(f"{name} is not an image that can be read", _FORMATS_HINT) from None
    except (ImageCms.PyCMSError, imagecodecs.CmsError) as error:
        hint = "assign it another profile in its program, or save it without one"
        raise InputError(f"{name} has a colour profile that cannot be used: {error}", hint) from error
    except (OSError, SyntaxError, ValueError, EOFError, cv2.error) as error:
        raise InputError(f"{name} is damaged: {error}", "save it again from its program") from error


def _read(path: Path, name: str) -> Raster:
    Image.MAX_IMAGE_PIXELS = None  # the limit here is PIXEL_LIMIT, and it is an error, not a warning
    with Image.open(path) as image:
        _refuse(image, name)
        if _is_sixteen_bit(image, path):
            return Raster(_oriented(_to_srgb_16(_pixels_16(image, path, name), image, name), image))
        upright = ImageOps.exif_transpose(image)
        return Raster(np.array(_to_srgb(upright, name)))


def _refuse(image: Image.Image, name: str) -> None:
    width, height = image.size
    if width * height > PIXEL_LIMIT:
        raise InputError(
            f"{name} has {width}×{height} pixels, more than {PIXEL_LIMIT:,}", "scale it down or crop it first"
        )
    if getattr(image, "n_frames", 1) > 1 and image.format not in ("TIFF", "MPO"):
        raise InputError(f"{name} is an animation", "export the frame you want as a PNG")
    if image.mode == "F":
        raise InputError(f"{name} has 32 bits a channel", _SIXTEEN_HINT)


def _is_sixteen_bit(image: Image.Image, path: Path) -> bool:
    if image.mode in _SIXTEEN_BIT:
        return True
    if image.format == "PNG":
        with path.open("rb") as file:
            return file.read(25)[24] == 16
    if image.format == "TIFF":
        with tifffile.TiffFile(path) as tiff:
            return bool(tiff.pages[0].bitspersample == 16)
    return False


def _pixels_16(image: Image.Image, path: Path, name: str) -> Array:
    pixels = _tiff_pixels(path) if image.format == "TIFF" else _png_pixels(path)
    if pixels.dtype not in (np.uint8, np.uint16):
        raise InputError(f"{name} has {8 * pixels.itemsize} bits a channel", _SIXTEEN_HINT)
    return _as_rgba(np.asarray(pixels, np.uint16))


def _png_pixels(path: Path) -> Array:
    pixels = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise ValueError("its pixels cannot be decoded")
    return _rgb_from_bgr(np.asarray(pixels))


def _tiff_pixels(path: Path) -> Array:
    """The first page, channels last, black as 0."""
    with tifffile.TiffFile(path) as tiff:
        page = tiff.pages[0].aspage()
        pixels: Array = page.asarray()
        if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE and pixels.ndim == 3:
            pixels = np.moveaxis(pixels, 0, -1)
        if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE:
            pixels = np.iinfo(pixels.dtype).max - pixels
    return pixels


def _rgb_from_bgr(pixels: Array) -> Array:
    if pixels.ndim == 2:
        return pixels
    order = [2, 1, 0, 3][: pixels.shape[2]]
    return pixels[..., order]


def _as_rgba(pixels: Array) -> Array:
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    channels = pixels.shape[2]
    color = pixels[..., :3] if channels >= 3 else np.repeat(pixels[..., :1], 3, axis=2)
    alpha = pixels[..., -1:] if channels in (2, 4) else np.full((*pixels.shape[:2], 1), 65535, np.uint16)
    return np.ascontiguousarray(np.concatenate([color, alpha], axis=2))


def _to_srgb_16(pixels: Array, image: Image.Image, name: str) -> Array:
    profile = image.info.get("icc_profile")
    if image.mode == "CMYK":
        raise InputError(f"{name} is 16-bit CMYK", "convert it to RGB in its program")
    if not profile or _is_grey_profile(profile):
        return pixels
    color = imagecodecs.cms_transform(
        np.ascontiguousarray(pixels[..., :3]),
        profile,
        srgb_profile(),
        colorspace="rgb",
        outcolorspace="rgb",
        intent=imagecodecs.CMS.INTENT.RELATIVE_COLORIMETRIC,
        flags=imagecodecs.CMS.FLAGS.BLACKPOINTCOMPENSATION,
    )
    return np.concatenate([color, pixels[..., 3:]], axis=2)


def _oriented(pixels: Array, image: Image.Image) -> Array:
    """The EXIF orientation (values 1…8, tag 0x0112) applied to an array."""
    orientation = image.getexif().get(0x0112, 1)
    if orientation in (5, 6, 7, 8):
        pixels = pixels.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def _to_srgb(image: Image.Image, name: str) -> Image.Image:
    profile = image.info.get("icc_profile")
    if image.mode == "CMYK" and not profile:
        raise InputError(f"{name} is CMYK without a profile", "convert it to RGB in its program")
    image = _color_channels(image)
    if not profile or _is_grey_profile(profile):
        return image.convert("RGBA")
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    color = image if image.mode == "CMYK" else image.convert("RGB")
    converted = ImageCms.profileToProfile(
        color,
        _opened(profile),
        ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile())),
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        outputMode="RGB",
        flags=_CMS_FLAGS,
    )
    assert converted is not None
    rgba = converted.convert("RGBA")
    if alpha is not None:
        rgba.putalpha(alpha)
    return rgba


def _opened(profile: bytes) -> ImageCms.ImageCmsProfile:
    try:
        return ImageCms.ImageCmsProfile(io.BytesIO(profile))
    except OSError as error:
        raise ImageCms.PyCMSError(error) from error


def _color_channels(image: Image.Image) -> Image.Image:
    """Palettes, grey, LAB and the like as RGB or RGBA; CMYK and RGB as they are."""
    if image.mode in ("RGB", "RGBA", "CMYK"):
        return image
    return image.convert("RGBA")


def _is_grey_profile(profile: bytes) -> bool:
    return profile[16:20] == b"GRAY"
