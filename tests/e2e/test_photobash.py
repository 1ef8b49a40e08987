"""A photobash as an artist builds one: cut out, split, matched, put into perspective, finished."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from .conftest import Studio, picture

PIECE = """\
seed = 3
[canvas]
width = 120
height = 80
background = "#405060"

[source.ball]
file = "photos/ball.png"
[source.field]
file = "photos/field.png"
[style.dots]
file = "styles/dots.png"

[mask.ball]
use = "shape"
shape = "ellipse"
box = [40, 20, 40, 40]
feather = 2

[[layer]]
name = "ball"
source = "ball"
place = { fit = "none" }
split = "ball"
"""
FLOOR = """
[[layer]]
name = "floor"
source = "field"
place = { quad = [[30, 60], [90, 60], [140, 90], [-20, 90]] }
"""
OUT = '\n[output]\npng = "build/{piece}.png"\npsd = "build/{piece}.psd"\n'


@pytest.fixture
def bash(studio: Studio) -> Studio:
    """A red ball on a green ground, and a field."""
    ball = np.full((80, 120, 3), (40, 170, 40), np.uint8)
    cv2.circle(ball, (60, 40), 20, (30, 30, 220), -1, cv2.LINE_AA)
    studio.paint("photos/ball.png", ball)
    studio.paint("photos/field.png", picture(5, 64, 64))
    return studio


def built(studio: Studio, text: str) -> np.ndarray:
    studio.write(text + OUT)
    ran = studio.build()
    assert ran.status == 0, ran.err
    return pixels(studio.folder / "build/piece.png")


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


def test_behind_a_split_figure_there_is_background_and_nothing_of_the_figure(bash: Studio) -> None:
    side = "foreground = { visible = false }\n"
    for method in ("push_pull", "patch"):
        shown = built(bash, PIECE + side + f'background = {{ infill_method = "{method}" }}\n')
        assert np.abs(shown - (40, 170, 40)).max() <= 6, f"{method} leaves red behind the ball"


@pytest.mark.parametrize("width", [0, 6])
def test_filters_of_the_background_never_see_the_figure(bash: Studio, width: float) -> None:
    blur = '[{ use = "blur", radius = 8 }]'
    side = "foreground = { visible = false }\n"
    shown = built(bash, PIECE + side + f"background = {{ infill = {width}, filter = {blur} }}\n")
    assert np.abs(shown - (40, 170, 40)).max() <= 6


def test_filters_of_a_foreground_never_see_the_background(bash: Studio) -> None:
    blur = '[{ use = "blur", radius = 6 }]'
    side = "background = { visible = false }\n"
    shown = built(bash, PIECE + side + f"foreground = {{ decontaminate = false, filter = {blur} }}\n")
    assert (shown[40, 44:76, 1] <= 50).all(), "green of the background was blurred into the ball"


def test_a_cut_out_has_no_background_in_its_edge(bash: Studio) -> None:
    shown = built(bash, PIECE + "background = { visible = false }\n")
    edge = shown[40, 38:44]
    assert (shown[5, 5] == (64, 80, 96)).all(), "the canvas shows beyond the cut-out"
    assert (edge[:, 1] <= 96).all(), "green of the old background shines through"


def test_a_split_whole_looks_like_the_photo(bash: Studio) -> None:
    shown = built(bash, PIECE)
    photo = pixels(bash.folder / "photos/ball.png")
    assert np.abs(shown - photo).mean() < 2


def test_each_side_is_painted_without_the_other(bash: Studio) -> None:
    style = '{ use = "moments", from = ["dots"], strength = 0.6, quality = "draft" }'
    one = built(bash, PIECE + f"foreground = {{ style = {style} }}\n")
    photo = cv2.imread(str(bash.folder / "photos/ball.png"))
    photo[:10] = (200, 0, 200)
    bash.paint("photos/ball.png", photo)
    other = built(bash, PIECE + f"foreground = {{ style = {style} }}\n")
    middle = np.s_[30:50, 50:70]
    assert np.array_equal(one[middle], other[middle]), "the figure saw the background"


def test_perspective_leaves_the_rest_of_the_canvas_alone(bash: Studio) -> None:
    shown = built(bash, PIECE.split("[[layer]]")[0] + FLOOR)
    assert (shown[:59] == (64, 80, 96)).all()
    assert (shown[75, 20:100] != (64, 80, 96)).any(axis=1).all()


def test_a_quad_with_a_dent_is_told_at_its_place(bash: Studio) -> None:
    bash.write(PIECE.split("[[layer]]")[0] + FLOOR.replace("[90, 60]", "[35, 70]") + OUT)
    ran = bash.build()
    assert ran.status == 2
    assert "piece.toml:24:18: error: quad of the placement" in ran.err
    assert "is not convex: the top right corner points inwards" in ran.err


def test_a_filter_acts_where_its_mask_shows_and_as_far_as_its_opacity(bash: Studio) -> None:
    head, layer = (
        PIECE.split("[[layer]]")[0],
        '[[layer]]\nname = "ball"\nsource = "ball"\nplace = { fit = "none" }\n',
    )
    dark = '[[layer.filter]]\nuse = "levels"\noutput_white = 0.0\n'
    shown = built(bash, head + layer + dark + 'mask = "ball"\n')
    assert (shown[40, 60] == 0).all()
    assert (shown[5, 5] == (40, 170, 40)).all()
    half = built(bash, head + layer + dark + "opacity = 0.5\n")
    assert np.abs(half[5, 5] - (20, 85, 20)).max() <= 1


def test_a_copy_of_everything_below_is_finished_without_touching_it(bash: Studio) -> None:
    copy = (
        '[[layer]]\nname = "finish"\ncopy = "below"\n[[layer.filter]]\nuse = "levels"\noutput_white = 0.0\n'
    )
    plain, finished = built(bash, PIECE), built(bash, PIECE + copy)
    assert (finished == 0).all()
    assert np.array_equal(built(bash, PIECE + copy + "opacity = 0.0\n"), plain)


def test_an_edit_to_a_matched_layer_reaches_the_layers_that_match_it(bash: Studio) -> None:
    matched = PIECE.split("[[layer]]")[0] + (
        '[[layer]]\nname = "ground"\nsource = "field"\n'
        '[[layer]]\nname = "ball"\nsource = "ball"\nplace = { fit = "none" }\nmask = "ball"\n'
        '[[layer.filter]]\nuse = "match"\nto = "ground"\nstrength = 1.0\n'
    )
    built(bash, matched)
    bash.paint("photos/field.png", picture(8, 64, 64))
    ran = bash.build()
    assert 'layer "ball" filter 1 (match)' in ran.rendered
    again = bash.build()
    assert "0 rendered" in again.out
