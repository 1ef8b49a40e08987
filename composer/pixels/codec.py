"""Codec: the one canonical byte form of each pixel value, for digests and for the store.

Knows rasters and masks. Does not know where the bytes lie. The form is a line of JSON (kind,
dtype, shape, place) padded to 64 bytes a block, then the array, little-endian, C order: equal
values have equal bytes, and a stored blob is read by mapping it into memory.
"""

import json
from typing import Any

import numpy as np

from ..errors import InputError
from .raster import Mask, Raster

_BLOCK = 64
Value = Raster | Mask


def encode(value: Value) -> tuple[bytes, memoryview]:
    """The canonical bytes as header and array, without copying the array."""
    header: dict[str, Any]
    if isinstance(value, Raster):
        header = {"kind": "raster", "left": value.left, "top": value.top}
        array = value.pixels
    else:
        header = {"kind": "mask", "confidence": value.confidence}
        array = value.values
    header |= {"dtype": array.dtype.newbyteorder("<").str, "shape": list(array.shape)}
    text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    padded = text + b" " * (-(len(text) + 1) % _BLOCK) + b"\n"
    little = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False))
    return padded, little.reshape(-1).view(np.uint8).data


def decode(blob: bytes | memoryview) -> Value:
    """The value of canonical bytes, as a read-only view of them. Raises InputError on anything else."""
    view = memoryview(blob)
    try:
        end = bytes(view[: _BLOCK * 16]).index(b"\n") + 1
        header = json.loads(bytes(view[:end]))
        array = np.frombuffer(view[end:], np.dtype(header["dtype"])).reshape(header["shape"])
        if header["kind"] == "raster":
            return Raster(array, header["left"], header["top"])
        return Mask(array, header["confidence"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"these bytes are no pixel value: {error}") from error
