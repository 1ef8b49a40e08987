"""Compile: pixel loops and blend modes as machine code, from sources that are plain Python and numpy.

Knows numba, and how a blend mode that is written for arrays becomes one for single pixels: its
numpy names are rebound to scalar ones, its constants to float32 (numba would widen every sum to
float64), and the functions it calls are treated alike. Does not know layers, groups or strips.
Imported only where the compiled kernel is wanted.

Compiled code is kept in numba's cache on disk. Numba itself looks for changes in this file only,
so the name it files a loop under carries a digest of the blend mode's code.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from hashlib import blake2b
from types import CodeType, FunctionType
from typing import Any

import numba
import numpy as np

from . import loops

Function = Callable[..., Any]


def _minimum(a: Any, b: Any) -> Any:
    return a if a < b else b


def _maximum(a: Any, b: Any) -> Any:
    return a if a > b else b


def _where(condition: Any, a: Any, b: Any) -> Any:
    return a if condition else b


def _sqrt(a: Any) -> Any:
    return math.sqrt(a)


_SCALAR: dict[object, Function] = {
    np.minimum: _minimum,
    np.maximum: _maximum,
    np.where: _where,
    np.sqrt: _sqrt,
}


def blend_loop(function: Function, separable: bool, interleaved: bool, signature: Any) -> Function:
    """`loops.blend_rows` compiled for one blend function and one layout of the source."""
    # LLVM vectorizes around small functions that it inlines itself, which compiles in half the
    # time; around the large ones of whole colours only when numba inlined them before.
    inline = "never" if separable else "always"
    colors = _scalar(function, inline)
    if separable:
        colors = _jitted(_rebound(loops.each_channel, {"channel": colors}), inline)
    names = {"blend_colors": colors, "INTERLEAVED": interleaved}
    name = f"{function.__name__}_{interleaved:d}_{digest(function)}"
    return _compiled(_rebound(loops.blend_rows, names), name, signature)


def plain_loop(function: Function, signature: Any) -> Function:
    """A loop that depends on no blend mode, compiled."""
    return _compiled(_rebound(function, {}), function.__name__, signature)


def digest(function: Function) -> str:
    """A digest of a function's code, with the constants and functions it refers to."""
    return blake2b("\n".join(_ingredients(function)).encode(), digest_size=8).hexdigest()


def _ingredients(function: Function) -> Iterator[str]:
    code = function.__code__
    yield f"{function.__qualname__} {code.co_code.hex()} {code.co_consts!r} {code.co_names!r}"
    for name, value in _references(function):
        if value in _SCALAR:
            yield f"{name} = {_SCALAR[value].__name__}"
        elif isinstance(value, FunctionType):
            yield from _ingredients(value)
        else:
            yield f"{name} = {value!r}"


def _references(function: Function) -> list[tuple[str, Any]]:
    known = function.__globals__
    return [(name, known[name]) for name in function.__code__.co_names if name in known]


def _scalar(function: Function, inline: str) -> Function:
    """A blend function, or one that it calls, for float32 scalars."""
    names = {name: _scalar_value(value, inline) for name, value in _references(function)}
    return _jitted(_rebound(function, names, _narrow_constants(function.__code__)), inline)


def _scalar_value(value: Any, inline: str) -> Any:
    if isinstance(value, float):
        return np.float32(value)
    if value in _SCALAR:
        return _jitted(_SCALAR[value], inline)
    return _scalar(value, inline) if isinstance(value, FunctionType) else value


def _narrow_constants(code: CodeType) -> CodeType:
    narrow = (np.float32(value) if isinstance(value, float) else value for value in code.co_consts)
    return code.replace(co_consts=tuple(narrow))


def _rebound(function: Function, names: dict[str, Any], code: CodeType | None = None) -> FunctionType:
    """The function with other values behind some of its global names."""
    own = code or function.__code__
    return FunctionType(own, {**function.__globals__, **names}, function.__name__)


def _jitted(function: Function, inline: str) -> Function:
    jitted: Function = numba.njit(function, inline=inline, error_model="numpy")
    return jitted


def _compiled(function: FunctionType, name: str, signature: Any) -> Function:
    """Compiled for one signature; without the cache where its folder cannot be written."""
    function.__qualname__ = name
    try:
        return _loop(function, signature, cached=True)
    except (RuntimeError, OSError):
        return _loop(function, signature, cached=False)


def _loop(function: FunctionType, signature: Any, cached: bool) -> Function:
    dispatcher = numba.njit(function, cache=cached, nogil=True, error_model="numpy")
    dispatcher.compile(signature)
    loop: Function = dispatcher
    return loop
