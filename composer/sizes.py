"""Sizes: a number of bytes as people read it."""

_UNITS = (("GB", 1e9, 1e9), ("MB", 1e6, 1e5), ("kB", 1e3, 1e3))
"""Each with its bytes, and from how many bytes on it is used."""


def readable(count: int) -> str:
    """Such as "2.1 GB", "384 MB", "16.0 kB" or "12 bytes"."""
    for unit, size, least in _UNITS:
        if count >= least:
            shown = count / size
            return f"{shown:.0f} {unit}" if shown >= 99.95 else f"{shown:.1f} {unit}"
    return f"{count} bytes"
