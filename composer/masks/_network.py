"""Network: any ONNX file that turns a picture into a map of the figure, whatever its size and layout.

Knows what such files look like: one picture in, 1 × 3 × H × W as u2net's or 1 × H × W × 3 as TensorFlow's;
out a map, or one map a class with the ground first. Runs in the worker, which alone loads
onnxruntime. No extension of its own.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ..pixels.gaussian import float32
from ..pixels.raster import Array, FloatArray

_USUAL_SIDE = 320  # of a file that takes any size
_IMAGENET = ((123.675, 116.28, 103.53), (58.395, 57.12, 57.375))  # mean and deviation, 0…255
_SHARES = ((0.0, 0.0, 0.0), (255.0, 255.0, 255.0))  # brings 0…255 to 0…1
_TYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(uint8)": np.uint8}
_MOST_CLASSES = 512


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a network wants colours: less `mean`, by `deviation` (0…255 of red, green, blue), then in `order`.

    None: as its layout usually has it – u2net's by ImageNet's mean and deviation, channels last as 0…1.
    """

    mean: tuple[float, float, float] | None = None
    deviation: tuple[float, float, float] | None = None
    order: str = "rgb"


USUAL = Dialect()


class UnfitNetwork(Exception):
    """The file is no network that finds figures; says what it takes and gives."""


@dataclass(frozen=True, slots=True)
class _Entrance:
    """The picture as the network wants it."""

    name: str
    height: int
    width: int
    channels_last: bool
    dtype: Any

    @classmethod
    def of(cls, session: Any) -> "_Entrance":
        inputs = session.get_inputs()
        told = "it takes " + ", ".join(f"{each.name} {each.type} {_shape(each)}" for each in inputs)
        wanted = "a picture 1×3×height×width or 1×height×width×3 is wanted"
        if len(inputs) != 1 or len(inputs[0].shape) != 4 or inputs[0].type not in _TYPES:
            raise UnfitNetwork(f"{told}; {wanted}")
        only = inputs[0]
        channels_last = only.shape[3] == 3 and only.shape[1] != 3
        if not channels_last and only.shape[1] != 3:
            raise UnfitNetwork(f"{told}; {wanted}")
        sides = only.shape[1:3] if channels_last else only.shape[2:4]
        height, width = (side if isinstance(side, int) and side > 0 else _USUAL_SIDE for side in sides)
        return cls(only.name, height, width, channels_last, _TYPES[only.type])

    def prepared(self, rgb: Array, dialect: Dialect) -> Array:
        """(H, W, 3) uint8 as its input."""
        values: Array = cv2.resize(rgb, (self.width, self.height), interpolation=cv2.INTER_AREA)
        if self.dtype is not np.uint8:
            mean, deviation = _SHARES if self.channels_last else _IMAGENET
            mean, deviation = dialect.mean or mean, dialect.deviation or deviation
            values = (values - np.array(mean, np.float32)) / np.array(deviation, np.float32)
        values = values[..., ::-1] if dialect.order == "bgr" else values
        batch = values[None] if self.channels_last else values.transpose(2, 0, 1)[None]
        return np.ascontiguousarray(batch, self.dtype)


def find_map(path: Path, rgb: Array, dialect: Dialect) -> FloatArray:
    """(H, W, 3) uint8 to (h, w) float32 0…1 by that file. Raises UnfitNetwork."""
    # Here and not at the top: it is slow to load, and whoever runs no network does without.
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # of a class for each thing that can be wrong with a file
        raise UnfitNetwork("it is no ONNX network that holds its own weights") from error
    entrance = _Entrance.of(session)
    first = session.get_outputs()[0].name
    result = session.run([first], {entrance.name: entrance.prepared(rgb, dialect)})[0]
    return shown_by(np.asarray(result), entrance.channels_last)


def shown_by(result: Array, channels_last: bool) -> FloatArray:
    """What a network gave, (1, C, h, w) or (1, h, w, C) or without some of the ones, as (h, w) 0…1."""
    shape = result.shape
    maps = result[0] if result.ndim > 2 and shape[0] == 1 else result
    if maps.ndim == 3:
        last = maps.shape[2] < min(maps.shape[:2]) and (channels_last or maps.shape[0] > _MOST_CLASSES)
        maps = maps.transpose(2, 0, 1) if last else maps
    elif maps.ndim == 2:
        maps = maps[None]
    if maps.ndim != 3 or min(maps.shape[1:]) < 2 or maps.shape[0] > _MOST_CLASSES:
        raise UnfitNetwork(f"it gives {'×'.join(map(str, shape))}; a map of the picture is wanted")
    found = maps.astype(np.float32)
    if not np.isfinite(found).all():
        raise UnfitNetwork("it gives values that are no numbers")
    return _one(found[0]) if len(found) == 1 else _not_first(found)


def _one(values: FloatArray) -> FloatArray:
    """Shares as they are, logits through the logistic function, anything else from least to most."""
    low, high = float(values.min()), float(values.max())
    if low == high > 1:
        return np.zeros_like(values)
    if low < -1e-3:
        return float32(1 / (1 + np.exp(-values)))
    if high <= 1.001:
        return np.clip(values, 0, 1)
    return float32((values - low) / np.float32(high - low))


def _not_first(values: FloatArray) -> FloatArray:
    """One less the share of the first class, the ground; scores become shares by softmax."""
    shares: FloatArray = values
    if values.min() < -1e-3 or np.abs(values.sum(axis=0) - 1).max() > 0.05:
        raised = np.exp(values - values.max(axis=0))
        shares = raised / raised.sum(axis=0)
    figure: FloatArray = np.clip(1 - shares[0], 0, 1).astype(np.float32)
    return figure


def _shape(described: Any) -> str:
    return "×".join(str(side) if isinstance(side, int) else "any" for side in described.shape)
