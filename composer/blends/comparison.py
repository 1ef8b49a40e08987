"""Normal, and modes that compare backdrop and source. Know one channel of each; no alpha, no layers."""

from numpy import maximum, minimum, where

from ..registry import blend_mode
from ._arithmetic import TOLERANCE, Channel


@blend_mode(psd=b"norm", ora="svg:src-over", version=1)
def normal(cb: Channel, cs: Channel) -> Channel:  # noqa: ARG001
    """The source; W3C."""
    return cs


@blend_mode(psd=b"diff", ora="svg:difference", version=1)
def difference(cb: Channel, cs: Channel) -> Channel:
    """How far apart both are; W3C."""
    return maximum(cb, cs) - minimum(cb, cs)


@blend_mode(psd=b"smud", ora="krita:exclusion", version=1)
def exclusion(cb: Channel, cs: Channel) -> Channel:
    """Like difference with less contrast; W3C. Older Krita does not read `svg:exclusion`."""
    return cb + cs - 2.0 * cb * cs


@blend_mode(psd=b"fsub", ora="krita:subtract", version=1)
def subtract(cb: Channel, cs: Channel) -> Channel:
    """The backdrop less the source, at least black; Photoshop."""
    return maximum(0.0, cb - cs)


@blend_mode(psd=b"fdiv", ora="krita:divide", version=1)
def divide(cb: Channel, cs: Channel) -> Channel:
    """The backdrop over the source, at most white; Photoshop. Black over black stays black."""
    divided = minimum(1.0, cb / maximum(cs, TOLERANCE))
    return where(cb <= TOLERANCE, 0.0, where(cs <= TOLERANCE, 1.0, divided))
