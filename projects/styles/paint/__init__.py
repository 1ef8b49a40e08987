"""Paints the style images of the example pieces: one module a technique, every stroke computed, no picture as
input.

Knows which techniques there are. Knows nothing of the composer package: the images are ordinary files to it.
A technique is a module with SIZE (width, height in pixels) and paint(rng, frame), which returns the picture
at working resolution.
"""

from types import MappingProxyType, ModuleType

from . import (
    colour_planes,
    cut_paper,
    impasto,
    ink_wash,
    palette_knife,
    pastel,
    pointillism,
    stained_glass,
    watercolour,
    woodcut,
)

_MODULES = (
    colour_planes,
    cut_paper,
    impasto,
    ink_wash,
    palette_knife,
    pastel,
    pointillism,
    stained_glass,
    watercolour,
    woodcut,
)
TECHNIQUES: MappingProxyType[str, ModuleType] = MappingProxyType(
    {module.__name__.rpartition(".")[2]: module for module in _MODULES}
)
