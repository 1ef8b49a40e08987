"""Denoise: takes grain off, down to a given measure or to the least grain of other pictures.

What goes is read from the picture itself, lightness and colour apart. So much of what was taken is given
back that the grain that is wanted remains: texture keeps its share, and a layer that has no more grain
than wanted comes back as it was. A draft has drawn grain together already: there is less to take.
"""

from functools import partial

import numpy as np
from pydantic import Field

from ..operation import Params, PictureName, References
from ..pixels.grain import Grain, estimate, from_axes, readable, to_axes
from ..pixels.raster import FloatArray, Raster
from ..registry import extension
from ._cosines import SIDE, denoised, spectrum
from ._opaque import filter_colors

_UNSEEN = 0.3  # levels: grain below this is rounding
_OFF_GRID = SIDE // 2
_SAME = 1.1  # readings that differ by less are of one grain


class DenoiseParams(Params):
    """How much grain is left."""

    to: float | None = Field(
        None,
        ge=0,
        le=128,
        description="Grain that stays, as standard deviation in levels of 0…255; left out: none, "
        "or the least grain of `least_of`",
    )
    least_of: tuple[PictureName, ...] = Field(
        (), description="Layers or sources: no more grain stays than the cleanest of them has"
    )
    strength: float = Field(1.0, ge=0, le=1, description="How far it goes")
    color: float = Field(1.0, ge=0, le=1, description="How much of it for the speckles of colour")


@extension("filter", version=1)
def denoise(image: Raster, params: DenoiseParams, given: References) -> Raster:
    """Takes grain off, down to a given measure or to the least of other pictures."""
    found, wanted = estimate(image), _wanted(params, given)
    luminance = _taken(found.luminance, wanted.luminance) * params.strength
    chroma = _taken(found.chroma, wanted.chroma) * params.strength * params.color
    if not (luminance or chroma):
        return image
    shares = (luminance, chroma, chroma)
    noise = _spectra(image) * np.array([[found.luminance], [found.chroma], [found.chroma]], np.float32)
    return filter_colors(image, partial(_cleaned, noise=noise, shares=shares))


def _wanted(params: DenoiseParams, given: References) -> Grain:
    others = [estimate(each) for each in given.rasters_of("least_of")]
    if params.to is not None:
        others.append(Grain(params.to, params.to))
    luminance = min((each.luminance for each in others), default=0.0)
    return Grain(luminance, min((each.chroma for each in others), default=0.0))


def _taken(found: float, wanted: float) -> float:
    """Which share of the grain goes."""
    return 1 - wanted / found if found > max(_SAME * wanted, _UNSEEN) else 0.0


def _spectra(image: Raster) -> FloatArray:
    """(3, 64): on each axis, how the grain is spread over the cosines."""
    found = [np.zeros((0, SIDE, SIDE, 3), np.float32)]
    for axes, usable in readable(image):
        # Off the grid of a JPEG, whose own blocks have lost cosines that every other block has.
        axes, usable = (each[_OFF_GRID:-_OFF_GRID, _OFF_GRID:-_OFF_GRID] for each in (axes, usable))
        height, width = axes.shape[:2]
        grid = (height // SIDE, SIDE, width // SIDE, SIDE)
        whole = usable.reshape(grid).all(axis=(1, 3))
        found.append(axes.reshape(*grid, 3).swapaxes(1, 2)[whole])
    blocks = np.concatenate(found)
    return np.stack([spectrum(np.ascontiguousarray(blocks[..., axis])) for axis in range(3)])


def _cleaned(rgb: FloatArray, noise: FloatArray, shares: tuple[float, float, float]) -> FloatArray:
    axes = to_axes(rgb)
    for axis, share in enumerate(shares):
        if share:
            channel = np.ascontiguousarray(axes[..., axis])
            clean = denoised(channel, noise[axis] / np.float32(255), finely=axis == 0)
            axes[..., axis] += np.float32(share) * (clean - channel)
    return from_axes(axes)
