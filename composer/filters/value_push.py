"""Value push: sets a layer apart from what lies behind it, by lightness alone – no light is moved.

Lightness bends towards light or dark on a curve (Schlick, "Fast Alternatives to Perlin's Bias and Gain
Functions", 1994) that leaves black black and white white, and contrast bends about the layer's own
mean; blacks are lifted gently (`_recolor`). Colour follows: chroma shrinks and grows with the room that
sRGB has at a lightness.
"""

from functools import partial

import numpy as np
from pydantic import Field

from ..operation import OwnMaskIfAny, Params, References
from ..pixels.gaussian import float32
from ..pixels.raster import FloatArray, Raster
from ..registry import extension
from ._looked_at import layer_sample
from ._recolor import gently_lifted, recolored

_BEND = 0.35  # how far a push of 1 moves the curve's middle: lightness 0.5 to 0.85
_WARMTH = np.array([0.012, 0.05], np.float32)  # OKLab a and b of a temperature of 1 in middle grey
_MOST_COLOR = np.float32(1.4)  # how far chroma may grow: more, and clouds pushed darker turn yellow
_WITHIN = (0.15, 0.85)  # the layer's mean, as far as contrast may turn about it


class ValuePushParams(Params):
    """Which way, and how much."""

    push: float = Field(0.0, ge=-1, le=1, description="Above 0 lighter, below 0 darker; black and white stay")
    contrast: float = Field(
        0.0,
        ge=-1,
        le=1,
        description="Above 0 lightness spreads from the layer's mean, below 0 it gathers there",
    )
    saturation: float = Field(0.0, ge=-1, le=1, description="Above 0 more colourful, below 0 greyer")
    temperature: float = Field(0.0, ge=-1, le=1, description="Above 0 warmer, below 0 colder")
    figure: OwnMaskIfAny = Field(
        None,
        description="The part whose mean contrast turns about; left out: what the layer's own mask shows",
    )


@extension("filter", version=3)
def value_push(image: Raster, params: ValuePushParams, given: References) -> Raster:
    """Pushes a layer lighter or darker, flatter or harder, warmer or colder."""
    if not (params.push or params.contrast or params.saturation or params.temperature):
        return image
    lab, weights = layer_sample(image, given.mask("figure"))
    if not weights.any():
        return image
    mean = np.average(_biased(lab[:, 0].astype(np.float32), params.push), weights=weights)
    return recolored(image, partial(_pushed, params=params, pivot=float(np.clip(mean, *_WITHIN))))


def _pushed(lab: FloatArray, _rows: slice, params: ValuePushParams, pivot: float) -> FloatArray:
    before = np.clip(lab[..., :1], 0, 1)
    after = gently_lifted(before, _gained(_biased(before, params.push), params.contrast, pivot))
    room = np.sqrt(_room(after) / np.maximum(_room(before), np.float32(1e-3)))
    chroma = lab[..., 1:] * (np.float32(1 + params.saturation) * np.minimum(room, _MOST_COLOR))
    warmth = np.float32(params.temperature) * _WARMTH * (4 * _room(after))
    return np.concatenate((after, chroma + warmth), axis=2)


def _room(lightness: FloatArray) -> FloatArray:
    """How much chroma has room at a lightness: none in black and white."""
    return lightness * (1 - lightness)


def _biased(lightness: FloatArray, push: float) -> FloatArray:
    """Schlick's bias: 0.5 comes to 0.5 + `push` × 0.35, and 0 and 1 stay."""
    b = 0.5 + _BEND * push
    biased: FloatArray = lightness / (np.float32(1 / b - 2) * (1 - lightness) + 1)
    return biased


def _gained(lightness: FloatArray, contrast: float, pivot: float) -> FloatArray:
    """Schlick's gain with its turn at `pivot`: two biases that meet there with one slope."""
    if contrast == 0:
        return lightness
    low = float32(np.minimum(lightness, pivot) / pivot)
    high = float32(np.minimum(1 - lightness, 1 - pivot) / (1 - pivot))
    below, above = pivot * _biased(low, -contrast), 1 - (1 - pivot) * _biased(high, -contrast)
    return float32(np.where(lightness < pivot, below, above))
