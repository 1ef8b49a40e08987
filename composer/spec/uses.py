"""Uses: tables in which `use` picks an extension, and the placement of a picture on the canvas.

Knows the keys that every mask, filter or style has. Does not know any extension: all other keys
of such a table are gathered in `params`, as they were written.
"""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic.json_schema import SkipJsonSchema

from .fields import Crop, Flag, Fraction, Length, Levels, Number, Quad, Table, Whole, Word

Parameters = SkipJsonSchema[dict[str, Any]]

_OPEN = ConfigDict(json_schema_extra={"additionalProperties": True})


def by_shape(value: object) -> str | None:
    """Whether a value that may be a name or a table is one or the other."""
    if isinstance(value, str):
        return "name"
    return None if isinstance(value, (bool, int, float, list)) else "table"


class Placement(Table):
    """Where a picture lies on the canvas: cropped, mirrored, fitted, scaled, turned, anchored, then moved."""

    fit: Literal["contain", "cover", "stretch", "none"] = Field(
        "contain",
        description="contain: all is seen; cover: fills the canvas; stretch: both; none: pixel for pixel",
    )
    anchor: Literal[
        "center",
        "top",
        "bottom",
        "left",
        "right",
        "top_left",
        "top_right",
        "bottom_left",
        "bottom_right",
    ] = Field(
        "center",
        description="The side or corner of the canvas that the picture, turned as it is, is aligned to.",
    )
    offset: tuple[Number, Number] = Field(
        (0.0, 0.0), description="Moved by [x, y] canvas pixels, to the right and down."
    )
    scale: Number = Field(1.0, gt=0, le=100, description="Size on top of the fit; 1 leaves it as fitted.")
    rotate: Number = Field(0.0, ge=-360, le=360, description="Turned by so many degrees, clockwise.")
    flip: Literal["none", "horizontal", "vertical", "both"] = Field("none", description="Mirrored.")
    crop: Crop = Field(
        (0.0, 0.0, 1.0, 1.0),
        description="[left, top, right, bottom] as fractions of the source, cut out before it is fitted.",
    )
    quad: Quad | None = Field(
        None,
        description="Perspective: where the picture's top left, top right, bottom right and bottom left "
        "corner lie, [x, y] canvas pixels each; in place of fit, anchor, offset, scale and rotate.",
    )


Placing = Annotated[
    Annotated[str, Tag("name")] | Annotated[Placement, Tag("table")],
    Discriminator(
        by_shape,
        custom_error_type="name_or_table",
        custom_error_message='must be the name of a layer, or a table such as { fit = "cover" }',
    ),
]


def version_name(layer: str, seed: int) -> str:
    """What the version of a layer that is painted with `seed` is called."""
    return f"{layer} (seed {seed})"


class MaskUse(Table):
    """A mask: the extension that makes it, what it looks at, and what is done to it afterwards."""

    model_config = _OPEN

    use: Word = Field(description="The kind of mask.")
    of: Word | None = Field(
        None,
        description="The source or the layer the mask looks at, by name; left out of a mask that stands in a "
        "layer: the layer's own picture.",
    )
    file: Word | None = Field(None, description="An image that is the mask, relative to the piece.")
    place: Placing | None = Field(
        None, description="How the file or source lies on the canvas; or a layer's name."
    )
    feather: Length = Field(0.0, description="Softens the edge over so many canvas pixels.")
    grow: Length = Field(0.0, description="Moves the edge outwards by so many canvas pixels.")
    shrink: Length = Field(0.0, description="Moves the edge inwards by so many canvas pixels.")
    invert: Flag = Field(False, description="Shows what was hidden and hides what was shown.")
    levels: Levels | None = Field(
        None, description="[black, white] or [black, gamma, white], 0…1, as in Photoshop's Levels."
    )
    keep_largest: Flag = Field(False, description="Hides all but the largest part that hangs together.")
    fill_holes: Fraction = Field(
        0.0, description="Shows holes of at most this share of the canvas; 1 fills every hole."
    )
    refine: Literal["none", "feather", "guided", "matting"] = Field(
        "none",
        description="How the edge is brought to the picture's: feather softens it; guided follows the "
        "picture's edges; matting finds out how far every pixel belongs, hairs and fur too.",
    )
    refine_width: Length = Field(
        12.0, description="How far to either side of the edge it is refined, in canvas pixels."
    )
    params: Parameters = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, table: Any) -> Any:
        return gathered(table, MASK_KEYS)


Masking = Annotated[
    Annotated[str, Tag("name")] | Annotated[MaskUse, Tag("table")],
    Discriminator(
        by_shape,
        custom_error_type="name_or_table",
        custom_error_message='must be a mask expression such as "figure & !sky", or a table with "use"',
    ),
]


class FilterUse(Table):
    """A filter of a layer: `use` names it; where and how strongly it acts; its own parameters."""

    model_config = _OPEN

    use: Word = Field(description="The filter.")
    mask: Masking | None = Field(
        None, description="Where the filter acts: a mask expression or a table; left out: everywhere."
    )
    opacity: Fraction = Field(1.0, description="How much of what the filter does is taken, 0…1.")
    params: Parameters = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, table: Any) -> Any:
        return gathered(table, FILTER_KEYS)


class OutputUse(Table):
    """A file that is written: where, and the format's own parameters."""

    model_config = _OPEN

    path: Word = Field(description="Where it is written; {piece} is the piece file's name.")
    params: Parameters = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, table: Any) -> Any:
        return gathered(table, OUTPUT_KEYS)


Writing = Annotated[
    Annotated[Word, Tag("name")] | Annotated[OutputUse, Tag("table")],
    Discriminator(
        by_shape,
        custom_error_type="name_or_table",
        custom_error_message='must be a path such as "build/{piece}.png", or a table with "path"',
    ),
]


def path_of(output: str | OutputUse) -> str:
    """Where an output is written."""
    return output if isinstance(output, str) else output.path


Seed = Annotated[Whole, Field(ge=0, lt=2**32)]
Seeds = Annotated[
    tuple[Seed, ...], Field(min_length=1, max_length=64, json_schema_extra={"uniqueItems": True})
]
_Weight = Annotated[float, Field(strict=True, gt=0, le=1000)]


class StyleUse(Table):
    """A layer's style: the engine, what it paints where, and the engine's own parameters."""

    model_config = _OPEN

    use: Word = Field(description="The style engine.")
    from_: tuple[Word, ...] = Field(
        default_factory=tuple,
        alias="from",
        min_length=1,
        description="The styles, by name, mixed in one render; beside regions: for what no region shows.",
    )
    weights: tuple[_Weight, ...] | None = Field(
        None, description="How much of each style of from is in the mix; left out: equal parts."
    )
    regions: dict[str, Word] = Field(
        default_factory=dict,
        min_length=1,
        description="Mask → style: each part of the canvas in a style of its own, in one render. A key is a "
        'mask or an expression in quotes, as in { figure = "a", "sky & !sun" = "b" }; where regions overlap '
        "they share. What no region shows is painted in from; without from it stays as it is.",
    )
    protect: Masking | None = Field(
        None, description="Where the content stays as it is: a mask expression or a table, as a layer's mask."
    )
    init: Literal["content", "below", "noise"] = Field(
        "content",
        description="Where the painting starts. content: the layer's own picture; below: the finished pixels "
        "of the layer right below, without its mask; noise: nothing but the seed.",
    )
    seed: Seed | Seeds | None = Field(
        None,
        description="Left out: the seed of the piece. A list paints a version with each: a group of them, "
        "the first at the bottom and shown, the others hidden above it – one click on an eye compares.",
    )
    params: Parameters = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, table: Any) -> Any:
        return gathered(table, STYLE_KEYS)


def _keys(*names: str) -> frozenset[str]:
    return frozenset(names)


OUTPUT_KEYS = _keys("path")
FILTER_KEYS = _keys("use", "mask", "opacity")
STYLE_KEYS = _keys("use", "from", "weights", "regions", "protect", "init", "seed")
MASK_KEYS = _keys("use", "of", "file", "place", "feather", "grow", "shrink", "invert", "levels") | _keys(
    "keep_largest", "fill_holes", "refine", "refine_width"
)


def gathered(table: Any, keys: frozenset[str]) -> Any:
    """The table with every key that is not in `keys` moved into `params`."""
    if not isinstance(table, dict):
        return table
    own = {key: value for key, value in table.items() if key in keys}
    given = table.get("params")
    rest = {key: value for key, value in table.items() if key not in keys and key != "params"}
    return {**own, "params": {**(given if isinstance(given, dict) else {}), **rest}}
