"""Piece: what the artist asked for, as frozen models. Names are still strings.

Knows the tables of a piece file, their keys, types and bounds; the JSON Schema is generated from
here. Does not know extensions, files, or whether a name stands for anything.
"""

from pydantic import Field

from .fields import Color, Flag, Fraction, Number, Table, Whole, Word
from .sides import Background, Foreground
from .uses import FilterUse, Masking, MaskUse, OutputUse, Placement, Placing, StyleUse, Writing

__all__ = [
    "Canvas",
    "FilterUse",
    "Layer",
    "MaskUse",
    "OutputUse",
    "Piece",
    "Placement",
    "Source",
    "StyleSource",
    "StyleUse",
]

LONGEST_SIDE = 300_000
"""Pixels; the limit of Photoshop's large document format (PSB)."""
LARGEST_AREA = 2**31
"""Pixels of a canvas."""
DEFAULT_OUTPUT: dict[str, str | OutputUse] = {
    "psd": "build/{piece}.psd",
    "ora": "build/{piece}.ora",
    "png": "build/{piece}.png",
}
"""What is written when a piece has no [output]: format → path; {piece} is the piece file's name."""


class Canvas(Table):
    """The canvas everything is painted on."""

    width: Whole = Field(ge=1, le=LONGEST_SIDE, description="Pixels.")
    height: Whole = Field(ge=1, le=LONGEST_SIDE, description="Pixels.")
    background: Color | None = Field(None, description="CSS hex or name; left out: transparent.")
    dpi: Number = Field(72.0, ge=1, le=30_000, description="Print resolution, written into the outputs.")


class Source(Table):
    """A picture that layers show: a file of the artist, or a bundled sample photograph."""

    file: Word | None = Field(None, description="An image, relative to the piece file.")
    sample: Word | None = Field(None, description="A photograph that comes with scikit-image.")


class StyleSource(Table):
    """A picture whose way of painting is taken."""

    file: Word | None = Field(None, description="An image, relative to the piece file.")
    sample: Word | None = Field(None, description="A photograph that comes with scikit-image.")
    scale: Number = Field(
        1.0,
        gt=0,
        le=8,
        description="Size of the brush marks; 1 = as large as in the style image fitted to the canvas.",
    )


class Layer(Table):
    """A layer: a placed source, a fill, a copy, or a group of layers; with mask, blend mode and opacity."""

    name: Word = Field(description="The layer's name, which no other layer has.")
    source: Word | None = Field(None, description="The source it shows, by name.")
    fill: Color | None = Field(None, description="A colour that fills the canvas.")
    copy_: Word | None = Field(
        None,
        alias="copy",
        description='"below" shows everything below it in its group, flattened (Stamp Visible); the name of '
        "a layer shows that layer once more, as it is finished.",
    )
    layer: tuple["Layer", ...] | None = Field(
        None, min_length=1, description="The layers of a group, bottom first."
    )
    place: Placing | None = Field(None, description="How the source lies on the canvas, or a layer's name.")
    split: Masking | None = Field(
        None,
        description="A mask that parts the source into foreground (what it shows) and background, "
        "a layer each.",
    )
    foreground: Foreground | None = Field(None, description="What the split shows.")
    background: Background | None = Field(None, description="What the split hides, filled in behind it.")
    filter: tuple[FilterUse, ...] = Field((), description="Filters, in the order they are applied.")
    style: StyleUse | None = Field(None, description="The style it is painted in, after the filters.")
    mask: Masking | None = Field(None, description="What is shown: a mask expression or a table.")
    blend: Word = Field("normal", description="The blend mode; groups may also have pass_through.")
    opacity: Fraction = Field(1.0, description="0…1")
    visible: Flag = Field(True, description="Whether it is seen.")
    clip: Flag = Field(False, description="Shown only where the layer below it is.")


class Piece(Table):
    """A whole piece."""

    title: str = Field("", description="The title, written into the outputs.")
    seed: Whole = Field(0, ge=0, lt=2**32, description="The seed of everything that draws lots.")
    patch: Flag | None = Field(
        None,
        description="Repaint only the changed part of a neural layer, starting from its last picture. "
        "Left out: the command decides.",
    )
    canvas: Canvas = Field(description="The canvas.")
    source: dict[str, Source] = Field(default_factory=dict, description="Pictures, by name.")
    style: dict[str, StyleSource] = Field(default_factory=dict, description="Style images, by name.")
    mask: dict[str, MaskUse] = Field(default_factory=dict, description="Masks, by name.")
    layer: tuple[Layer, ...] = Field(min_length=1, description="The layers, bottom first.")
    output: dict[str, Writing] = Field(
        default_factory=DEFAULT_OUTPUT.copy,
        description="Format → path, or a table with path and the format's own parameters; {piece} is the "
        "piece file's name.",
    )
