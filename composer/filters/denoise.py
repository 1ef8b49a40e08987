"""Denoise: takes grain off, down to a given measure or to the least grain of other pictures.

What goes is read from the picture itself, lightness and colour apart. So much of what was taken is given
back that the grain that is wanted remains, and more where it is stronger than grain can be: that is texture.
A layer that has no more grain than wanted comes back as it was. A draft has drawn grain
together already: there is less to take.
"""

import math
from functools import partial
from typing import NamedTuple

import cv2
import numpy as np
from pydantic import Field

from ..operation import Params, PictureName, References
from ..pixels.grain import Grain, estimate, from_axes, readable, to_axes
from ..pixels.raster import Array, FloatArray, Raster
from ..registry import extension
from ._cosines import SIDE, spectrum
from ._opaque import filter_colors
from ._scales import denoised_at_scales, extended, share_to_remove, without_texture

_UNSEEN = 0.3  # levels: grain below this is rounding
_OFF_GRID = SIDE // 2
_CLIPPED = 4 / 255  # as near to black or white as this, grain is cut off
_SAME = 1.1  # readings that differ by less are of one grain


class Plan(NamedTuple):
    """What happens to one axis: (64,) deviations of its grain, 0…1, how far to go, and what stays, 0…1."""

    noise: FloatArray
    strength: float
    wanted: float


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


@extension("filter", version=3)
def denoise(image: Raster, params: DenoiseParams, given: References) -> Raster:
    """Takes grain off, down to a given measure or to the least of other pictures."""
    found = estimate(image)
    wanted = _wanted(found, params, given)
    goes = (_goes(found.luminance, wanted.luminance), _goes(found.chroma, wanted.chroma) and params.color > 0)
    if not (any(goes) and params.strength):
        return image
    levels = (found.luminance, found.chroma, found.chroma)
    noise = _spectra(image) * np.array(levels, np.float32)[:, None] / np.float32(255)
    strengths = [params.strength * goes[0], *[params.strength * params.color * goes[1]] * 2]
    limits = [each / 255 for each in (wanted.luminance, wanted.chroma, wanted.chroma)]
    plans = [Plan(*each) for each in zip(noise, strengths, limits, strict=True)]
    return filter_colors(image, partial(_cleaned, plans=plans, usable=_usable(image)))


def _wanted(found: Grain, params: DenoiseParams, given: References) -> Grain:
    others = [estimate(each) for each in given.rasters_of("least_of")]
    if params.to is not None:
        part = min(1.0, params.to / max(_of_a_channel(found), _UNSEEN))
        others.append(Grain(part * found.luminance, part * found.chroma))
    luminance = min((each.luminance for each in others), default=0.0)
    return Grain(luminance, min((each.chroma for each in others), default=0.0))


def _of_a_channel(grain: Grain) -> float:
    """What red, green or blue has of both: an axis of colour is shared by three channels, two to three."""
    return math.hypot(grain.luminance, (2 / 3) ** 0.5 * grain.chroma)


def _goes(found: float, wanted: float) -> bool:
    return found > max(_SAME * wanted, _UNSEEN)


def _usable(image: Raster) -> Array:
    """(H, W) bool: opaque and nowhere clipped."""
    most = np.iinfo(image.pixels.dtype).max
    rgb = image.pixels[..., :3]
    inside = cv2.inRange(rgb, (int(_CLIPPED * most) + 1,) * 3, (int((1 - _CLIPPED) * most) - 1,) * 3)
    usable: Array = (inside > 0) & (image.pixels[..., 3] == most)
    return usable


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
    return np.stack([extended(spectrum(np.ascontiguousarray(blocks[..., axis]))) for axis in range(3)])


def _cleaned(rgb: FloatArray, plans: list[Plan], usable: Array) -> FloatArray:
    axes = to_axes(rgb)
    for axis, plan in enumerate(plans):
        if plan.strength:
            channel = np.ascontiguousarray(axes[..., axis])
            removed = channel - denoised_at_scales(channel, plan.noise, finely=axis == 0)
            removed = without_texture(removed, _deviation(plan))
            share = _share(channel, removed, usable, plan)
            axes[..., axis] -= np.float32(share * plan.strength) * removed
    return from_axes(axes)


def _share(channel: FloatArray, removed: FloatArray, usable: Array, plan: Plan) -> float:
    """Of what was removed; without a calm place to measure it, as if that were all the grain."""
    if not plan.wanted:
        return 1.0
    measured = share_to_remove(channel, removed, usable, plan.wanted)
    return max(0.0, 1 - plan.wanted / _deviation(plan)) if measured is None else measured


def _deviation(plan: Plan) -> float:
    return float(np.sqrt((plan.noise**2).mean()))
