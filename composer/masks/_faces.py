"""Faces: where faces and eyes are in a picture, by OpenCV's cascades, and how sure that is.

Knows rasters over the canvas. After Viola and Jones, "Robust Real-Time Face Detection" (2004), with the
cascades that OpenCV brings along: people seen from the front. They look at a small copy, so that the time
is bounded. No extension of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ..errors import OperationError
from ..pixels.raster import Array, Raster, in_eight_bits
from ._bounded import bounded

_PIXELS = 300_000  # that are searched for faces
_LEAST_ENLARGED, _MOST_ENLARGED = 1.5, 6.0
_LEAST_FACE = 24  # pixels of these
_FACE, _SECOND_OPINION = "haarcascade_frontalface_alt2", "haarcascade_frontalface_default"
_EYES = ("haarcascade_eye_tree_eyeglasses", "haarcascade_eye")
_STEP, _NEIGHBOURS = 1.1, 3
_SEEN_TWICE, _SEEN_ONCE, _SUPPOSED = 0.9, 0.6, 0.3
_ALIKE = 2 / 3  # people in one picture have faces of about one size
_FACE_SIDE = 240  # pixels of a face that is searched for eyes
_UPPER = 0.62  # of the face's height
_USUAL_EYES = ((0.32, 0.40), (0.68, 0.40))  # where eyes are in a face's box
_USUAL_EYE = 0.24  # of the face's width


@dataclass(frozen=True, slots=True)
class Found:
    """A box in the picture's pixels around a face or an eye; `confidence` 0…1."""

    left: float
    top: float
    width: float
    height: float
    confidence: float

    def within(self, left: float, top: float, scale: float) -> "Found":
        """The same seen from outside a copy `scale` times as large that begins at (left, top)."""
        x, y = self.left / scale + left, self.top / scale + top
        return replace(self, left=x, top=y, width=self.width / scale, height=self.height / scale)

    @property
    def middle(self) -> tuple[float, float]:
        """(x, y)."""
        return self.left + self.width / 2, self.top + self.height / 2


def find_faces(image: Raster) -> tuple[Found, ...]:
    """The faces, from left to right. Raises OperationError."""
    if image.is_empty or not image.pixels[..., 3].any():
        return ()
    small = bounded(image, _PIXELS)
    grey = cv2.equalizeHist(_searched(_grey(small.pixels)))
    scale = grey.shape[1] / image.extent.width
    faces = [each.within(0, 0, scale) for each in _judged(grey, min(_LEAST_FACE, *grey.shape))]
    return tuple(sorted(faces, key=lambda face: (face.left, face.top)))


def credible_faces(grey: Array, least: int) -> tuple[Found, ...]:
    """Faces of at least that many pixels in (H, W) uint8, as far as fur and foam are none.

    Those that both cascades see, and beside such a one those of about its size that one cascade sees.
    Raises OperationError.
    """
    faces = tuple(_judged(cv2.equalizeHist(grey), least))
    largest = max((face.width for face in faces if face.confidence == _SEEN_TWICE), default=np.inf)
    return tuple(face for face in faces if face.confidence == _SEEN_TWICE or face.width > _ALIKE * largest)


def _searched(grey: Array) -> Array:
    """A draft is enlarged: the cascades see no face of less than some 20 pixels, and miss many small ones."""
    factor = min(_MOST_ENLARGED, (_PIXELS / grey.size) ** 0.5)
    if factor < _LEAST_ENLARGED:
        return grey
    size = round(grey.shape[1] * factor), round(grey.shape[0] * factor)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC))


def find_eyes(image: Raster) -> tuple[Found, ...]:
    """At most two eyes a face; where none is seen in a face, they are supposed where eyes usually are."""
    return tuple(eye for face in find_faces(image) for eye in _eyes_of(face, image))


def _judged(grey: Array, least: int) -> Iterator[Found]:
    faces = _detected(_FACE, grey, least)
    others = _detected(_SECOND_OPINION, grey, least) if faces else []
    for face in faces:
        twice = any(_overlap(face, other) > 0.4 for other in others)
        yield replace(face, confidence=_SEEN_TWICE if twice else _SEEN_ONCE)


def _eyes_of(face: Found, image: Raster) -> Iterator[Found]:
    part = _crop(face, image)
    scale = _FACE_SIDE / face.width
    size = max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    grey = cv2.equalizeHist(cv2.resize(_grey(part), size, interpolation=kind))
    left, top = max(0, round(face.left)), max(0, round(face.top))
    eyes = [eye for cascade in _EYES for eye in _detected(cascade, grey, _FACE_SIDE // 8, _FACE_SIDE // 3)]
    for side, usual in enumerate(_USUAL_EYES):
        here = [eye for eye in eyes if (eye.middle[0] > _FACE_SIDE / 2) == bool(side) and _eye_high(eye)]
        if here:
            best = here[0]
            twice = any(_overlap(best, other) > 0.3 for other in here[1:])
            sure = face.confidence if twice else min(face.confidence, _SEEN_ONCE)
            yield replace(best, confidence=sure).within(left, top, scale)
        else:
            yield _supposed(face, usual)


def _eye_high(eye: Found) -> bool:
    return 0.2 * _FACE_SIDE < eye.middle[1] < 0.55 * _FACE_SIDE


def _supposed(face: Found, usual: tuple[float, float]) -> Found:
    side = _USUAL_EYE * face.width
    x, y = face.left + usual[0] * face.width, face.top + usual[1] * face.height
    return Found(x - side / 2, y - side / 2, side, side, _SUPPOSED)


def _crop(face: Found, image: Raster) -> Array:
    """The upper part of the face."""
    top, left = max(0, round(face.top)), max(0, round(face.left))
    bottom, right = round(face.top + _UPPER * face.height), round(face.left + face.width)
    return image.pixels[top : max(bottom, top + 1), left : max(right, left + 1)]


def _detected(cascade: str, grey: Array, least: int, most: int = 0) -> list[Found]:
    """The strongest first."""
    boxes, _, weights = _cascade(cascade).detectMultiScale3(
        grey, _STEP, _NEIGHBOURS, 0, (least, least), (most, most), outputRejectLevels=True
    )
    # Threads find them in any order.
    found = sorted(
        zip(map(tuple, boxes), map(float, weights), strict=True), key=lambda each: (-each[1], each[0])
    )
    return [Found(float(x), float(y), float(w), float(h), 0.0) for (x, y, w, h), _ in found]


def _cascade(name: str) -> Any:
    """OpenCV's cascade of that name. Raises OperationError."""
    folder = getattr(getattr(cv2, "data", None), "haarcascades", None)
    if not hasattr(cv2, "CascadeClassifier") or folder is None:
        raise OperationError(
            f"OpenCV {cv2.__version__} has no cascades, which find faces and eyes",
            'pip install "opencv-python-headless>=4.14,<5" brings them; or say where they are: at = […]',
        )
    cascade = cv2.CascadeClassifier(str(Path(folder, f"{name}.xml")))
    if cascade.empty():
        raise OperationError(f"OpenCV's cascade {name}.xml cannot be read", f"it should lie in {folder}")
    return cascade


def _grey(pixels: Array) -> Array:
    """(H, W) uint8, mid-grey where it is transparent."""
    unit = Raster(in_eight_bits(pixels)).to_float()
    luma = cv2.cvtColor(np.ascontiguousarray(unit[..., :3]), cv2.COLOR_RGB2GRAY)
    alpha = unit[..., 3]
    grey: Array = np.rint((luma * alpha + 0.5 * (1 - alpha)) * 255).astype(np.uint8)
    return grey


def _overlap(a: Found, b: Found) -> float:
    """Intersection over union."""
    width = min(a.left + a.width, b.left + b.width) - max(a.left, b.left)
    height = min(a.top + a.height, b.top + b.height) - max(a.top, b.top)
    common = max(width, 0.0) * max(height, 0.0)
    return common / (a.width * a.height + b.width * b.height - common)
