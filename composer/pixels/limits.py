"""Limits: how large a picture may be that is read.

Knows the setting and its default. Does not know files. A few kilobytes of a file can stand for a picture
that fills the memory of the machine; the limit is checked before any pixel is decoded.
"""

from __future__ import annotations

import os

from ..errors import InputError
from .geometry import Extent

SETTING = "COMPOSER_MAX_MEGAPIXELS"
"""The environment variable with the largest picture that is read, in megapixels."""
DEFAULT_MEGAPIXELS = 500.0
LONGEST_SIDE = 300_000
"""Pixels; the largest canvas is not longer either."""


def check_size(extent: Extent, name: str) -> None:
    """Raises InputError when the picture called `name` has more pixels than may be read, or none."""
    if extent.width < 1 or extent.height < 1:
        raise InputError(f"{name} has no pixels ({extent})", "save it again from its program")
    most = largest_megapixels()
    if extent.pixels > most * 1e6:
        raise InputError(
            f"{name} has {extent} pixels: {extent.pixels / 1e6:,.0f} megapixels, more than {most:,g}",
            f"scale it down or crop it; if it is meant to be so large, set {SETTING}",
        )
    if extent.long_side > LONGEST_SIDE:
        hint = "scale it down or crop it first"
        raise InputError(f"{name} has {extent} pixels, more than {LONGEST_SIDE:,} a side", hint)


def largest_megapixels() -> float:
    """The limit that holds. Raises InputError when the setting is no number above 0."""
    given = os.environ.get(SETTING, "")
    try:
        most = float(given or DEFAULT_MEGAPIXELS)
    except ValueError:
        most = 0.0
    if not 0 < most < float("inf"):
        raise InputError(f"{SETTING} is {given!r}, which is no number of megapixels", f"set {SETTING}=500")
    return most
