"""Sides: the two layers that a split makes of one source.

Knows their tables and what they are called. Does not know masks, nor how edges are cleaned or filled.
"""

from typing import Literal

from pydantic import Field

from .fields import Flag, Fraction, Length, Table, Word
from .uses import FilterUse, StyleUse

SIDES = ("background", "foreground")
"""The keys of a split layer's sides, bottom first."""


class Side(Table):
    """One side of a split, with a treatment of its own."""

    filter: tuple[FilterUse, ...] = Field((), description="Filters, in the order they are applied.")
    style: StyleUse | None = Field(None, description="The style it is painted in, after the filters.")
    blend: Word = Field("normal", description="The blend mode.")
    opacity: Fraction = Field(1.0, description="0…1")
    visible: Flag = Field(True, description="Whether it is seen.")


class Foreground(Side):
    """What a split shows: cut out along the mask."""

    decontaminate: Flag = Field(
        True,
        description="Takes the background's colour out of the edge, and continues the colours beyond it.",
    )


class Background(Side):
    """What a split hides: the picture without its figure."""

    infill: Length | None = Field(
        None,
        description="How far behind the figure's edge patch rebuilds the background, in canvas pixels; "
        "farther in colours run in. Left out: all of it.",
    )
    infill_method: Literal["push_pull", "patch"] = Field(
        "push_pull",
        description="push_pull: colours run in from the edge, at once; patch: from pieces of the background, "
        "with their texture, slower.",
    )


def side_name(layer: str, side: str) -> str:
    """What a side of a split layer is called."""
    return f"{layer} {side}"
