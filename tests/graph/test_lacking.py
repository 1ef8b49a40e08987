"""Weights that are not on this machine: told at the piece's lines, all at once, where the plan needs them."""

from pathlib import Path

import pytest

from composer.errors import MissingWeights, PieceError
from composer.graph.node import Plan

from ..narrow_vgg import write_narrow_vgg
from .conftest import PlanOf

CAT = '[[layer]]\nname = "cat"\nsource = "cat"\n'
DOG = '[[layer]]\nname = "dog"\nsource = "dog"\n'
VGG = 'style = { use = "vgg19", from = ["dots"] }\n'
MASKS = "".join(
    f'[mask.{name}]\nuse = "segment"\nmodel = "{model}"\nof = "cat"\n'
    for name, model in (("a", "u2netp"), ("b", "isnet-anime"), ("c", "u2netp"))
)


@pytest.fixture(autouse=True)
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where weights are looked for; nothing is there."""
    for variable in ("HOME", "U2NET_HOME", "COMPOSER_WEIGHTS"):
        monkeypatch.setenv(variable, str(tmp_path / variable.lower()))
    return tmp_path / "composer_weights"


def _told(plan_of: PlanOf, text: str) -> str:
    with pytest.raises(MissingWeights) as caught:
        plan_of(text)
    return str(caught.value)


def _places(told: str) -> list[str]:
    return [line.partition(": error: ")[0] for line in told.splitlines() if ": error: " in line]


def test_missing_weights_are_told_where_they_are_asked_for(plan_of: PlanOf, weights: Path) -> None:
    assert _told(plan_of, CAT + VGG) == (
        'piece.toml:13:17: error: the weights "vgg19" are not on this machine\n'
        '   13 | style = { use = "vgg19", from = ["dots"] }\n'
        "      |                 ^^^^^^^\n"
        "   hint: run `composer models fetch vgg19` (BSD-3-Clause); "
        f"they are looked for at {weights / 'vgg19.safetensors'}"
    )


def test_every_mask_and_every_layer_is_told_in_one_go(plan_of: PlanOf) -> None:
    told = _told(
        plan_of, MASKS + CAT + 'mask = "a | (b & !c)"\n' + VGG + CAT.replace('"cat"', '"tom"', 1) + VGG
    )
    assert _places(told) == [f"piece.toml:{place}" for place in ("11:7", "15:7", "19:7", "26:17", "30:17")]
    for name in ("u2netp", "isnet-anime", "vgg19"):
        assert f"run `composer models fetch {name}`" in told


def test_a_mask_within_a_style_is_told_too(plan_of: PlanOf) -> None:
    protect = 'protect = { use = "segment", model = "u2netp", of = "cat" }\n'
    told = _told(plan_of, CAT + '[layer.style]\nuse = "moments"\nfrom = ["dots"]\n' + protect)
    assert _places(told) == ["piece.toml:16:19"]


def test_weights_that_are_here_are_not_told(plan_of: PlanOf, weights: Path) -> None:
    weights.mkdir()
    write_narrow_vgg(weights / "vgg19.safetensors")
    told = _told(plan_of, MASKS + CAT + 'mask = "b"\n' + VGG)
    assert _places(told) == ["piece.toml:15:7"]
    plan: Plan = plan_of(CAT + VGG)
    assert dict(plan.nodes['layer "cat" style (vgg19)'].action.ingredients())["weights vgg19"]


def test_what_nothing_asks_for_is_not_missed(plan_of: PlanOf) -> None:
    hidden = DOG + "visible = false\n" + VGG
    assert plan_of(MASKS + CAT + hidden + '[output]\npng = "a.png"\n').layers == {"cat": 'layer "cat" placed'}
    assert _places(_told(plan_of, CAT + hidden + '[output]\npsd = "a.psd"\n')) == ["piece.toml:17:17"]


def test_mistakes_of_the_piece_come_first(plan_of: PlanOf) -> None:
    with pytest.raises(PieceError, match='there is no mask "luminanse"') as caught:
        plan_of('[mask.m]\nuse = "luminanse"\nof = "cat"\n' + CAT + VGG)
    assert "vgg19" not in str(caught.value).replace(VGG, "")
    ink = '[mask.m]\nuse = "luminance"\nof = "ink"\n[[layer]]\nname = "ink"\nfill = "navy"\n'
    with pytest.raises(PieceError, match="there is no picture a mask could look at"):
        plan_of(ink + CAT + 'mask = "m"\n' + VGG)
