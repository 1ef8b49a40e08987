"""PSD planes: one channel's values, compressed as Photoshop does.

Knows 2-D arrays of integers and PSD's compression methods. Does not know layers.
"""

from typing import Literal

import imagecodecs
import numpy as np
from psd_tools.compression import encode_rle
from psd_tools.constants import Compression
from psd_tools.psd.layer_and_mask import ChannelData

from ..pixels.raster import Array

Method = Literal["rle", "zip"]


def pack(values: Array, method: Method, version: int) -> ChannelData:
    """One channel (H, W); `version` 1 is PSD, 2 is PSB, whose row lengths are wider."""
    if values.size == 0:
        return ChannelData()
    if method == "zip":
        return ChannelData(Compression.ZIP_WITH_PREDICTION, _deflated(values))
    return ChannelData(Compression.RLE, _packbits(values, version))


def pack_merged(planes: list[Array], version: int) -> bytes:
    """The channels (H, W) of the merged picture, RLE: first every row's length, then every row."""
    packed = [_packbits(plane, version) for plane in planes]
    lengths = planes[0].shape[0] * (2 if version == 1 else 4)
    return b"".join([data[:lengths] for data in packed] + [data[lengths:] for data in packed])


def _packbits(values: Array, version: int) -> bytes:
    height, width = values.shape
    data: bytes = encode_rle(_big_endian(values), width, height, values.dtype.itemsize * 8, version)
    return data


def _deflated(values: Array) -> bytes:
    """Each value as its difference to the one on the left, modulo 2 ** depth."""
    delta = values.copy()
    delta[:, 1:] -= values[:, :-1]
    return bytes(imagecodecs.deflate_encode(_big_endian(delta), level=1))


def _big_endian(values: Array) -> bytes:
    return np.ascontiguousarray(values, values.dtype.newbyteorder(">")).tobytes()
