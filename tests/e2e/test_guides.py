"""What guides a style – regions, a protected part, where it starts, seeds – from the piece to the pixels."""

import re
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from psd_tools import PSDImage

from composer.pixels import codec
from composer.pixels.raster import Raster

from .conftest import Studio, picture

PIECE = """\
title = "A hill in two colours"
seed = 3

[canvas]
width = 144
height = 96

[source.hill]
file = "hill.png"

[source.ground]
file = "ground.png"

[style.red]
file = "red.png"

[style.blue]
file = "blue.png"

[mask.left]
use = "shape"
shape = "rectangle"
box = [0, 0, 48, 96]

[mask.middle]
use = "shape"
shape = "rectangle"
box = [48, 0, 48, 96]

[mask.core]
use = "shape"
shape = "rectangle"
box = [16, 32, 16, 32]

[[layer]]
name = "photo"
source = "hill"
place = { fit = "stretch" }

[[layer]]
name = "ground"
source = "ground"
place = { fit = "stretch" }

[[layer]]
name = "painted"
source = "hill"
place = "photo"

[layer.style]
use = "moments"
strength = 1.0
structure = 0.0
quality = "draft"
regions = { left = "red", middle = "blue" }
protect = "core"

[output]
psd = "build/{piece}.psd"
png = "build/{piece}.png"
"""
STYLE = 'layer "painted" style (moments)'
BELOW = {"composite", "export png", "export psd"}
LEFT, MIDDLE, RIGHT = (slice(None), slice(0, 48)), (slice(None), slice(48, 96)), (slice(None), slice(96, 144))
CORE = (slice(32, 64), slice(16, 32))
RED, BLUE = (90, 110, 180), (180, 120, 90)


def _tinted(seed: int, color: tuple[int, int, int]) -> np.ndarray:
    """A picture in shades of one colour (BGR)."""
    shade = picture(seed, 96, 96).astype(np.float32).mean(axis=2, keepdims=True) / 128
    return np.clip(shade * color, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built project, to be copied by each test."""
    studio = Studio(tmp_path_factory.mktemp("guides"))
    studio.paint("hill.png", picture(1, 144, 96))
    studio.paint("ground.png", picture(2, 144, 96))
    studio.paint("red.png", _tinted(3, RED))
    studio.paint("blue.png", _tinted(4, BLUE))
    studio.write(PIECE)
    ran = studio.build()
    assert ran.status == 0, ran.err
    return studio.folder


@pytest.fixture
def studio(built: Path, tmp_path: Path) -> Studio:
    shutil.copytree(built, tmp_path / "project")
    return Studio(tmp_path / "project")


def _pixels(studio: Studio, layer: str) -> np.ndarray:
    """The finished pixels of a layer that fills the canvas, RGBA."""
    value = codec.decode(studio.blob_of(re.escape(layer)).read_bytes())
    assert isinstance(value, Raster)
    assert value.pixels.shape == (96, 144, 4)
    return value.pixels


def _built(studio: Studio) -> None:
    ran = studio.build()
    assert ran.status == 0, ran.err


def _far(pixels: np.ndarray, color: tuple[int, int, int]) -> float:
    """How far the mean colour of RGBA pixels is from a BGR colour."""
    blue, green, red = color
    return float(np.linalg.norm(pixels[..., :3].reshape(-1, 3).mean(axis=0) - (red, green, blue)))


def _apart(one: np.ndarray, other: np.ndarray) -> float:
    """How far two pictures are from each other, level by level."""
    return float(np.abs(one.astype(int) - other).mean())


def _mean(studio: Studio, style: str) -> tuple[int, int, int]:
    image = cv2.imread(str(studio.folder / f"{style}.png"))
    blue, green, red = (int(v) for v in image.reshape(-1, 3).mean(axis=0))
    return blue, green, red


def test_each_region_takes_the_colours_of_its_own_style(studio: Studio) -> None:
    photo, painted = _pixels(studio, "photo"), _pixels(studio, "painted")
    for part, own, other in ((LEFT, "red", "blue"), (MIDDLE, "blue", "red")):
        near, far = _mean(studio, own), _mean(studio, other)
        assert _far(painted[part], near) < 0.6 * _far(photo[part], near)
        assert _far(painted[part], near) < 0.5 * _far(painted[part], far)


def test_what_is_protected_and_what_no_region_shows_stays_to_the_bit(studio: Studio) -> None:
    photo, painted = _pixels(studio, "photo"), _pixels(studio, "painted")
    assert np.array_equal(painted[CORE], photo[CORE])
    assert np.array_equal(painted[RIGHT], photo[RIGHT])
    assert not np.array_equal(painted[LEFT], photo[LEFT])


def test_beside_regions_from_paints_the_rest(studio: Studio) -> None:
    studio.edit('protect = "core"', 'protect = "core"\nfrom = ["red"]')
    _built(studio)
    photo, painted = _pixels(studio, "photo"), _pixels(studio, "painted")
    red = _mean(studio, "red")
    assert _far(painted[RIGHT], red) < 0.6 * _far(photo[RIGHT], red)
    assert np.array_equal(painted[CORE], photo[CORE])


def test_a_layer_that_is_all_protected_is_its_content(studio: Studio) -> None:
    studio.edit('protect = "core"', 'protect = "core | !core"')
    _built(studio)
    assert np.array_equal(_pixels(studio, "painted"), _pixels(studio, "photo"))


def test_a_region_that_shows_nothing_takes_no_part(studio: Studio) -> None:
    studio.edit("middle = ", '"middle & !middle" = ')
    _built(studio)
    photo, painted = _pixels(studio, "photo"), _pixels(studio, "painted")
    assert np.array_equal(painted[MIDDLE], photo[MIDDLE])
    assert not np.array_equal(painted[LEFT], photo[LEFT])


@pytest.mark.parametrize("init", ["below", "noise"])
def test_where_the_painting_starts_shows(studio: Studio, init: str) -> None:
    before = _pixels(studio, "painted")
    studio.edit('protect = "core"', f'protect = "core"\ninit = "{init}"')
    assert studio.build().rendered == {STYLE, *BELOW}
    after, photo = _pixels(studio, "painted"), _pixels(studio, "photo")
    assert not np.array_equal(after[LEFT], before[LEFT])
    assert np.array_equal(after[CORE], photo[CORE])


@pytest.mark.parametrize(("controls", "nearer"), [("strength = 1.0\nstructure = 0.0\n", 0.98), ("", 0.75)])
def test_a_painting_on_the_layer_below_lets_it_show(studio: Studio, controls: str, nearer: float) -> None:
    """Even where the style goes all the way and the layout may dissolve."""
    studio.edit("strength = 1.0\nstructure = 0.0\n", controls)
    _built(studio)
    ground, from_content = _pixels(studio, "ground")[LEFT], _pixels(studio, "painted")[LEFT]
    studio.edit('protect = "core"', 'protect = "core"\ninit = "below"')
    _built(studio)
    assert _apart(_pixels(studio, "painted")[LEFT], ground) < nearer * _apart(from_content, ground)


def test_only_what_the_mask_of_a_region_touches_runs_again(studio: Studio) -> None:
    studio.edit("box = [48, 0, 48, 96]", "box = [48, 0, 40, 96]")
    assert studio.build().rendered == {'mask "middle"', STYLE, *BELOW}


def test_a_mask_under_another_name_runs_nothing(studio: Studio) -> None:
    studio.edit("[mask.left]", "[mask.west]")
    studio.edit("{ left =", "{ west =")
    studio.edit("[mask.core]", "[mask.heart]")
    studio.edit('protect = "core"', 'protect = "heart"')
    assert studio.build().rendered == set()


def test_a_mask_drawn_otherwise_with_the_same_pixels_runs_alone(studio: Studio) -> None:
    studio.edit("box = [0, 0, 48, 96]", "box = [-9, -9, 57, 120]")
    assert studio.build().rendered == {'mask "left"'}


def test_another_style_for_one_region_runs_the_layer(studio: Studio) -> None:
    studio.edit('middle = "blue"', 'middle = "red"')
    assert studio.build().rendered == {STYLE, *BELOW}


def test_explain_names_the_region_that_changed(studio: Studio) -> None:
    studio.edit('middle = "blue"', 'middle = "red"')
    told = studio.run("explain", str(studio.piece), "--device", "cpu").out
    assert f"{STYLE} would run\n    input region 1 style 0: " in told


def test_versions_are_a_group_in_the_psd_and_the_first_one_in_the_picture(studio: Studio) -> None:
    studio.edit('protect = "core"', 'protect = "core"\nseed = 7\ninit = "noise"')
    studio.edit('place = "photo"', 'place = "photo"\nmask = "!middle"\nblend = "screen"\nopacity = 0.5')
    _built(studio)
    alone = cv2.imread(str(studio.folder / "build/piece.png"), cv2.IMREAD_UNCHANGED)
    studio.edit("seed = 7", "seed = [7, 8]")
    assert studio.build().rendered <= {f"{STYLE} seed 8", *BELOW}
    assert np.array_equal(cv2.imread(str(studio.folder / "build/piece.png"), cv2.IMREAD_UNCHANGED), alone)
    assert not np.array_equal(_pixels(studio, "painted (seed 7)"), _pixels(studio, "painted (seed 8)"))

    group = list(PSDImage.open(studio.folder / "build/piece.psd"))[-1]
    assert (group.name, group.blend_mode.name, group.is_visible()) == ("painted", "SCREEN", True)
    assert [(layer.name, layer.visible) for layer in group] == [
        ("painted (seed 7)", True),
        ("painted (seed 8)", False),
    ]
    assert group.mask is not None
    assert not group[0].has_mask()


def test_a_png_alone_paints_only_the_version_that_shows(studio: Studio, tmp_path: Path) -> None:
    studio.edit('protect = "core"', 'protect = "core"\nseed = [7, 8]')
    ran = studio.build("-o", str(tmp_path / "picture.png"))
    assert ran.status == 0, ran.err
    assert f"{STYLE} seed 7" in ran.rendered
    assert f"{STYLE} seed 8" not in ran.rendered
