"""Places: what a build must not write over, and odd things that stand where a file should."""

from pathlib import Path

import pytest

from .conftest import Studio

FILL = """\
[canvas]
width = 12
height = 8
[source.hill]
file = "photos/hill.png"
[[layer]]
name = "hill"
source = "hill"
[output]
png = "build/{piece}.png"
"""


@pytest.fixture
def small(studio: Studio) -> Studio:
    studio.write(FILL)
    return studio


def test_an_output_never_takes_the_place_of_an_input(small: Studio) -> None:
    photo = small.folder / "photos/hill.png"
    before = photo.read_bytes()
    ran = small.build("-o", str(photo))
    assert ran.status == 2
    assert "photos/hill.png is an input of this piece" in ran.err
    assert photo.read_bytes() == before


def test_an_output_never_lies_in_the_store(small: Studio) -> None:
    ran = small.build("-o", str(small.folder / ".composer/look.png"))
    assert ran.status == 2
    assert ".composer/look.png lies in the store" in ran.err


def test_of_two_outputs_of_one_format_none_is_dropped_in_silence(small: Studio) -> None:
    ran = small.build("-o", str(small.folder / "a.png"), "-o", str(small.folder / "b.png"))
    assert ran.status == 2
    assert '"a.png" and "b.png" are both png' in ran.err


def test_a_folder_where_an_output_should_be_is_named(small: Studio) -> None:
    (small.folder / "build/piece.png").mkdir(parents=True)
    ran = small.build()
    assert ran.status == 1
    assert "build/piece.png: it is a folder" in ran.err


@pytest.mark.parametrize("output", ["out/piece.png", "out/of/it/piece.png"])
def test_a_file_where_a_folder_should_be_is_told(small: Studio, output: str) -> None:
    (small.folder / "out").write_text("notes")
    ran = small.build("-o", str(small.folder / output))
    assert ran.status == 1
    assert f"cannot write {small.folder / output}" in ran.err
    assert "a file stands where a folder on this path should be" in ran.err
    assert (small.folder / "out").read_text() == "notes"


def test_an_output_that_cannot_be_written_does_not_stop_the_others(small: Studio) -> None:
    small.edit("[output]\n", '[output]\nora = "build/{piece}.ora"\n')
    (small.folder / "build/piece.ora").mkdir(parents=True)
    ran = small.build()
    assert ran.status == 1
    assert "wrote build/piece.png" in ran.out
    assert "failed: export ora: cannot write" in ran.err


def test_a_lock_file_that_cannot_be_written_is_told_after_the_outputs(small: Studio) -> None:
    (small.folder / "piece.lock").mkdir()
    ran = small.build()
    assert ran.status == 1
    assert "wrote build/piece.png" in ran.out
    assert "failed: piece.lock: cannot write" in ran.err


def test_a_link_that_leads_in_a_circle_is_told_at_its_line(small: Studio) -> None:
    (small.folder / "photos/round.png").symlink_to("round.png")
    small.edit("photos/hill.png", "photos/round.png")
    ran = small.build()
    assert ran.status == 2
    assert 'piece.toml:5:8: error: "photos/round.png" is a link that leads round in a circle' in ran.err


def test_a_store_that_leads_elsewhere_leaves_that_place_alone(small: Studio, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitignore").write_text("mine\n")
    (home / "letters").mkdir()
    (small.folder / ".composer").symlink_to(home)
    ran = small.build()
    assert ran.status == 1
    assert 'is not a store of Composer, but has "letters" in it' in ran.err
    assert sorted(path.name for path in home.iterdir()) == [".gitignore", "letters"]
    assert (home / ".gitignore").read_text() == "mine\n"


def test_a_store_that_was_half_deleted_is_made_whole(small: Studio) -> None:
    assert small.build().status == 0
    (small.folder / ".composer/version").unlink()
    ran = small.build()
    assert ran.status == 0, ran.err
    assert "unchanged build/piece.png" in ran.out


def test_a_file_where_the_store_should_be_is_named(small: Studio) -> None:
    (small.folder / ".composer").write_text("mine")
    ran = small.build()
    assert ran.status == 1
    assert ".composer is a file" in ran.err
    assert (small.folder / ".composer").read_text() == "mine"


def test_cleaning_a_folder_that_is_not_there_says_so(small: Studio) -> None:
    ran = small.run("gc", str(small.folder / "nowhere"))
    assert ran.status == 2
    assert "there is no piece or folder" in ran.err


def test_a_very_long_mask_expression_is_a_mistake_at_its_place(small: Studio) -> None:
    small.edit('source = "hill"\n', f'source = "hill"\nmask = "{" & ".join(["a"] * 3000)}"\n')
    ran = small.build()
    assert ran.status == 2
    assert 'the mask of layer "hill" is too long' in ran.err
