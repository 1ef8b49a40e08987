"""Depth: a mask of how far things are – white is far, black is near.

Knows the layer's pixels on the canvas; outside the layer it hides. A network, any ONNX file, runs in a
process of its own (`_rembg`), and its coarse map then follows the picture's edges. Without one all that is
known is that on level ground what stands higher in the picture is farther, up to the horizon.
"""

from typing import Literal

import cv2
import numpy as np
from pydantic import Field

from ..operation import CanvasPx, Params, ProjectFile, References
from ..pixels.continued import continued_colors
from ..pixels.guided import guided
from ..pixels.raster import FloatArray, Mask, Raster, in_eight_bits, quantize
from ..registry import extension
from ._rembg import ask_network

_SIDE = 1024  # pixels of the picture that a network is shown
_GUIDE_SIDE, _GUIDE_RADIUS, _GUIDE_EPSILON = 960, 24, 1e-3
_CONFIDENCE = 0.0  # of a prior for which nobody looked where the horizon is


class DepthParams(Params):
    """Who says how far things are, and what of it is shown."""

    network: ProjectFile | None = Field(None, description="An ONNX file that turns a picture into depth")
    far: Literal["high", "low"] = Field(
        "low", description="What the network gives for far things: low values (inverse depth), or high ones"
    )
    horizon: CanvasPx | None = Field(
        None, description="Without a network: y of the horizon on the canvas; left out: a third from the top"
    )
    curve: float = Field(
        1.0, ge=0.1, le=10, description="Above 1 the near reaches farther, below 1 the far comes nearer"
    )
    near: float = Field(0.0, ge=0, le=1, description="Depth that becomes black")
    beyond: float = Field(1.0, ge=0, le=1, description="Depth that becomes white")


@extension("mask", version=3)
def depth(image: Raster, params: DepthParams, given: References) -> Mask:
    """How far things are: white is far."""
    alpha = image.to_float()[..., 3]
    if not alpha.any():
        return Mask(image.pixels[..., 3])
    file = given.file("network")
    found = _upright(image, params) if file is None else _seen(image, params, given)
    span = max(params.beyond - params.near, 1e-3)
    shown = np.clip((found - np.float32(params.near)) / np.float32(span), 0, 1) ** np.float32(params.curve)
    is_guessed = file is None and params.horizon is None
    return Mask.from_float(shown * alpha, image.depth, _CONFIDENCE if is_guessed else None)


def _upright(image: Raster, params: DepthParams) -> FloatArray:
    """(H, W): from 0 at the bottom of the picture to 1 at the horizon and above."""
    height, width = image.pixels.shape[:2]
    horizon = height / 3 if params.horizon is None else params.horizon
    y = np.arange(height, dtype=np.float32)[:, None] + np.float32(0.5)
    ramp = np.clip((np.float32(height) - y) / np.float32(max(height - horizon, 1.0)), 0, 1)
    return np.broadcast_to(ramp, (height, width))


def _seen(image: Raster, params: DepthParams, given: References) -> FloatArray:
    """(H, W) 0…1 by the network, its values stretched over what it found."""
    file = given.files["network"]
    height, width = image.pixels.shape[:2]
    scale = min(1.0, _SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    seen = continued_colors(Raster(in_eight_bits(image.pixels)))
    small = cv2.resize(seen, size, interpolation=cv2.INTER_AREA)
    found = ask_network(str(params.network), file, quantize(small, 8))
    low, high = (float(np.quantile(found, q)) for q in (0.01, 0.99))
    unit = np.clip((found - np.float32(low)) / np.float32(max(high - low, 1e-6)), 0, 1)
    coarse = 1 - unit if params.far == "low" else unit
    rgb = quantize(continued_colors(image), image.depth)
    return np.clip(guided(coarse, rgb, _GUIDE_SIDE, _GUIDE_RADIUS, _GUIDE_EPSILON), 0, 1)
