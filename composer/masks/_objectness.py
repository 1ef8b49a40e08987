"""Objectness: how likely each part of a picture is to belong to what stands in front, by our own network.

Knows small pictures. The deep layers of the style encoder, which has learnt what things look like, and the
colours and barriers between picture and border (`_saliency`) go through a small network that was trained on
figures before other pictures (`training/objectness.py`). Does not know outlines: the map is coarse. No
extension of its own.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from safetensors.numpy import load_file

from ..digest import digest_of_file
from ..errors import MissingWeights
from ..pixels.color import srgb_to_oklab
from ..pixels.gaussian import float32, gaussian
from ..pixels.raster import Array, FloatArray
from ._convolution import Beyond, convolved, doubled, halved, rectified
from ._saliency import barrier_range, foreign_colors, sides

SIDE = 192  # of the square that the network sees
MAP_SIDE = SIDE // 4  # of the map that it gives
_BLOCKS = (2, 2, 4, 4, 1)  # convolutions of the encoder
_SHALLOW = 2  # blocks whose features are not used
_SMOOTHING = 0.6  # σ in pixels of the map
_CHROMA_WEIGHT = np.float32(1.5)
_PACKAGE = Path(__file__).parents[1]
FILES = {
    # By its place: the room it ships in is not one that a mask may know.
    "encoder": _PACKAGE / "neural" / "weights" / "encoder.safetensors",
    "objectness": _PACKAGE / "masks" / "weights" / "objectness.safetensors",
}

Weights = Mapping[str, FloatArray]


def shipped() -> dict[str, str]:
    """Name to digest of the weights that it takes. Raises MissingWeights when they are not in the package."""
    for name, path in FILES.items():
        if not path.is_file():
            raise MissingWeights(
                f"the weights {name} are not at {path}", "they ship with Composer: install it again"
            )
    return {name: digest_of_file(path) for name, path in FILES.items()}


def objectness(rgb: Array, opaque: Array) -> FloatArray:
    """(H, W, 3) uint8 and (H, W) bool, where it is opaque, to (48, 48) 0…1 over the whole picture."""
    seen = _square(rgb, opaque)
    small = cv2.resize(opaque.astype(np.uint8), (MAP_SIDE, MAP_SIDE), interpolation=cv2.INTER_NEAREST) > 0
    features = tuple(_features(seen))
    cues = cues_of(reduced(seen), small)
    likely = 1 / (1 + np.exp(-_decided(features, cues, _weights("objectness"))))
    # Rounded, so that the last bit of a sum, which differs from processor to processor, decides nothing.
    return float32(np.rint(likely * 255) / np.float32(255))


def cues_of(rgb: Array, opaque: Array) -> FloatArray:
    """(h, w, 3) uint8 to (h, w, 11): OKLab; foreign colours and barriers, by all sides and less each."""
    lab = srgb_to_oklab(rgb.astype(np.float32) / np.float32(255))
    smooth = gaussian(lab, _SMOOTHING)
    smooth[..., 1:] *= _CHROMA_WEIGHT
    around = sides(*opaque.shape)
    cues = [lab - np.array([0.5, 0, 0], np.float32)]
    for omitted in (None, *range(len(around))):
        kept = [side for k, side in enumerate(around) if k != omitted]
        rim = np.logical_or.reduce([side.rim for side in kept]) & opaque
        seeds = np.logical_or.reduce([side.line for side in kept]) | ~opaque
        foreign = foreign_colors(lab, rim, opaque) - np.float32(0.5)
        cues.append(np.dstack((foreign, barrier_range(smooth, seeds))))
    return float32(np.concatenate(cues, axis=2))


def reduced(square: Array) -> Array:
    """(192, 192, 3) uint8 to (48, 48, 3)."""
    small: Array = cv2.resize(square, (MAP_SIDE, MAP_SIDE), interpolation=cv2.INTER_AREA)
    return small


def _square(rgb: Array, opaque: Array) -> Array:
    """(192, 192, 3) uint8; what is transparent has the mean colour of the rest."""
    filled = rgb
    if opaque.any() and not opaque.all():
        filled = np.where(opaque[..., None], rgb, np.rint(rgb[opaque].mean(axis=0)).astype(np.uint8))
    square: Array = cv2.resize(filled, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return square


@lru_cache(maxsize=len(FILES))
def _weights(name: str) -> Weights:
    return {key: value.astype(np.float32) for key, value in load_file(FILES[name]).items()}


def _features(rgb: Array) -> Iterator[FloatArray]:
    """The encoder's relu3_1, relu4_1 and relu5_1, (48, 48, 72), (24, 24, 128) and (12, 12, 160)."""
    weights = _weights("encoder")
    values: FloatArray = (rgb.astype(np.float32) / np.float32(255) - np.float32(0.5)) * np.float32(4)
    for block, count in enumerate(_BLOCKS):
        values = values if block == 0 else halved(values)
        for k in range(count):
            values = rectified(_layer(values, weights, f"blocks.{block}.convolutions.{k}"))
            if k == 0 and block >= _SHALLOW:
                yield values


def _decided(features: tuple[FloatArray, ...], cues: FloatArray, weights: Weights) -> FloatArray:
    """(48, 48) logits: what is decided at 12 × 12, where a position sees all, is refined at 24 and 48."""
    fine, middle, deep = features
    cues = (cues - weights["cues.mean"]) / weights["cues.deviation"]
    cues = _bent(cues, weights, "cues.first")
    cues = cues + _bent(cues, weights, "cues.second")
    values = _bent(_joined(deep, _position(len(deep)), halved(halved(cues))), weights, "deep.reduced")
    values = values + _bent(values, weights, "deep.near")
    values = values + _bent(values, weights, "deep.far", dilation=2)
    whole = values.mean(axis=(0, 1)) @ weights["deep.whole.weight"].T + weights["deep.whole.bias"]
    values = doubled(rectified(values + whole))
    middle, fine = _bent(middle, weights, "middle.reduced"), _bent(fine, weights, "fine.reduced")
    values = _bent(_joined(values, middle, halved(cues)), weights, "middle.joined")
    values = _bent(_joined(doubled(values), fine, cues), weights, "fine.joined")
    return _layer(values, weights, "fine.shown")[..., 0]


def _joined(*values: FloatArray) -> FloatArray:
    return np.concatenate(values, axis=2)


def _position(side: int) -> FloatArray:
    """(side, side, 3): x², y and y², −1…1."""
    across = np.linspace(-1, 1, side, dtype=np.float32)
    x, y = np.meshgrid(across, across)
    return np.stack((x * x, y, y * y), axis=2)


def _bent(values: FloatArray, weights: Weights, name: str, dilation: int = 1) -> FloatArray:
    return rectified(_layer(values, weights, name, "constant", dilation))


def _layer(
    values: FloatArray, weights: Weights, name: str, beyond: Beyond = "edge", dilation: int = 1
) -> FloatArray:
    return convolved(values, weights[f"{name}.weight"], weights[f"{name}.bias"], beyond, dilation)
