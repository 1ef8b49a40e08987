"""Fields: the kinds of numbers, words and colours that the models of a piece share.

Knows types, bounds and the words for them. Does not know which table they stand in.
"""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from ..pixels.css import parse_color
from ..pixels.geometry import quad_mistake


class Table(BaseModel):
    """Base of every table of a piece: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _color(text: str) -> str:
    try:
        parse_color(text)
    except ValueError:
        raise PydanticCustomError("color", "is not a colour") from None
    return text


def _crop(sides: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = sides
    if left >= right or top >= bottom:
        raise PydanticCustomError("crop", "leaves nothing: it needs left < right and top < bottom")
    return sides


def _levels(levels: tuple[float, ...]) -> tuple[float, ...]:
    if len(levels) not in (2, 3):
        raise PydanticCustomError("levels", "must be [black, white] or [black, gamma, white]")
    black, white = levels[0], levels[-1]
    if not 0 <= black < white <= 1:
        raise PydanticCustomError("levels", "must have 0 ≤ black < white ≤ 1")
    if len(levels) == 3 and not 0.01 <= levels[1] <= 10:
        raise PydanticCustomError("levels", "must have a gamma from 0.01 to 10")
    return levels


def _quad(corners: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    mistake = quad_mistake(corners)
    if mistake is not None:
        raise PydanticCustomError("quad", "{mistake}", {"mistake": mistake})
    return corners


Number = Annotated[float, Field(strict=True)]
Whole = Annotated[int, Field(strict=True)]
Flag = Annotated[bool, Field(strict=True)]
Fraction = Annotated[float, Field(strict=True, ge=0, le=1)]
Length = Annotated[float, Field(strict=True, ge=0, le=100_000)]
Coordinate = Annotated[float, Field(strict=True, ge=-300_000, le=300_000)]
Word = Annotated[str, Field(min_length=1)]
Color = Annotated[str, AfterValidator(_color)]
Crop = Annotated[tuple[Fraction, Fraction, Fraction, Fraction], AfterValidator(_crop)]
Corner = tuple[Coordinate, Coordinate]
Quad = Annotated[tuple[Corner, Corner, Corner, Corner], AfterValidator(_quad)]
Levels = Annotated[tuple[Number, ...], AfterValidator(_levels)]
