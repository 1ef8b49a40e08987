"""What is painted on: colour and height of the paint, the light that falls on it, the ground's own texture.

Knows float32 buffers at working resolution and how they become the final 8-bit picture. Does not know
strokes.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from . import field
from .field import Array, Frame

OVERSAMPLING = 1.5


@dataclass(frozen=True, eq=False, slots=True)
class Surface:
    """Colour (H, W, 3) float32 sRGB-encoded 0..1 and height (H, W) float32, both painted in place."""

    color: Array
    height: Array

    @property
    def shape(self) -> tuple[int, int]:
        return self.height.shape[0], self.height.shape[1]


def working_frame(width: int, height: int) -> Frame:
    """The frame to paint in for a final picture of width x height pixels: oversampled, so that edges come out
    smooth.
    """
    return Frame(round(width * OVERSAMPLING), round(height * OVERSAMPLING))


def primed(frame: Frame, color: Array) -> Surface:
    """A surface of one colour (3,) or of a painted ground (H, W, 3), flat."""
    ground = np.empty((*frame.shape, 3), np.float32)
    ground[:] = color
    return Surface(ground, np.zeros(frame.shape, np.float32))


def canvas_weave(rng: np.random.Generator, frame: Frame, thread: float = 2.6) -> Array:
    """Height of woven canvas, (H, W), about -1..1; `thread` in units; threads wander and vary."""
    h, w = frame.shape
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    pitch = np.float32(2 * np.pi / (2 * thread * frame.unit))
    x = x + field.noise(rng, frame, 40) * frame.unit
    y = y + field.noise(rng, frame, 40) * frame.unit
    over = np.sin(x * pitch) * np.sin(y * pitch)
    return np.asarray(over * (0.7 + 0.2 * field.noise(rng, frame, 60)), np.float32)


def paper_grain(rng: np.random.Generator, frame: Frame) -> Array:
    """Height of rough paper, (H, W), mean 0, standard deviation about 1: pits of several sizes, softly
    clipped.
    """
    grain = field.clouds(rng, frame, 130, 3, 0.75) + 0.35 * field.noise(rng, frame, 45)
    return np.tanh(grain * 0.9)


def light(
    surface: Surface, strength: float, gloss: float = 0.0, blur: float = 0.8, turn: float = -2.36
) -> Array:
    """The colours lit from the upper left: slope towards the light brightens; gloss adds highlights on the
    steepest faces.
    """
    height = field.soften(surface.height, blur)
    gx, gy = (
        cv2.Sobel(height, cv2.CV_32F, 1, 0, scale=0.125),
        cv2.Sobel(height, cv2.CV_32F, 0, 1, scale=0.125),
    )
    facing = -(gx * np.cos(turn) + gy * np.sin(turn))
    facing = np.tanh(facing * strength)
    shade = np.where(facing > 0, 1 + 0.32 * facing, 1 + 0.45 * facing)[..., None]
    shine = gloss * np.clip(facing - 0.55, 0, 1)[..., None] ** 2
    return np.asarray(np.clip(surface.color * shade + shine, 0, 1), np.float32)


def developed(color: Array, width: int, height: int) -> NDArray[np.uint8]:
    """The finished picture, (height, width, 3) uint8: area-averaged from working resolution."""
    small = cv2.resize(color, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(np.clip(small * 255 + 0.5, 0, 255), np.uint8)
