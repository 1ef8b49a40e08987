"""Allowance: how much memory a watch may keep for the next edit.

Knows the setting and its default, a quarter of the machine's memory. Does not know what is kept.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from ..errors import UsageError

SETTING = "COMPOSER_WATCH_MEGABYTES"
"""The environment variable with the megabytes that a watch may keep; 0 keeps nothing."""
_SHARE = 4
_WITHOUT = 1 << 30  # bytes, where the system does not say how much memory it has
_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def allowance(environment: Mapping[str, str] = os.environ) -> int:
    """Bytes. Raises UsageError when the setting is no number from 0 on."""
    given = environment.get(SETTING, "")
    if not given:
        return _memory() // _SHARE
    try:
        megabytes = float(given)
    except ValueError:
        megabytes = -1.0
    if not 0 <= megabytes < float("inf"):
        hint = f"set {SETTING}=2000, or 0 to keep nothing"
        raise UsageError(f"{SETTING} is {given!r}, which is no number of megabytes", hint)
    return int(megabytes * 1e6)


def _memory() -> int:
    """Bytes of the machine, or of the container that this runs in."""
    try:
        whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return _SHARE * _WITHOUT
    return min(whole, *map(_limit, _LIMITS))


def _limit(path: Path) -> int:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 1 << 62
