"""Modes that darken. Know one channel (or one colour) of backdrop and source; no alpha, no layers."""

from numpy import maximum, minimum, where

from ..registry import blend_mode
from ._arithmetic import TOLERANCE, Channel, Color, lum


@blend_mode(psd=b"dark", ora="svg:darken", version=1)
def darken(cb: Channel, cs: Channel) -> Channel:
    """The darker of both; W3C."""
    return minimum(cb, cs)


@blend_mode(psd=b"mul ", ora="svg:multiply", version=1)
def multiply(cb: Channel, cs: Channel) -> Channel:
    """The product; W3C."""
    return cb * cs


@blend_mode(psd=b"idiv", ora="svg:color-burn", version=1)
def color_burn(cb: Channel, cs: Channel) -> Channel:
    """Darkens the backdrop to reflect the source; W3C: a white backdrop stays white."""
    burnt = maximum(0.0, 1.0 - (1.0 - cb) / maximum(cs, TOLERANCE))
    return where(cb >= 1.0 - TOLERANCE, 1.0, where(cs <= TOLERANCE, 0.0, burnt))


@blend_mode(psd=b"lbrn", ora="krita:linear_burn", version=1)
def linear_burn(cb: Channel, cs: Channel) -> Channel:
    """The sum less white; Photoshop."""
    return maximum(0.0, cb + cs - 1.0)


@blend_mode(psd=b"dkCl", ora="krita:darker color", version=1, separable=False)
def darker_color(rb: Channel, gb: Channel, bb: Channel, rs: Channel, gs: Channel, bs: Channel) -> Color:
    """The colour of lower luma, whole; Photoshop. On a tie the backdrop stays."""
    darker = lum(rs, gs, bs) < lum(rb, gb, bb) - TOLERANCE
    return where(darker, rs, rb), where(darker, gs, gb), where(darker, bs, bb)
