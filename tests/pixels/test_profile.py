"""The embedded profile is sRGB to a colour library, and the same bytes every time."""

import io

import numpy as np
from PIL import Image, ImageCms

from composer.pixels.profile import srgb_profile


def test_colour_library_sees_srgb() -> None:
    ours = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
    theirs = ImageCms.createProfile("sRGB")
    pixels = np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8)
    pixels[:16, :16] = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    for source, target in ((ours, theirs), (theirs, ours)):
        converted = ImageCms.profileToProfile(
            Image.fromarray(pixels), source, target, ImageCms.Intent.PERCEPTUAL
        )
        assert converted is not None
        assert np.abs(np.asarray(converted).astype(int) - pixels).max() <= 1


def test_programs_show_a_name() -> None:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))
    assert ImageCms.getProfileDescription(profile).strip() == "sRGB"


def test_size_and_date_are_fixed() -> None:
    profile = srgb_profile()
    assert len(profile) < 600
    assert int.from_bytes(profile[:4]) == len(profile)
    assert profile[24:36] == b"\x07\xd0\0\1\0\1\0\0\0\0\0\0"
