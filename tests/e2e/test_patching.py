"""Patching: a local edit paints a part of the layer, and only where the artist or the piece asked for it."""

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from composer.operation import REACH
from composer.pixels import codec
from composer.pixels.raster import Raster

from .conftest import Studio, picture, set_up

PIECE = """\
title = "A hill, patched"
seed = 3

[canvas]
width = 200
height = 140

[source.hill]
file = "photos/hill.png"

[style.dots]
file = "styles/dots.png"

[mask.left]
use = "shape"
shape = "rectangle"
box = [0, 0, 40, 140]

[mask.lefter]
use = "shape"
shape = "rectangle"
box = [0, 0, 30, 140]

[[layer]]
name = "hill"
source = "hill"
style = { use = "moments", from = ["dots"], strength = 0.6, quality = "draft", protect = "left" }

[[layer]]
name = "left"
fill = "#203040"
mask = "left | lefter"
opacity = 0.2

[output]
png = "build/{piece}.png"
"""
HILL = 'layer "hill" style (moments)'
WORK = {'source "hill"', 'layer "hill" placed', HILL, "composite", "export png"}


def _photo() -> np.ndarray:
    return picture(1, 200, 140)


def _dab(studio: Studio, level: int = 255) -> np.ndarray:
    """Paint 10 × 10 pixels of the photo anew; where the layer may change."""
    photo = _photo()
    photo[100:110, 150:160] = level
    studio.paint("photos/hill.png", photo)
    free = np.zeros((140, 200), bool)
    free[100 - REACH : 110 + REACH, 150 - REACH : 160 + REACH] = True
    return free


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built project, to be copied by each test."""
    studio = set_up(tmp_path_factory.mktemp("patched"))
    studio.paint("photos/hill.png", _photo())
    studio.write(PIECE)
    ran = studio.build()
    assert ran.status == 0, ran.err
    return studio.folder


@pytest.fixture
def studio(built: Path, tmp_path: Path) -> Studio:
    shutil.copytree(built, tmp_path / "project")
    return Studio(tmp_path / "project")


def _layer(studio: Studio) -> np.ndarray:
    raster = codec.decode(studio.blob_of("hill").read_bytes())
    assert isinstance(raster, Raster)
    return raster.pixels


def _lock(studio: Studio) -> str:
    return (studio.folder / "piece.lock").read_text(encoding="utf-8")


def test_a_local_edit_paints_a_part_of_the_layer(studio: Studio) -> None:
    before = _layer(studio)
    free = _dab(studio)
    ran = studio.build("--patch")
    assert ran.status == 0, ran.err
    assert ran.rendered == WORK
    share = 100 * free.mean()
    assert f"{HILL}: patched {share:.1f} % of the layer" in ran.out
    assert re.search(r"^5 rendered \(1 of them patched\), \d+ from the store", ran.out, re.MULTILINE)
    moved = (_layer(studio) != before).any(axis=2)
    assert moved[100:110, 150:160].any()
    assert not moved[~free].any()


def test_the_lock_and_the_explanation_name_the_parent(studio: Studio) -> None:
    before = re.search(r'action = "(\w+)"', _lock(studio))
    assert before is not None
    _dab(studio)
    studio.build("--patch")
    assert f'patched_from = "{before[1]}"' in _lock(studio)
    assert "patches_in_a_row = 1" in _lock(studio)
    told = studio.run("explain", str(studio.piece), "hill", "--patch", "--device", "cpu").out
    assert f"{HILL}: patched 12.0 % of the layer, from {before[1][:12]}\n" in told
    _dab(studio, 10)
    studio.build("--patch")
    told = studio.run("explain", str(studio.piece), "hill", "--patch", "--device", "cpu").out
    assert "(2 patches in a row)" in told


def test_nothing_changed_an_undo_and_a_redo_run_nothing_below_the_photo(studio: Studio) -> None:
    plain = studio.outputs()
    _dab(studio)
    studio.build("--patch")
    patched = studio.outputs()
    assert studio.build("--patch").rendered == set()
    studio.paint("photos/hill.png", _photo())
    assert studio.build("--patch").rendered == set()
    assert studio.outputs() == plain
    _dab(studio)
    assert studio.build("--patch").rendered == set()
    assert studio.outputs() == patched


def _clean(studio: Studio, folder: Path, text: str) -> dict[str, bytes]:
    """What the piece gives in a folder that knows nothing of earlier builds."""
    shutil.copytree(studio.folder, folder, ignore=shutil.ignore_patterns(".composer", "build", "*.lock"))
    clone = Studio(folder)
    clone.write(text)
    assert clone.build().status == 0
    return clone.outputs()


def test_without_asking_a_build_depends_on_the_piece_alone(studio: Studio, tmp_path: Path) -> None:
    _dab(studio)
    studio.build("--patch")
    patched = studio.outputs()
    told = studio.run("explain", str(studio.piece), "hill", "--device", "cpu").out
    assert "its last picture was patched 12.0 % of the layer" in told
    assert "this one would be whole" in told
    ran = studio.build()
    assert ran.rendered == {HILL, "composite", "export png"}
    assert "patched" not in ran.out
    assert "patched_from" not in _lock(studio)
    assert studio.outputs() != patched
    assert studio.outputs() == _clean(studio, tmp_path / "clone", PIECE)


def test_the_piece_may_ask_for_it_and_the_artist_for_a_whole_render(studio: Studio, tmp_path: Path) -> None:
    text = "patch = true\n" + PIECE
    studio.write(text)
    assert studio.build().rendered == set()
    _dab(studio)
    assert "(1 of them patched)" in studio.build().out
    assert studio.build().rendered == set()
    ran = studio.build("--from-scratch")
    assert HILL in ran.rendered
    assert studio.outputs() == _clean(studio, tmp_path / "clone", text)
    assert studio.build().rendered == set(), "the whole render is there now"


def test_the_two_options_exclude_each_other(studio: Studio) -> None:
    ran = studio.build("--patch", "--from-scratch")
    assert ran.status == 2
    assert "--from-scratch: not allowed with argument --patch" in ran.err


def test_a_change_of_style_paints_the_layer_whole(studio: Studio) -> None:
    studio.edit("strength = 0.6", "strength = 0.7")
    ran = studio.build("--patch")
    assert HILL in ran.rendered
    assert "patched" not in ran.out


def test_how_much_would_be_patched_is_told_before_where_it_is_known(studio: Studio) -> None:
    studio.edit('protect = "left"', 'protect = "lefter"')
    differs, painted = (100 * 10 / 200, 100 * (10 + 2 * REACH) / 200)
    said = f"would be patched: {differs:.1f} % of the layer differs, {painted:.1f} % would be painted anew"
    told = studio.run("explain", str(studio.piece), "hill", "--patch", "--device", "cpu").out
    assert f"{HILL} would run\n    input protect: " in told
    assert f"    {said}\n" in told
    assert f"{HILL} ({said})" in studio.build("--patch", "--dry-run").out
    assert said not in studio.run("explain", str(studio.piece), "hill", "--device", "cpu").out
    assert f"{HILL}: patched {painted:.1f} % of the layer" in studio.build("--patch").out


def test_colours_matched_as_a_whole_foretell_and_make_no_patch(studio: Studio) -> None:
    studio.edit("strength = 0.6", 'strength = 0.6, color = "match"')
    studio.edit('use = "moments"', 'use = "draft"')
    studio.build()
    studio.edit('protect = "left"', 'protect = "lefter"')
    told = studio.run("explain", str(studio.piece), "hill", "--patch", "--device", "cpu").out
    assert 'layer "hill" style (draft) would run\n    input protect: ' in told
    assert "patched" not in told
    ran = studio.build("--patch")
    assert 'layer "hill" style (draft)' in ran.rendered
    assert "patched" not in ran.out


def test_other_edits_run_what_they_ran_before(studio: Studio) -> None:
    _dab(studio)
    studio.build("--patch")
    studio.edit("opacity = 0.2", "opacity = 0.3")
    assert studio.build("--patch").rendered == {"composite", "export png"}
