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
    mask = pixels(studio.folder / "build/piece.low_frame.png")
    over = pixels(studio.folder / "build/piece.low_frame.over.png")
    assert mask.shape == (64, 96)
    assert (mask[10].max(), mask[62, 20]) == (0, 255)
    assert over.shape == (64, 96, 3)
    hidden = over[mask == 0]
    red, green, _ = hidden.mean(axis=0)
    assert red > green + 60, "what is hidden lies under red film"
    assert not (studio.folder / "build/piece.png").exists(), "nothing but the mask is built"


def test_a_mask_is_the_one_the_build_uses(studio: Studio) -> None:
    assert studio.build().status == 0
    ran = studio.run("mask", str(studio.piece), "frame", "-o", str(studio.folder / "look.png"))
    assert ran.status == 0, ran.err
    assert " s  mask" not in ran.out, "it is in the store already"
    assert pixels(studio.folder / "look.png").max() == 255


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("farme",), 'there is no mask "farme"\n   hint: did you mean "frame"?'),
        (("frame &",), '"frame &" ends after "&"\n   hint: a mask\'s name is missing'),
        (("frame", "--layer", "snu"), 'there is no layer "snu"\n   hint: did you mean "sun"?'),
        (("frame", "-o", "look.jpg"), 'a mask is written as PNG, and "look.jpg" is none'),
    ],
)
def test_what_is_asked_for_must_be_there(studio: Studio, words: tuple[str, ...], error: str) -> None:
    ran = studio.run("mask", str(studio.piece), *words)
    assert ran.status == 2
    assert error in ran.err
