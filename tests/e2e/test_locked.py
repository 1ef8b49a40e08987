"""`composer build --locked`: a build that must come out as the lock file says."""

import tomllib
from typing import Any

import pytest

from .conftest import Studio, picture


def lock(studio: Studio) -> dict[str, Any]:
    layers: dict[str, Any] = tomllib.loads((studio.folder / "piece.lock").read_text(encoding="utf-8"))[
        "layer"
    ]
    return layers


def relock(studio: Studio, old: str, new: str) -> None:
    path = studio.folder / "piece.lock"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def built(studio: Studio) -> Studio:
    assert studio.build().status == 0
    return studio


def test_a_build_that_comes_out_as_locked_passes(built: Studio) -> None:
    ran = built.build("--locked")
    assert (ran.status, ran.err) == (0, "")


def test_what_came_out_otherwise_is_named_and_not_written(built: Studio) -> None:
    before = built.outputs(), lock(built)
    built.paint("photos/sun.png", picture(9, 80, 80))
    ran = built.build("--locked")
    assert ran.status == 1
    lines = ran.err.splitlines()
    assert lines[0] == "error: piece.lock does not agree:"
    assert [line.split(":")[0] for line in lines[1:3]] == ['  layer "sun"', '  layer "sun in bars"']
    assert all(line.endswith("; what it is made from changed") for line in lines[1:3])
    assert "build without --locked to write it anew" in lines[3]
    assert (built.outputs(), lock(built)) == before


def test_a_neural_layer_of_another_device_is_not_compared(built: Studio) -> None:
    layer = lock(built)["hill"]
    relock(built, layer["output"], "0" * 64)
    assert 'layer "hill": 000000000000 → ' in built.build("--locked").err
    relock(built, layer["device"], "gpu of someone else")
    ran = built.build("--locked")
    assert ran.status == 0
    assert 'layer "hill" was locked on another kind of device and is not compared' in ran.out


@pytest.mark.parametrize(("old", "new"), [("opacity = 0.8", "opacity = 0.4"), ("feather = 2", "feather = 9")])
def test_a_picture_that_differs_is_told_though_its_layers_are_as_locked(
    built: Studio, old: str, new: str
) -> None:
    before = built.outputs()
    built.edit(old, new)
    ran = built.build("--locked")
    assert ran.status == 1
    assert ran.err.splitlines()[1].startswith("  the picture: ")
    assert built.outputs() == before
    assert built.build().status == 0
    assert built.build("--locked").status == 0


def test_layers_come_and_go_with_the_lock(built: Studio) -> None:
    built.edit('name = "sun in bars"', 'name = "moon in bars"')
    err = built.build("--locked").err
    assert 'layer "sun in bars" is locked, but not in the piece' in err
    assert 'layer "moon in bars" is not locked' in err


def test_without_a_lock_it_says_how_to_get_one(studio: Studio) -> None:
    ran = studio.build("--locked")
    assert ran.status == 2
    assert "there is no piece.lock to build by\n   hint: build once without --locked" in ran.err


def test_a_draft_has_no_lock(built: Studio) -> None:
    assert built.build("--locked", "--scale", "0.5").status == 2


def test_a_layer_that_comes_out_the_same_leaves_no_trace_in_the_lock(built: Studio) -> None:
    before = (built.folder / "piece.lock").read_bytes()
    for path in sorted((built.folder / ".composer").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert "0 rendered" not in built.build().out
    assert (built.folder / "piece.lock").read_bytes() == before
