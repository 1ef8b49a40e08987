"""`composer explain` of one layer: by the name the artist gave it, whatever became of it in the plan."""

from collections.abc import Callable
from pathlib import Path

import pytest

from composer.cli.main import main

PIECE = """\
[canvas]
width = 40
height = 30

[source.cat]
sample = "chelsea"

[style.fur]
sample = "chelsea"

[[layer]]
name = "photo"
source = "cat"

[[layer]]
name = "painted"
source = "cat"
style = { use = "draft", from = ["fur"], seed = [7, 8] }

[[layer]]
name = "trials"

[[layer.layer]]
name = "blurred"
source = "cat"
visible = false

[[layer.layer.filter]]
use = "blur"

[[layer.layer]]
name = "ink"
fill = "navy"

[output]
png = "build/{piece}.png"
"""
MASKED = """\
[canvas]
width = 40
height = 30

[source.cat]
sample = "chelsea"

[mask.low]
use = "gradient"
feather = 2

[mask.frame]
use = "shape"
shape = "ellipse"

[mask.round]
use = "shape"
shape = "rectangle"
grow = 1

[[layer]]
name = "photo"
source = "cat"
mask = "low & !frame"

[[layer.filter]]
use = "blur"
mask = { use = "gradient", from = [0, 9] }

[[layer]]
name = "trials"
mask = "round"

[[layer.layer]]
name = "ink"
fill = "navy"
mask = "frame"

[[layer.layer]]
name = "spare"
fill = "red"
visible = false

[output]
png = "build/{piece}.png"
"""
UNASKED = 'layer "{}" is hidden and nothing asks for it'
Explain = Callable[..., str]
Ask = Callable[..., tuple[int, str]]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    """A command about the piece, with another line in place of one: exit status, and all that was told."""
    monkeypatch.chdir(tmp_path)

    def run(command: str, *words: str, old: str = "", new: str = "") -> tuple[int, str]:
        Path("piece.toml").write_text(PIECE.replace(old, new) if old else PIECE, encoding="utf-8")
        status = main([command, "piece.toml", *words])
        told = capsys.readouterr()
        return status, told.out + told.err

    return run


@pytest.fixture
def explain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Explain:
    """What is told of a layer of the masked piece with another line in it; `built` as it stands first."""
    monkeypatch.chdir(tmp_path)

    def run(layer: str, old: str = "", new: str = "", *, built: bool = False) -> str:
        if built:
            Path("piece.toml").write_text(MASKED, encoding="utf-8")
            assert main(["build", "piece.toml"]) == 0
        Path("piece.toml").write_text(MASKED.replace(old, new) if old else MASKED, encoding="utf-8")
        capsys.readouterr()
        assert main(["explain", "piece.toml", layer]) == 0
        return capsys.readouterr().out

    return run


def _nodes(told: str) -> list[str]:
    """The nodes that are told of, in running order."""
    return [line.removesuffix(" would run").removesuffix(" may run") for line in told.splitlines()[:-1:2]]


def test_a_layer_with_several_seeds_is_all_its_versions(ask: Ask) -> None:
    status, told = ask("explain", "painted", old="png =", new="psd =")
    assert status == 0
    painted = 'layer "painted" style (draft)'
    assert _nodes(told)[-2:] == [f"{painted} seed 7", f"{painted} seed 8"]
    assert 'layer "photo" placed' in _nodes(told)
    one = ask("explain", "painted (seed 8)", old="png =", new="psd =")[1]
    assert f"{painted} seed 8" in _nodes(one)
    assert "seed 7" not in one


def test_a_version_that_no_output_needs_is_told_to_be_hidden(ask: Ask) -> None:
    status, told = ask("explain", "painted")
    assert status == 0
    assert told.startswith(UNASKED.format("painted (seed 8)") + "\n")
    assert 'layer "painted" style (draft) seed 7 may run' in told
    assert ask("explain", "painted (seed 8)") == (0, UNASKED.format("painted (seed 8)") + "\n")


def test_a_hidden_layer_that_no_output_needs_is_told_to_be_hidden(ask: Ask) -> None:
    assert ask("explain", "blurred") == (0, UNASKED.format("blurred") + "\n")
    _, told = ask("explain", "blurred", old="png =", new="psd =")
    assert 'layer "blurred" filter 1 (blur) may run' in told


def test_a_layer_in_a_hidden_group_is_hidden_with_it(ask: Ask) -> None:
    hidden = {"old": 'name = "trials"', "new": 'name = "trials"\nvisible = false'}
    for name in ("trials", "ink"):
        assert ask("explain", name, **hidden) == (0, UNASKED.format(name) + "\n")


def test_a_group_is_all_its_layers(ask: Ask) -> None:
    _, told = ask("explain", "trials", old="visible = false\n", new="")
    assert {'layer "blurred" filter 1 (blur)', 'layer "ink" fill'} < set(_nodes(told))
    assert "style" not in told


def test_an_unknown_layer_has_near_misses_among_all_that_was_written(ask: Ask) -> None:
    status, told = ask("explain", "blured")
    assert status == 2
    assert 'there is no layer or mask "blured"' in told
    assert 'did you mean "blurred"?' in told


def test_a_mask_is_asked_about_by_its_name(ask: Ask) -> None:
    masks = '[mask.low]\nuse = "gradient"\n[mask.spare]\nuse = "gradient"\nto = [0, 9]\n'
    used = {"old": '[[layer]]\nname = "photo"\n', "new": masks + '[[layer]]\nname = "photo"\nmask = "low"\n'}
    assert 'mask "low" would run' in ask("explain", "low", **used)[1]
    assert ask("explain", "spare", **used)[1].startswith('nothing asks for mask "spare"')
    status, told = ask("explain", "spaer", **used)
    assert (status, 'did you mean "spare"?' in told) == (2, True)


def test_a_layer_is_all_that_it_is_made_of_its_mask_with_every_operation_too(explain: Explain) -> None:
    assert set(_nodes(explain("photo"))) == {
        'source "cat"',
        'layer "photo" placed',
        'layer "photo" filter 1 (blur)',
        'layer "photo" filter 1 mask',
        'layer "photo" filter 1 (blur) faded',
        'mask "low"',
        'mask "low" adjusted',
        'mask "frame"',
        'layer "photo" mask',
    }


def test_a_group_is_shown_through_its_own_mask_and_those_of_its_layers(explain: Explain) -> None:
    ink = {'layer "ink" fill', 'mask "frame"'}
    assert set(_nodes(explain("ink"))) == ink
    assert set(_nodes(explain("trials").split("\n", 1)[1])) == {*ink, 'mask "round"', 'mask "round" adjusted'}


def test_versions_are_shown_through_the_mask_of_their_layer(ask: Ask) -> None:
    painted = {"old": 'name = "painted"\n', "new": 'name = "painted"\nmask = { use = "gradient" }\n'}
    assert 'layer "painted" mask' in _nodes(ask("explain", "painted (seed 7)", **painted)[1])


@pytest.mark.parametrize(
    ("layer", "old", "new", "node", "change"),
    [
        ("photo", "feather = 2", "feather = 3", 'mask "low" adjusted', "feather: 2.0 → 3.0"),
        ("photo", "low & !frame", "low & frame", 'layer "photo" mask', "expression: & 0 ! 1 → & 0 1"),
        ("photo", "[0, 9]", "[0, 8]", 'layer "photo" filter 1 mask', "from: [0.0,9.0] → [0.0,8.0]"),
        ("trials", "grow = 1", "grow = 2", 'mask "round" adjusted', "grow: 1.0 → 2.0"),
        ("ink", 'fill = "navy"', 'fill = "blue"', 'layer "ink" fill', "color: "),
    ],
)
def test_each_edit_of_a_layer_is_told_with_its_field(
    explain: Explain, layer: str, old: str, new: str, node: str, change: str
) -> None:
    assert " would run" not in explain(layer, built=True)
    assert f"{node} would run\n    {change}" in explain(layer, old, new)


def test_check_counts_the_layers_that_were_written(ask: Ask) -> None:
    status, told = ask("check")
    assert status == 0
    assert told.startswith("piece.toml: no mistakes; 5 layers, ")
