"""Emphasis: a map of where the viewer will look, for steps that sharpen there and calm elsewhere.

Knows the layer's pixels on the canvas; outside the layer it hides. Four readings of a small copy – faces, the
figure, contrast that stands out, the middle of the picture – weighted by the artist, then made smooth. Its
name is given once, and several steps use it.
"""

import cv2
import numpy as np
from pydantic import Field

from ..operation import CanvasPx, Params, References
from ..pixels.color import srgb_to_oklab
from ..pixels.continued import continued_colors
from ..pixels.gaussian import float32, gaussian
from ..pixels.geometry import Extent
from ..pixels.raster import FloatArray, Mask, Raster, quantize
from ..registry import Finding, Needs, extension
from ._bounded import alpha_of, bounded, within
from ._ellipses import Ellipse, drawn
from ._energy import edge_contrast
from ._faces import Found, find_faces
from ._figure import WORK_SIDE, find_figure
from ._hints import Hints
from ._saliency import centre_prior

_PIXELS = 500_000  # of the copy from which the small one is made
_SEEN_SIDE = 1024  # at which all is looked for
_SOFT, _BROAD = 0.01, 0.075  # of the long side: what stands out from what surrounds it
_FACE_SIZE, _FACE_SOFTNESS = 1.3, 0.5


class EmphasisParams(Params):
    """What draws the eye, and how much."""

    faces: float = Field(1.0, ge=0, le=1, description="Weight of faces")
    figure: float = Field(0.7, ge=0, le=1, description="Weight of who stands in front")
    contrast: float = Field(
        0.5, ge=0, le=1, description="Weight of contrast in light and colour that stands out"
    )
    middle: float = Field(0.3, ge=0, le=1, description="Weight of the middle of the picture")
    softness: CanvasPx = Field(24.0, ge=0, le=2000, description="How smooth the map is (standard deviation)")


def _find(image: Raster, params: EmphasisParams, _given: References) -> Mask:
    """The map over the canvas, small."""
    if not image.pixels[..., 3].any():
        return Mask(np.zeros((1, 1), np.uint8))
    height, width = image.pixels.shape[:2]
    scale = min(1.0, WORK_SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    near = bounded(image, _PIXELS)
    small = float32(cv2.resize(continued_colors(near), size, interpolation=cv2.INTER_AREA))
    opaque = cv2.resize(alpha_of(near), size, interpolation=cv2.INTER_AREA) >= 0.5
    found = _weighted(image, small, opaque, params, scale)
    return Mask.from_float(_stretched(gaussian(found, params.softness * scale)), 16)


@extension("mask", version=4, needs=Needs(finding=Finding(_find, _SEEN_SIDE, whole=True)))
def emphasis(image: Raster, params: EmphasisParams, given: References) -> Mask:
    """Where the viewer will look."""
    found = given.found or _find(image, params, given)
    return within(found.to_float(), image)


def _weighted(
    image: Raster, small: FloatArray, opaque: np.ndarray, params: EmphasisParams, scale: float
) -> FloatArray:
    """(h, w): the strongest of what speaks for each pixel, and a little of all the others."""
    height, width = small.shape[:2]
    readings = [np.float32(params.middle) * centre_prior(height, width)]
    if params.contrast:
        readings.append(np.float32(params.contrast) * _standing_out(small))
    if params.figure and min(height, width) >= 3:
        figure = find_figure(quantize(small, 8), opaque, Hints())
        readings.append(np.float32(params.figure * figure.confidence) * float32(figure.shown))
    if params.faces:
        faces = [_around(face, scale) for face in find_faces(image)]
        readings.append(np.float32(params.faces) * drawn(Extent(width, height), faces, _FACE_SOFTNESS))
    total = float32(np.max(readings, axis=0) + np.float32(0.25) * np.sum(readings, axis=0, dtype=np.float32))
    return np.where(opaque, total, np.float32(0))


def _standing_out(small: FloatArray) -> FloatArray:
    """(h, w) 0…1: colours unlike those around them, and edges stronger than those around them."""
    lab = srgb_to_oklab(small)
    soft, broad = (share * max(small.shape) for share in (_SOFT, _BROAD))
    apart = np.linalg.norm(gaussian(lab, soft) - gaussian(lab, broad), axis=2)
    edges = edge_contrast(np.dstack((small, np.ones(small.shape[:2], np.float32))), soft)
    busier = np.maximum(gaussian(edges, soft) - gaussian(edges, broad), 0)
    return np.maximum(_stretched(float32(apart)), _stretched(float32(busier)))


def _stretched(values: FloatArray) -> FloatArray:
    """From nothing to all; a map without differences stays as low as it is."""
    top = float(np.quantile(values, 0.99))
    return np.clip(values / np.float32(top), 0, 1) if top > 1e-4 else np.zeros_like(values)


def _around(face: Found, scale: float) -> Ellipse:
    """A face with its surroundings, on the small copy."""
    left, top, width, height = (scale * each for each in (face.left, face.top, face.width, face.height))
    return Ellipse.in_box(left, top, width, height, _FACE_SIZE)
