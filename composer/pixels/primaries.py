"""Primaries: colour spaces as files name them without a profile – by numbers, or by a mark – as ICC profiles.

Knows the code points of video (ITU-T H.273), PNG's gAMA and cHRM, and Adobe RGB. Does not know files.
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np

from ..errors import InputError
from .profile import Columns, Curve, matrix_profile

Chromaticities = tuple[float, float, float, float, float, float, float, float]
"""White x and y, red x and y, green x and y, blue x and y."""

_D65 = (0.3127, 0.3290)
_P3 = (0.680, 0.320, 0.265, 0.690, 0.150, 0.060)
SRGB: Chromaticities = (*_D65, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
ADOBE_RGB: Chromaticities = (*_D65, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
"""Adobe RGB (1998) color image encoding, version 2005-05."""
_PRIMARIES: dict[int, Chromaticities] = {
    1: SRGB,
    2: SRGB,  # "unspecified"
    5: (*_D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    9: (*_D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (0.314, 0.351, *_P3),
    12: (*_D65, *_P3),
}
_VIDEO: Curve = (1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081)
_SRGB_CURVE: Curve = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_CURVES: dict[int, Curve] = {
    1: _VIDEO,
    2: _SRGB_CURVE,
    4: (2.2,),
    5: (2.8,),
    6: _VIDEO,
    8: (1.0,),
    13: _SRGB_CURVE,
    14: _VIDEO,
    15: _VIDEO,
}
_HDR_TRANSFERS = (16, 18)
"""PQ and HLG: brighter than any white."""
_SRGB_GAMMA = 1 / 0.45455
_SLACK = 0.005

# Bradford's cone response, and D50 as in the header of every profile (ICC.1:2010, annex E and 7.2.16).
_CONES = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_D50 = np.array([0.9642, 1.0, 0.8249])


def profile_of_codes(primaries: int, transfer: int, name: str) -> bytes | None:
    """The profile of two code points of H.273; None for sRGB.

    Raises InputError when the picture called `name` is HDR, or its codes are not known.
    """
    if transfer in _HDR_TRANSFERS:
        hint = "export it from its program in the standard range (SDR)"
        raise InputError(f"{name} is an HDR picture, brighter than any white", hint)
    if primaries not in _PRIMARIES or transfer not in _CURVES:
        codes = f"primaries {primaries}, transfer {transfer} of H.273"
        raise InputError(
            f"{name} has colours that cannot be told: {codes}", "convert it to sRGB in its program"
        )
    place, curve = _PRIMARIES[primaries], _CURVES[transfer]
    return None if (place, curve) == (SRGB, _SRGB_CURVE) else _profile("H.273", place, curve)


@lru_cache(maxsize=16)
def profile_of_gamma(gamma: float, place: Chromaticities | None) -> bytes | None:
    """The profile of Y = X^gamma with these primaries; None for what says sRGB as well as gAMA can.

    Programs that mean sRGB write 0.45455 (PNG, third edition, 11.3.2.5), often without any primaries.
    Raises ValueError, ArithmeticError or struct.error for numbers that make no colour space.
    """
    is_srgb = place is None or all(abs(a - b) < _SLACK for a, b in zip(place, SRGB, strict=True))
    if is_srgb and abs(gamma - _SRGB_GAMMA) < _SLACK:
        return None
    return _profile("gAMA and cHRM", place or SRGB, (gamma,))


@cache
def adobe_rgb_profile() -> bytes:
    """Adobe RGB (1998): gamma 2 + 51/256."""
    return _profile("Adobe RGB (1998)", ADOBE_RGB, (2 + 51 / 256,))


def _profile(name: str, place: Chromaticities, curve: Curve) -> bytes:
    return matrix_profile(name, columns_of(place), curve)


def columns_of(place: Chromaticities) -> Columns:
    """XYZ of red, green and blue, adapted to D50 (Bradford); white's Y is 1.

    Raises ValueError or ZeroDivisionError for numbers that make no colour space.
    """
    xyz = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in zip(place[::2], place[1::2], strict=True)])
    white, primaries = xyz[0], xyz[1:].T
    scaled = primaries * np.linalg.solve(primaries, white)
    cones = np.diag((_CONES @ _D50) / (_CONES @ white))
    adapted = np.linalg.inv(_CONES) @ cones @ _CONES @ scaled
    red, green, blue = ((float(x), float(y), float(z)) for x, y, z in adapted.T)
    return red, green, blue
