"""What blend modes share: the type of a channel, the tolerance, and the luma of PDF 1.7.

Knows no mode and no compositing.
"""

from typing import Any

# A float32 array, or one float32 where the mode was compiled; all channels of a call are alike.
Channel = Any
Color = tuple[Channel, Channel, Channel]

# An eighth of half a 16-bit level: differences below it are rounding noise of float32, not colour.
TOLERANCE = 1e-6


def lum(r: Channel, g: Channel, b: Channel) -> Channel:
    """Lum(C) of W3C Compositing Level 1, §13.4.1: luma with weights .3, .59, .11."""
    return 0.3 * r + 0.59 * g + 0.11 * b
