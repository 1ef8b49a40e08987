"""Parameters of extensions: their mistakes are told in the same words as those of the piece."""
# ruff: noqa: E501 - one mistake in one row reads best

from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from composer.spec.reading import diagnostics_of, read
from composer.text.document import parse


class Brush(BaseModel):
    """Parameters as a filter might have them."""

    model_config = ConfigDict(extra="forbid")

    radius: float = Field(gt=0, le=50, strict=True)
    hairs: int = Field(8, ge=1, multiple_of=2, strict=True)
    tip: Literal["round", "flat"] | float = "round"
    at: tuple[float, float] | None = None

    @field_validator("hairs")
    @classmethod
    def _even_chance(cls, hairs: int) -> int:
        if hairs == 14:
            raise ValueError("fourteen hairs are one too many")
        return hairs


def told(filter_keys: str) -> list[str]:
    source = f'[[layer]]\nname = "a"\n[[layer.filter]]\nuse = "brush"\n{filter_keys}\n'
    document = parse(source, "piece.toml")
    (site,) = read(document).sites
    with pytest.raises(ValidationError) as caught:
        Brush.model_validate(site.params)
    return [str(each) for each in diagnostics_of(caught.value, document, site.table, Brush)]


def test_a_parameter_out_of_bounds() -> None:
    assert told("radius = 90") == [
        'piece.toml:5:10: error: radius of filter "brush" of layer "a" must be at most 50, is 90\n'
        "    5 | radius = 90\n"
        "      |          ^^"
        ""
    ]


def test_a_key_of_the_layer_written_below_a_filter() -> None:
    assert told("radius = 3\nvisible = true") == [
        'piece.toml:6:1: error: "visible" is not a key of filter "brush" of layer "a"\n'
        "    6 | visible = true\n"
        "      | ^^^^^^^\n"
        '   hint: "visible" is a key of layer "a": write it above [[layer.filter]] on line 3'
    ]


def test_a_missing_parameter_is_told_at_the_extension() -> None:
    assert told("") == [
        'piece.toml:4:7: error: filter "brush" of layer "a" has no radius\n'
        '    4 | use = "brush"\n'
        "      |       ^^^^^^^\n"
        "   hint: write radius = …"
    ]


@pytest.mark.parametrize(
    ("keys", "message", "hint"),
    [
        ("radius = 3\nhiars = 2", '"hiars" is not a key of {}', 'did you mean "hairs"?'),
        ("raduis = 3", '"raduis" is not a key of {}', 'did you mean "radius"?'),
        ("radius = 3\nhairs = 3", "hairs of {} must be a multiple of 2, is 3", None),
        ("radius = 3\nhairs = 14", "hairs of {}: fourteen hairs are one too many", None),
        ("radius = 3\ntip = 'rond'", 'tip of {} must be "round", "flat" or a number, is the text "rond"', 'did you mean "round"?'),
        ("radius = 3\nat = 3", "at of {} must be a list, is 3", None),
        ("radius = 3\nblendd = 3", '"blendd" is not a key of {}', '"blend" is a key of layer "a": write it above [[layer.filter]] on line 3'),
        ("radius = 3\nupscale = 2", '"upscale" is not a key of {}', '"upscale" is not known in this version yet'),
    ],
)  # fmt: skip
def test_other_mistakes_of_parameters(keys: str, message: str, hint: str | None) -> None:
    (shown,) = told(keys)
    lines = shown.split("\n")
    assert lines[0].partition(" error: ")[2] == message.format('filter "brush" of layer "a"')
    assert lines[3:] == ([f"   hint: {hint}"] if hint else [])
