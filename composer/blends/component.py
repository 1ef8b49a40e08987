"""Modes that exchange hue, saturation or luminosity: W3C Compositing Level 1, §13.4 (= PDF 1.7, 11.3.5.3).

Know one colour of backdrop and source. The specification's SetSat, which sorts the channels, is
written as the linear map it amounts to: the smallest channel to 0, the largest to s.
Colours are `HSY` with luma weights, not the cylinders of HSL or LCh that other programs use.
"""

from numpy import maximum, minimum, where

from ..registry import blend_mode
from ._arithmetic import TOLERANCE, Channel, Color, lum


def sat(r: Channel, g: Channel, b: Channel) -> Channel:
    """Sat(C): the largest channel less the smallest."""
    return maximum(r, maximum(g, b)) - minimum(r, minimum(g, b))


def clip_color(r: Channel, g: Channel, b: Channel) -> Color:
    """ClipColor(C): pulled towards its luma until every channel is in 0…1.

    A colour that SetLum made spans at most 1, so only one of both ends can stick out.
    """
    y = lum(r, g, b)
    n = minimum(r, minimum(g, b))
    x = maximum(r, maximum(g, b))
    low = where(n < 0.0, y / maximum(y - n, TOLERANCE), 1.0)
    k = where(x > 1.0, (1.0 - y) / maximum(x - y, TOLERANCE), low)
    return into_range(y + (r - y) * k), into_range(y + (g - y) * k), into_range(y + (b - y) * k)


def into_range(c: Channel) -> Channel:
    """Rounding may leave a clipped channel a hair outside 0…1."""
    return minimum(1.0, maximum(0.0, c))


def set_lum(r: Channel, g: Channel, b: Channel, y: Channel) -> Color:
    """SetLum(C, l): the same hue with luma y."""
    d = y - lum(r, g, b)
    return clip_color(r + d, g + d, b + d)


def set_sat(r: Channel, g: Channel, b: Channel, s: Channel) -> Color:
    """SetSat(C, s): the same order of channels, the smallest at 0, the largest at s; grey gives black."""
    n = minimum(r, minimum(g, b))
    spread = sat(r, g, b)
    k = where(spread > TOLERANCE, s / maximum(spread, TOLERANCE), 0.0)
    return (r - n) * k, (g - n) * k, (b - n) * k


@blend_mode(psd=b"hue ", ora="svg:hue", version=1, separable=False)
def hue(rb: Channel, gb: Channel, bb: Channel, rs: Channel, gs: Channel, bs: Channel) -> Color:
    """The source's hue with the backdrop's saturation and luminosity; W3C."""
    r, g, b = set_sat(rs, gs, bs, sat(rb, gb, bb))
    return set_lum(r, g, b, lum(rb, gb, bb))


@blend_mode(psd=b"sat ", ora="svg:saturation", version=1, separable=False)
def saturation(rb: Channel, gb: Channel, bb: Channel, rs: Channel, gs: Channel, bs: Channel) -> Color:
    """The source's saturation with the backdrop's hue and luminosity; W3C."""
    r, g, b = set_sat(rb, gb, bb, sat(rs, gs, bs))
    return set_lum(r, g, b, lum(rb, gb, bb))


@blend_mode(psd=b"colr", ora="svg:color", version=1, separable=False)
def color(rb: Channel, gb: Channel, bb: Channel, rs: Channel, gs: Channel, bs: Channel) -> Color:
    """The source's hue and saturation with the backdrop's luminosity; W3C."""
    return set_lum(rs, gs, bs, lum(rb, gb, bb))


@blend_mode(psd=b"lum ", ora="svg:luminosity", version=1, separable=False)
def luminosity(rb: Channel, gb: Channel, bb: Channel, rs: Channel, gs: Channel, bs: Channel) -> Color:
    """The source's luminosity with the backdrop's hue and saturation; W3C."""
    return set_lum(rb, gb, bb, lum(rs, gs, bs))
