"""Faces: where faces and their eyes are, found by OpenCV's cascades.

Knows small grey pictures. Viola and Jones, "Rapid Object Detection using a Boosted Cascade" (2001), with the
Haar features and the trained files that come with OpenCV. Finds upright human faces that look at the camera;
eyes only in the upper half of a face, two at most. No extension of its own.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from ..errors import OperationError
from ..pixels.continued import continued_colors
from ..pixels.raster import Array, FloatArray, Raster

_SIDE = 640  # pixels of the picture that is searched
_LEAST_FACE = 0.06  # of its long side
_FACES, _SECOND = "haarcascade_frontalface_default.xml", "haarcascade_frontalface_alt2.xml"
_EYES = "haarcascade_eye.xml"
_EYE_ZONE = (0.12, 0.2, 0.88, 0.58)  # of a face's box: left, top, right, bottom
_EYE_SIZE = (0.16, 0.36)  # of its width
_LIDS = 0.62  # of an eye's box


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in canvas pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return self.x + self.width / 2, self.y + self.height / 2

    def resized(self, factor: float) -> "Box":
        """The same middle, `factor` times as large."""
        (x, y), width, height = self.middle, self.width * factor, self.height * factor
        return Box(x - width / 2, y - height / 2, width, height)


def find_faces(image: Raster) -> list[Box]:
    """The faces in a picture, largest first. Raises OperationError where OpenCV has no cascades."""
    grey, scale = _searched(image)
    return [_scaled(box, scale) for box in _faces(grey)]


def find_eyes(image: Raster) -> list[Box]:
    """The eyes of all faces, of each from left to right."""
    grey, scale = _searched(image)
    return [_scaled(_narrowed(eye), scale) for face in _faces(grey) for eye in _eyes(grey, face)]


def ovals(boxes: list[Box], height: int, width: int, softness: float) -> FloatArray:
    """(H, W) 0…1: the ellipses in the boxes, fading over `softness` of their radius to both sides."""
    shown = np.zeros((height, width), np.float32)
    y, x = np.ogrid[0:height, 0:width]
    for box in boxes:
        cx, cy = box.middle
        radius = np.hypot((x + 0.5 - cx) / (box.width / 2), (y + 0.5 - cy) / (box.height / 2))
        edge = np.clip((1 + softness - radius) / max(2 * softness, 1e-3), 0, 1)
        np.maximum(shown, (edge * edge * (3 - 2 * edge)).astype(np.float32), out=shown)
    return shown


def _searched(image: Raster) -> tuple[Array, float]:
    """The picture in grey levels, its contrast evened out, and how much larger the original is."""
    height, width = image.pixels.shape[:2]
    scale = min(1.0, _SIDE / max(height, width, 1))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    rgb = cv2.resize(continued_colors(image), size, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor((np.clip(rgb, 0, 1) * 255).astype(np.uint8), cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.equalizeHist(grey)), 1 / scale


def _faces(grey: Array) -> list[Box]:
    """Faces that both cascades see: one alone takes fabric and fur for faces."""
    least = max(24, round(_LEAST_FACE * max(grey.shape)))
    first, second = (_detected(name, grey, 1.08, 5, least) for name in (_FACES, _SECOND))
    agreed = [face for face in first if any(_overlap(face, other) > 0.3 for other in second)]
    return sorted(agreed, key=lambda face: -face.width)


def _eyes(grey: Array, face: Box) -> list[Box]:
    left, top, right, bottom = _EYE_ZONE
    x0, y0 = round(face.x + left * face.width), round(face.y + top * face.height)
    x1, y1 = round(face.x + right * face.width), round(face.y + bottom * face.height)
    zone = np.ascontiguousarray(grey[max(y0, 0) : y1, max(x0, 0) : x1])
    least, most = (max(8, round(share * face.width)) for share in _EYE_SIZE)
    found = [
        Box(box.x + max(x0, 0), box.y + max(y0, 0), box.width, box.height)
        for box in _detected(_EYES, zone, 1.05, 4, least)
        if box.width <= most
    ]
    middle = face.middle[0]
    sides = ([eye for eye in found if (eye.middle[0] < middle) is side] for side in (True, False))
    return [max(eyes, key=lambda eye: eye.width) for eyes in sides if eyes]


def _narrowed(eye: Box) -> Box:
    """A cascade's eye is a square with brow and cheek; the eye between the lids is not as high."""
    return Box(eye.x, eye.y + eye.height * (1 - _LIDS) / 2, eye.width, eye.height * _LIDS)


def _detected(name: str, grey: Array, step: float, neighbours: int, least: int) -> list[Box]:
    if min(grey.shape, default=0) < least:
        return []
    found = _cascade(name).detectMultiScale(
        grey, scaleFactor=step, minNeighbors=neighbours, minSize=(least, least)
    )
    return [Box(*map(float, box)) for box in found]


@cache
def _cascade(name: str) -> cv2.CascadeClassifier:
    if not hasattr(cv2, "CascadeClassifier"):
        raise OperationError(
            f"this OpenCV ({cv2.__version__}) finds no faces",
            "place them by hand: at = [[left, top, width, height]]; or install opencv-python-headless < 5",
        )
    return cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / name))


def _overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    across = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    down = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    common = max(across, 0) * max(down, 0)
    return common / (a.width * a.height + b.width * b.height - common)


def _scaled(box: Box, scale: float) -> Box:
    return Box(box.x * scale, box.y * scale, box.width * scale, box.height * scale)
