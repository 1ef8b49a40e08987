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
UNASKED = 'layer "{}" is hidden and nothing asks for it'
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


def test_check_counts_the_layers_that_were_written(ask: Ask) -> None:
    status, told = ask("check")
    assert status == 0
    assert told.startswith("piece.toml: no mistakes; 5 layers, ")
