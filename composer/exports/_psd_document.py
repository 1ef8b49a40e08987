"""PSD document: header, resources, layers and merged picture put together as one file.

Knows the parts of a PSD around the layers. Does not know how a layer becomes a record.
"""

import struct

import numpy as np
from psd_tools.constants import ColorMode, Compression, Resource, Tag
from psd_tools.psd import PSD
from psd_tools.psd.header import FileHeader
from psd_tools.psd.image_data import ImageData
from psd_tools.psd.image_resources import ImageResource, ImageResources, VersionInfo
from psd_tools.psd.layer_and_mask import (
    ChannelData,
    ChannelDataList,
    ChannelImageData,
    ChannelInfo,
    GlobalLayerMaskInfo,
    LayerAndMaskInformation,
    LayerInfo,
    LayerRecord,
    LayerRecords,
)
from psd_tools.psd.tagged_blocks import TaggedBlocks

from ..pixels.profile import srgb_profile
from ..pixels.raster import Array
from ..pixels.stack import LayerStack

_WRITER = "Composer"
_LAYER_ID_SEED = 0x0414
_RESOLUTION = 1005


def document(
    stack: LayerStack,
    layers: list[tuple[LayerRecord, dict[int, ChannelData]]],
    merged: bytes,
    channels: int,
    version: int,
) -> PSD:
    """The whole file; `merged` is packed and has 3 channels, or 4 when something is transparent."""
    header = FileHeader(
        version=version,
        channels=channels,
        height=stack.extent.height,
        width=stack.extent.width,
        depth=stack.depth,
        color_mode=ColorMode.RGB,
    )
    return PSD(
        header=header,
        image_resources=_resources(stack.dpi, len(layers)),
        layer_and_mask_information=_layer_section(layers, stack.depth, transparent=channels == 4),
        image_data=ImageData(Compression.RLE, merged),
    )


def merged_planes(pixels: Array, transparent: bool) -> list[Array]:
    """(H, W) channels of (H, W, 4); transparent ones are mixed with white, alpha last, as in Photoshop."""
    if not transparent:
        return [pixels[..., channel] for channel in range(3)]
    alpha = pixels[..., 3]
    return [_on_white(pixels[..., channel], alpha) for channel in range(3)] + [alpha]


def _on_white(colour: Array, alpha: Array) -> Array:
    full = np.uint32(np.iinfo(colour.dtype).max)
    wide = alpha.astype(np.uint32)
    # At most full² + full / 2, which fits 32 bits at 16 bits a channel too.
    mixed = (colour * wide + full * (full - wide) + full // 2) // full
    return mixed.astype(colour.dtype)


def _layer_section(
    layers: list[tuple[LayerRecord, dict[int, ChannelData]]], depth: int, transparent: bool
) -> LayerAndMaskInformation:
    for record, planes in layers:
        record.channel_info = [ChannelInfo(number, len(plane.data) + 2) for number, plane in planes.items()]
    # A negative count says that the merged picture's first extra channel is its transparency.
    count = -len(layers) if transparent else len(layers)
    records = LayerRecords([record for record, _ in layers])
    images = ChannelImageData([ChannelDataList(planes.values()) for _, planes in layers])
    blocks = TaggedBlocks()
    if depth == 8:
        listed = LayerInfo(count, records, images)
        return LayerAndMaskInformation(listed, GlobalLayerMaskInfo(), blocks)
    if transparent:
        blocks.set_data(Tag.SAVING_MERGED_TRANSPARENCY16)
    if layers:
        blocks.set_data(Tag.LAYER_16, count, records, images)
    return LayerAndMaskInformation(LayerInfo(), GlobalLayerMaskInfo(), blocks)


def _resources(dpi: float, last_id: int) -> ImageResources:
    fixed = round(dpi * 65536)
    contents = {
        _RESOLUTION: struct.pack(">IHHIHH", fixed, 1, 1, fixed, 1, 1),
        Resource.ICC_PROFILE.value: srgb_profile(),
        _LAYER_ID_SEED: struct.pack(">I", last_id),
        Resource.VERSION_INFO.value: VersionInfo(
            has_composite=True, writer=_WRITER, reader=_WRITER
        ).tobytes(),
    }
    return ImageResources([(key, ImageResource(key=key, data=data)) for key, data in contents.items()])
