"""Modes that lighten. Know one channel (or one colour) of backdrop and source; no alpha, no layers."""

from numpy import maximum, minimum, where

from ..registry import blend_mode
from ._arithmetic import TOLERANCE, Channel, Color, lum


@blend_mode(psd=b"lite", ora="svg:lighten", version=1)
def lighten(cb: Channel, cs: Channel) -> Channel:
    """The lighter of both; W3C."""
    return maximum(cb, cs)


@blend_mode(psd=b"scrn", ora="svg:screen", version=1)
def screen(cb: Channel, cs: Channel) -> Channel:
    """The product of the complements, complemented; W3C."""
    return cb + cs - cb * cs


@blend_mode(psd=b"div ", ora="svg:color-dodge", version=1)
def color_dodge(cb: Channel, cs: Channel) -> Channel:
    """Brightens the backdrop to reflect the source; W3C: a black backdrop stays black."""
    dodged = minimum(1.0, cb / maximum(1.0 - cs, TOLERANCE))
    return where(cb <= TOLERANCE, 0.0, where(cs >= 1.0 - TOLERANCE, 1.0, dodged))


@blend_mode(psd=b"lddg", ora="svg:plus", version=1)
def linear_dodge(cb: Channel, cs: Channel) -> Channel:
    """The sum, at most white; Photoshop. `svg:plus` is the same over an opaque backdrop."""
    return minimum(1.0, cb + cs)


@blend_mode(psd=b"lgCl", ora="krita:lighter color", version=1, separable=False)
def lighter_color(rb: Channel, gb: Channel, bb: Channel, rs: Channel, gs: Channel, bs: Channel) -> Color:
    """The colour of higher luma, whole; Photoshop. On a tie the backdrop stays."""
    lighter = lum(rs, gs, bs) > lum(rb, gb, bb) + TOLERANCE
    return where(lighter, rs, rb), where(lighter, gs, gb), where(lighter, bs, bb)
