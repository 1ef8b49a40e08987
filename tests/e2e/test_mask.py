"""`composer mask`: a mask as a picture, and over what it cuts out."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from .conftest import Studio


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path)).astype(int)


def test_a_mask_is_written_with_its_picture_under_red_film(studio: Studio) -> None:
    ran = studio.run("mask", str(studio.piece), "low & frame")
    assert ran.status == 0, ran.err
    assert 'as layer "sun" uses it' in ran.out
    mask = pixels(studio.folder / "build/piece.low_and_frame.png")
    over = pixels(studio.folder / "build/piece.low_and_frame.over.png")
    assert mask.shape == (64, 96)
    assert (mask[10].max(), mask[62, 20]) == (0, 255)
    assert over.shape == (64, 96, 3)
    hidden = over[mask == 0]
    red, green, _ = hidden.mean(axis=0)
    assert red > green + 60, "what is hidden lies under red film"
    assert not (studio.folder / "build/piece.png").exists(), "nothing but the mask is built"


def test_a_mask_that_a_filter_names_is_shown_as_its_layer_uses_it(studio: Studio) -> None:
    studio.edit("[mask.frame]", '[mask.far]\nuse = "depth"\nof = "sun"\n\n[mask.frame]')
    studio.edit('use = "blur"\nradius = 1.5', 'use = "haze"\ndepth = "far"')
    studio.edit('place = "sun"\n', 'place = { fit = "cover" }\n')
    ran = studio.run("mask", str(studio.piece), "far")
    assert ran.status == 0, ran.err
    assert 'as layer "sun" uses it' in ran.out


def test_a_mask_is_the_one_the_build_uses(studio: Studio) -> None:
    assert studio.build().status == 0
    ran = studio.run("mask", str(studio.piece), "frame", "-o", str(studio.folder / "look.png"))
    assert ran.status == 0, ran.err
    assert " s  mask" not in ran.out, "it is in the store already"
    assert pixels(studio.folder / "look.png").max() == 255


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("farme",), 'there is no mask "farme"\n   hint: did you mean "frame"? known: frame, low'),
        (("low & nope",), 'there is no mask "nope"\n   hint: known: frame, low'),
        (("frame &",), '"frame &" ends after "&"\n   hint: a mask\'s name is missing'),
        (("frame", "--layer", "snu"), 'there is no layer "snu"\n   hint: did you mean "sun"?'),
        (("frame", "-o", "look.jpg"), 'a mask is written as PNG, and "look.jpg" is none'),
    ],
)
def test_what_is_asked_for_must_be_there(studio: Studio, words: tuple[str, ...], error: str) -> None:
    ran = studio.run("mask", str(studio.piece), *words)
    assert ran.status == 2
    assert error in ran.err


def test_a_mask_never_takes_the_place_of_a_photograph(studio: Studio) -> None:
    photo = studio.folder / "photos/hill.png"
    before = photo.read_bytes()
    ran = studio.run("mask", str(studio.piece), "frame", "-o", str(photo))
    assert ran.status == 2
    assert "photos/hill.png is an input of this piece" in ran.err
    assert photo.read_bytes() == before


def test_what_was_painted_into_a_mask_is_kept(studio: Studio) -> None:
    assert studio.run("mask", str(studio.piece), "frame").status == 0
    written = studio.folder / "build/piece.frame.png"
    written.write_bytes(b"painted by hand")
    ran = studio.run("mask", str(studio.piece), "frame")
    assert "the changed file is kept as build/piece.frame.edited.png" in ran.out
    assert (studio.folder / "build/piece.frame.edited.png").read_bytes() == b"painted by hand"
    assert pixels(written).max() == 255


def test_two_masks_and_a_draft_have_files_of_their_own(studio: Studio) -> None:
    for words in (("low & frame",), ("low | frame",), ("low & !frame",), ("low & frame", "--scale", "0.5")):
        assert studio.run("mask", str(studio.piece), *words).status == 0
    written = {path.name for path in (studio.folder / "build").glob("*.png")}
    masks = {name for name in written if not name.endswith(".over.png")}
    assert masks == {
        "piece.low_and_frame.png",
        "piece.low_or_frame.png",
        "piece.low_and_not_frame.png",
        "piece.low_and_frame@0.5x.png",
    }


def test_how_sure_a_mask_is_is_told_every_time(studio: Studio) -> None:
    studio.edit("[mask.frame]", '[mask.who]\nuse = "segment"\nof = "sun"\n\n[mask.frame]')
    for _ in range(2):
        ran = studio.run("mask", str(studio.piece), "who")
        assert 'mask "who" was guessed with a confidence of' in ran.out
