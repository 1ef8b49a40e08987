"""PSD layers: what a PSD or PSB file says of its layers.

Knows psd-tools. Does not decode pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from psd_tools import PSDImage

from ..digest import digest_of_parts
from ..errors import InputError
from ..pixels.geometry import Bounds
from .tree import FileLayer, LayeredFile

_SHORT = 12


def read_psd(path: Path) -> LayeredFile:
    """The layers of the file at `path`. Raises InputError when it is damaged."""
    try:
        document = PSDImage.open(path)
        what = (
            f"{'PSB' if document.version == 2 else 'PSD'}, {document.color_mode.name}, {document.depth} bits"
        )
        return LayeredFile(what, document.width, document.height, tuple(map(_layer, document)))
    except OSError:
        raise
    except Exception as error:  # the library raises whatever it stumbles over
        raise InputError(f"{path.name} is damaged, or no PSD: {error or type(error).__name__}") from error


def _layer(layer: Any) -> FileLayer:
    is_group = layer.is_group()
    return FileLayer(
        name=layer.name,
        blend=layer.blend_mode.name.lower(),
        opacity=layer.opacity / 255,
        visible=layer.visible,
        clip=layer.clipping,
        mask=_mask(layer.mask) if layer.has_mask() else "",
        box=None if is_group else Bounds(*layer.bbox),
        pixels="" if is_group else _sum(layer),
        is_group=is_group,
        children=tuple(map(_layer, layer)) if is_group else (),
    )


def _mask(mask: Any) -> str:
    box = f"{mask.left},{mask.top} {mask.width}x{mask.height}"
    return f"{box} around {mask.background_color}{' (off)' if mask.disabled else ''}"


def _sum(layer: Any) -> str:
    """A digest of all channels, the mask's too, as they are packed in the file."""
    return digest_of_parts(_channels(layer._channels))[:_SHORT]


def _channels(channels: Iterable[Any]) -> Iterator[bytes]:
    for channel in channels:
        yield len(channel.data).to_bytes(8, "big")
        yield channel.data
