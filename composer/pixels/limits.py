"""Limits: how large a picture may be that is read, and of what shape; and how large a canvas.

Knows the settings, their defaults, and what memory is free. Does not know files. A few kilobytes of a file
can stand for a picture that fills the memory of the machine; the limit is checked before it is decoded.
"""

from __future__ import annotations

import os
from pathlib import Path

from ..errors import InputError
from ..sizes import readable
from .geometry import Extent

SETTING = "COMPOSER_MAX_MEGAPIXELS"
"""The environment variable with the largest picture that is read, in megapixels."""
CANVAS_SETTING = "COMPOSER_MAX_CANVAS_MEGAPIXELS"
"""The environment variable with the largest canvas that is painted, in megapixels."""
DEFAULT_MEGAPIXELS = 500.0
"""For both: A0 at 560 dpi, 2 × 3 m at 230 dpi. A PSD of it takes some 14 GB of memory to write, what a common
machine has; twice as much would be refused there later, after all its layers were painted."""
LONGEST_SIDE = 300_000
"""Pixels; the largest canvas is not longer either."""
_MEMINFO = Path("/proc/meminfo")
_GROUP = Path("/sys/fs/cgroup")
_BYTES = 11
"""The least that decoding takes for a pixel of 8 bits a channel."""
_SLACK = 0.01


def check_size(extent: Extent, name: str) -> None:
    """Raises InputError when the picture called `name` has more pixels than may be read, or none."""
    if extent.width < 1 or extent.height < 1:
        raise InputError(f"{name} has no pixels ({extent})", "save it again from its program")
    has, most = extent.pixels / 1e6, largest_megapixels()
    if has > most:
        raise InputError(
            f"{name} has {extent} pixels: {has:,.{0 if has >= 10 else 4}f} megapixels, more than {most:,g}",
            f"scale it down or crop it; if it is meant to be so large, set {SETTING}",
        )
    if extent.long_side > LONGEST_SIDE:
        hint = "scale it down or crop it first"
        raise InputError(f"{name} has {extent} pixels, more than {LONGEST_SIDE:,} a side", hint)
    needed, free = _BYTES * extent.pixels, free_bytes()
    if free is not None and needed > free:
        raise InputError(
            f"{name} has {extent} pixels: to read it takes at least {readable(needed)} of memory; "
            f"{readable(free)} are free",
            "close other programs, or scale it down first",
        )


def check_aspect(extent: Extent, canvas: Extent, name: str) -> None:
    """Raises InputError when the mask file called `name` would be drawn out of shape to cover the canvas.

    One part in a hundred is let pass, and a pixel of rounding.
    """
    across, down = extent.width * canvas.height, extent.height * canvas.width
    rounding = max(extent.width, extent.height, canvas.width, canvas.height)
    if abs(across - down) > _SLACK * max(across, down) + rounding:
        raise InputError(
            f"{name} is {extent} and the canvas {canvas}: as a mask it would be drawn out of shape",
            'say how it lies: place = { fit = "contain" }, "cover" or "stretch"; or as a layer does: '
            'place = "its name"',
        )


def free_bytes() -> int | None:
    """What programs can still take without swapping; None where the system does not say."""
    said = [free for free in (_free_in_machine(), _free_in_container()) if free is not None]
    return min(said, default=None)


def _free_in_machine() -> int | None:
    try:
        lines = _MEMINFO.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith("MemAvailable:")]
    return int(found[0]) * 1024 if found else None


def _free_in_container() -> int | None:
    """By control groups, version 2: what is allowed but not taken; files that are only cached can go."""
    try:
        most, taken = (int((_GROUP / f"memory.{word}").read_text()) for word in ("max", "current"))
        cached = dict(line.split() for line in (_GROUP / "memory.stat").read_text().splitlines())
    except (OSError, ValueError):  # none, or "max": no limit
        return None
    return max(0, most - taken + int(cached.get("inactive_file", 0)))


def largest_megapixels() -> float:
    """The limit of pictures that holds. Raises InputError when the setting is no number above 0."""
    return _megapixels(SETTING)


def largest_canvas_megapixels() -> float:
    """The limit of canvases that holds. Raises InputError when the setting is no number above 0."""
    return _megapixels(CANVAS_SETTING)


def _megapixels(setting: str) -> float:
    given = os.environ.get(setting, "")
    try:
        most = float(given or DEFAULT_MEGAPIXELS)
    except ValueError:
        most = 0.0
    if not 0 < most < float("inf"):
        raise InputError(f"{setting} is {given!r}, which is no number of megapixels", f"set {setting}=500")
    return most
