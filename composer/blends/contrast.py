"""Modes that darken below middle grey and lighten above. Know one channel of backdrop and source."""

from numpy import maximum, minimum, sqrt, where

from ..registry import blend_mode
from ._arithmetic import TOLERANCE, Channel


@blend_mode(psd=b"over", ora="svg:overlay", version=1)
def overlay(cb: Channel, cs: Channel) -> Channel:
    """Hard light with the layers swapped; W3C."""
    return where(cb <= 0.5, 2.0 * cb * cs, 1.0 - 2.0 * (1.0 - cb) * (1.0 - cs))


@blend_mode(psd=b"sLit", ora="svg:soft-light", version=1)
def soft_light(cb: Channel, cs: Channel) -> Channel:
    """Like a diffuse light on the backdrop; W3C (the forms of Pegtop and Wikipedia differ)."""
    d = where(cb <= 0.25, ((16.0 * cb - 12.0) * cb + 4.0) * cb, sqrt(cb))
    darker = cb - (1.0 - 2.0 * cs) * cb * (1.0 - cb)
    return where(cs <= 0.5, darker, cb + (2.0 * cs - 1.0) * (d - cb))


@blend_mode(psd=b"hLit", ora="svg:hard-light", version=1)
def hard_light(cb: Channel, cs: Channel) -> Channel:
    """Multiply by, or screen with, twice the source; W3C."""
    return where(cs <= 0.5, 2.0 * cb * cs, 1.0 - 2.0 * (1.0 - cb) * (1.0 - cs))


@blend_mode(psd=b"vLit", ora="krita:vivid_light", version=1)
def vivid_light(cb: Channel, cs: Channel) -> Channel:
    """Burn or dodge by twice the source; Photoshop: a black or white source wins over any backdrop."""
    burnt = maximum(0.0, 1.0 - (1.0 - cb) / maximum(2.0 * cs, TOLERANCE))
    dodged = minimum(1.0, cb / maximum(2.0 - 2.0 * cs, TOLERANCE))
    inside = where(cs <= 0.5, burnt, dodged)
    return where(cs <= TOLERANCE, 0.0, where(cs >= 1.0 - TOLERANCE, 1.0, inside))


@blend_mode(psd=b"lLit", ora="krita:linear light", version=1)
def linear_light(cb: Channel, cs: Channel) -> Channel:
    """Add twice the source less white; Photoshop."""
    return minimum(1.0, maximum(0.0, cb + 2.0 * cs - 1.0))


@blend_mode(psd=b"pLit", ora="krita:pin_light", version=1)
def pin_light(cb: Channel, cs: Channel) -> Channel:
    """Replace what is outside the source's half; Photoshop."""
    return where(cs <= 0.5, minimum(cb, 2.0 * cs), maximum(cb, 2.0 * cs - 1.0))


@blend_mode(psd=b"hMix", ora="krita:hard_mix_photoshop", version=2)
def hard_mix(cb: Channel, cs: Channel) -> Channel:
    """Black or white: whether the sum exceeds white; Photoshop: a tie follows the backdrop's half."""
    above, below = cb + cs + TOLERANCE, cb + cs - TOLERANCE
    return where(where(cb > 0.5, above, below) > 1.0, 1.0, 0.0)
