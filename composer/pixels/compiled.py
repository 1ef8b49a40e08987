"""Compiled: marks a pixel loop as machine code.

Knows numba and its cache on disk. Does not know any loop. Importing it imports numba, which takes half a
second: modules of loops are imported where they are needed, not at the top.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba

Loop = Callable[..., Any]


def compiled(function: Loop) -> Loop:
    """The function compiled when first called; it lets go of Python's lock and is kept on disk.

    Numba looks for changes in the function's own file only: what it calls must stand in the same file.
    """
    try:
        return _jitted(function, cached=True)
    except RuntimeError:  # nowhere to write the cache to
        return _jitted(function, cached=False)


def _jitted(function: Loop, cached: bool) -> Loop:
    loop: Loop = numba.njit(function, cache=cached, nogil=True, error_model="numpy")
    return loop
