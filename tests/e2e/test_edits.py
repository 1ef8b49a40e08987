"""The edit → work table: what an edit of the piece may run, and nothing else does."""

import os
import re
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from .conftest import PIECE, CleanBuild, Studio, picture, set_up

EXPORTS = {"export png", "export psd", "export ora"}
BELOW = {"composite", *EXPORTS}
HILL = 'layer "hill" style (moments)'
BARS = 'layer "sun in bars" style (moments)'

EDITS = [
    ("opacity = 0.8", "opacity = 0.5", BELOW),
    ('blend = "soft_light"', 'blend = "multiply"', BELOW),
    ("opacity = 0.8", "visible = false", BELOW),
    ('name = "sun in bars"', 'name = "the sun, in bars"', BELOW),
    ('title = "Two hills"', 'title = "One hill"', BELOW),
    ("to = [0, 60]", "to = [0, 50]", {'mask "low"', 'layer "sun" mask', *BELOW}),
    ("box = [-50, -50, 110, 250]", "box = [-90, -90, 150, 350]", {'mask "frame"'}),
    ("feather = 2", "feather = 5", {'mask "frame" adjusted', 'layer "sun" mask', *BELOW}),
    ('use = "blur"\nradius = 1.5', 'use = "blur"\nradius = 3', {'layer "sun" filter 1 (blur)', *BELOW}),
    ('["bars"], strength = 0.6', '["bars"], strength = 0.9', {BARS, *BELOW}),
    ('from = ["bars"]', 'from = ["dots"]', {BARS, *BELOW}),
    ("seed = 3", "seed = 4", {HILL, BARS, *BELOW}),
    ('background = "#203040"', 'background = "#403020"', {"background", *BELOW}),
    ('png = "build/{piece}.png"', 'png = "build/other.png"', set()),
    ('ora = "build/{piece}.ora"\n', "", set()),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built project, to be copied by each test."""
    studio = set_up(tmp_path_factory.mktemp("built"))
    ran = studio.build()
    assert ran.status == 0, ran.err
    return studio.folder


@pytest.fixture
def studio(built: Path, tmp_path: Path) -> Studio:
    shutil.copytree(built, tmp_path / "project")
    return Studio(tmp_path / "project")


@pytest.mark.parametrize(("old", "new", "may_run"), EDITS)
def test_an_edit_runs_only_what_it_must_and_its_undo_runs_nothing(
    studio: Studio, old: str, new: str, may_run: set[str]
) -> None:
    before = studio.piece.read_text(encoding="utf-8")
    studio.edit(old, new)
    ran = studio.build()
    assert ran.status == 0, ran.err
    assert ran.rendered <= may_run
    if may_run:
        assert ran.rendered, "the edit must show"

    studio.write(before)
    again = studio.build()
    assert again.rendered == set()
    assert "0 rendered" in again.out


def test_the_row_about_enlarging_waits_for_an_enlarger(studio: Studio) -> None:
    """The table's row "upscaler" (R7) has no edit to be tested with before there is a key to write."""
    studio.edit('["bars"], strength = 0.6', '["bars"], strength = 0.6, upscale = 2')
    assert '"upscale" is not known in this version yet' in studio.build().err


def test_edit_upon_edit_comes_out_as_a_clean_build(studio: Studio, clean_build: CleanBuild) -> None:
    for old, new, _ in EDITS:
        if old in studio.piece.read_text(encoding="utf-8"):
            studio.edit(old, new)
            assert studio.build().status == 0
    expected = clean_build(studio.piece.read_text(encoding="utf-8"))
    mine = studio.outputs()
    assert [name for name in expected if mine[name] != expected[name]] == []


def test_a_swap_of_layers_runs_composite_and_exports(studio: Studio) -> None:
    head, hill, sun, bars = PIECE.split("[[layer]]")
    bars, output = bars.split("[output]")
    studio.write("[[layer]]".join([head, sun, hill, bars]) + "[output]" + output)
    assert studio.build().rendered <= BELOW


def test_nothing_changed_runs_nothing_and_writes_nothing(studio: Studio) -> None:
    before = {path: path.stat().st_mtime_ns for path in (studio.folder / "build").iterdir()}
    ran = studio.build()
    assert ran.rendered == set()
    assert "unchanged build/piece.psd" in ran.out
    assert {path: path.stat().st_mtime_ns for path in (studio.folder / "build").iterdir()} == before


def test_a_photo_saved_again_with_equal_pixels_is_decoded_and_no_more(studio: Studio) -> None:
    image = cv2.imread(str(studio.folder / "photos/sun.png"))
    studio.paint("photos/sun.png", image, compression=9)
    assert studio.build().rendered == {'source "sun"'}


def test_a_touched_photo_runs_nothing(studio: Studio) -> None:
    os.utime(studio.folder / "photos/sun.png")
    assert studio.build().rendered == set()


def test_a_photo_moved_and_renamed_runs_nothing(studio: Studio) -> None:
    (studio.folder / "photos/sun.png").rename(studio.folder / "photos/star.png")
    studio.edit('file = "photos/sun.png"', 'file = "photos/star.png"')
    assert studio.build().rendered == set()


def test_a_change_outside_the_crop_stops_at_the_placement(studio: Studio) -> None:
    image = picture(1, 120, 100)
    image[95:] = 0
    studio.paint("photos/hill.png", image)
    assert studio.build().rendered == {'source "hill"', 'layer "hill" placed'}


def test_another_style_image_runs_the_layers_that_use_it(studio: Studio) -> None:
    studio.paint("styles/bars.png", picture(9, 64, 48))
    assert studio.build().rendered == {'style "bars"', BARS, *BELOW}


def test_a_moved_project_runs_nothing(studio: Studio, tmp_path: Path) -> None:
    moved = studio.folder.rename(tmp_path / "elsewhere")
    assert Studio(moved).build().rendered == set()


def test_explain_names_the_field_with_its_old_and_new_value(studio: Studio) -> None:
    studio.edit('["bars"], strength = 0.6', '["bars"], strength = 0.9')
    ran = studio.run("explain", str(studio.piece), "--device", "cpu")
    assert f"{BARS} would run\n    strength: 0.6 → 0.9" in ran.out
    assert f"composite may run\n    waits for {BARS}" in ran.out

    one = studio.run("explain", str(studio.piece), "hill", "--device", "cpu")
    assert one.out == "4 of 4 from the store\n"


def test_explain_names_the_fields_of_a_node_that_also_waits(studio: Studio) -> None:
    studio.edit('["bars"], strength = 0.6', '["bars"], strength = 0.9')
    studio.edit("opacity = 0.8", "opacity = 0.5")
    ran = studio.run("explain", str(studio.piece), "--device", "cpu")
    told = ran.out.partition("composite may run\n")[2].splitlines()
    assert told[0] == f"    waits for {BARS}"
    assert told[1].endswith("opacity: 0.8 → 0.5")


def _named(studio: Studio) -> set[str]:
    """The nodes a dry run says would or may run."""
    forecast = studio.build("--dry-run").out
    return {line.split(" s  ")[1] for line in forecast.splitlines() if " s  " in line}


def test_a_dry_run_names_what_then_runs(studio: Studio) -> None:
    studio.edit("feather = 2", "feather = 5")
    named = _named(studio)
    assert named
    assert studio.build().rendered == named


def test_a_dry_run_knows_of_lost_results_that_would_be_read(studio: Studio) -> None:
    studio.blob_of("hill").unlink()
    assert _named(studio) == set()
    studio.edit("opacity = 0.8", "opacity = 0.5")
    named = _named(studio)
    assert HILL in named
    assert studio.build().rendered == named


def test_a_draft_has_outputs_of_its_own(studio: Studio) -> None:
    before = studio.outputs()
    ran = studio.build("--scale", "0.5")
    assert ran.status == 0, ran.err
    draft = cv2.imread(str(studio.folder / "build/piece@0.5x.png"))
    assert draft.shape[:2] == (32, 48)
    after = studio.outputs()
    assert {name: after[name] for name in before} == before
    assert studio.build().rendered == set()


def test_one_file_may_be_asked_for(studio: Studio, tmp_path: Path) -> None:
    ran = studio.build("-o", str(tmp_path / "picture.png"))
    assert ran.status == 0, ran.err
    asked = cv2.imread(str(tmp_path / "picture.png"), cv2.IMREAD_UNCHANGED)
    own = cv2.imread(str(studio.folder / "build/piece.png"), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(asked, own)


def test_a_guessed_mask_tells_its_confidence_once(studio: Studio) -> None:
    studio.edit('mask = "low & frame"', 'mask = "low & figure"')
    studio.edit("[mask.frame]", '[mask.figure]\nuse = "segment"\nof = "sun"\n\n[mask.frame]')
    ran = studio.build()
    assert ran.status == 0, ran.err
    assert re.search(r'^mask "figure" was guessed with a confidence of 0\.\d\d', ran.out, re.MULTILINE)
    assert "confidence" not in studio.build().out


def test_a_doubtful_mask_is_told_at_every_build_and_one_that_nobody_guessed_never(studio: Studio) -> None:
    studio.edit('mask = "low & frame"', 'mask = "low & far"')
    studio.edit("[mask.frame]", '[mask.far]\nuse = "depth"\nof = "sun"\n\n[mask.frame]')
    doubt = 'mask "far" was guessed with a confidence of 0.00: look at it before you trust it'
    assert doubt in studio.build().out
    studio.edit("opacity = 0.8", "opacity = 0.5")
    assert doubt in studio.build().out
    studio.edit('use = "depth"', 'use = "depth"\nhorizon = 4')
    assert "confidence" not in studio.build().out
