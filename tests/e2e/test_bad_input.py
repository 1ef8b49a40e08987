"""Bad input to a whole build: every file is named with what to do, the rest is built, nothing hangs."""

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from tests.e2e.conftest import Studio, picture

HEAD = "[canvas]\nwidth = {width}\nheight = {height}\n\n"
LAYER = """\
[source.{name}]
file = "photos/{file}"

[[layer]]
name = "{name}"
source = "{name}"
{more}
"""
BOMB = b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\2\2D\1\0;"
OUTPUT = '[output]\npng = "build/piece.png"\n'


@pytest.fixture
def desk(tmp_path: Path) -> Studio:
    """An empty project with a good photograph."""
    studio = Studio(tmp_path)
    studio.paint("photos/good.png", picture(1, 60, 40))
    return studio


def _piece(desk: Studio, *files: str, more: str = "", width: int = 60, height: int = 40) -> None:
    """A piece with a layer for each file, named after it."""
    layers = [LAYER.format(name=Path(file).name.replace(".", "_"), file=file, more=more) for file in files]
    desk.write(HEAD.format(width=width, height=height) + "\n".join(layers) + OUTPUT)


def _write_broken(folder: Path) -> dict[str, str]:
    """File → what is to be told of it."""
    whole = cv2.imencode(".jpg", picture(2, 200, 150))[1].tobytes()
    (folder / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "garbled.jpg").write_bytes(whole[: len(whole) // 2] + whole[-2:])
    (folder / "cut.png").write_bytes((folder / "good.png").read_bytes()[:900])
    (folder / "bomb.gif").write_bytes(BOMB)
    (folder / "web.jpg").write_bytes(b"<!DOCTYPE html><html>Not found</html>")
    (folder / "empty.png").write_bytes(b"")
    (folder / "photo.nef").write_bytes(b"II*\0\x08\0\0\0" + bytes(200))
    (folder / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    tifffile.imwrite(folder / "float.tif", np.full((8, 8, 3), np.nan, np.float32), photometric="rgb")
    Image.new("CMYK", (8, 8)).save(folder / "print.tif")
    Image.new("RGB", (8, 8)).save(folder / "odd.png", icc_profile=b"no profile" * 20)
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    frames[0].save(folder / "moving.gif", save_all=True, append_images=frames[1:])
    return {
        "cut.jpg": "is damaged: it ends too early",
        "garbled.jpg": "is damaged: its pixels are not those that were written",
        "cut.png": "is damaged: it ends too early",
        "bomb.gif": "has 65535×65535 pixels: 4,295 megapixels, more than 500",
        "web.jpg": "is a web page, not a picture",
        "empty.png": "is empty",
        "photo.nef": "is a raw photograph",
        "phone.heic": "is a HEIC photograph",
        "float.tif": "has 32 bits a channel of floating point",
        "print.tif": "is CMYK without a profile",
        "odd.png": "has a colour profile that cannot be used",
        "moving.gif": "is an animation",
    }


def test_all_broken_files_are_told_in_one_build_and_the_rest_is_built(desk: Studio) -> None:
    broken = _write_broken(desk.folder / "photos")
    blur = '[[layer.filter]]\nuse = "blur"\nradius = 2\n'
    _piece(desk, "good.png", *broken, more=blur)
    ran = desk.build()
    assert ran.status == 1
    for file, what in broken.items():
        assert f"photos/{file} {what}" in ran.err
    assert ran.err.count("hint: ") == len(broken)
    assert "Traceback" not in ran.err
    assert 'layer "good_png" filter 1 (blur)' in ran.rendered, "what is whole is rendered, and kept"
    assert not (desk.folder / "build").exists()

    _piece(desk, "good.png", more=blur)
    again = desk.build()
    assert again.status == 0, again.err
    assert again.rendered == {"composite", "export png"}


def test_a_photograph_that_may_be_garbled_is_read_and_told_by_name(desk: Studio) -> None:
    whole = cv2.imencode(".jpg", picture(2, 200, 150))[1].tobytes()
    (desk.folder / "photos/odd.jpg").write_bytes(whole[:-2] + b"odd" + whole[-2:])
    _piece(desk, "odd.jpg")
    ran = desk.build()
    assert ran.status == 0, ran.err
    assert 'source "odd_jpg": photos/odd.jpg may be damaged, for 3 bytes are left behind' in ran.out


def test_libraries_do_not_speak_for_the_product(desk: Studio) -> None:
    """OpenCV, libpng and libtiff print to the terminal themselves; the artist reads one voice."""
    broken = _write_broken(desk.folder / "photos")
    _piece(desk, *broken)
    command = [sys.executable, "-m", "composer", "build", str(desk.piece), "--device", "cpu"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 1
    for line in ran.stderr.splitlines():
        assert line.startswith(("failed: source ", "   hint: ", "not made because of that: ")), line


def test_a_pipe_is_not_waited_for(desk: Studio) -> None:
    os.mkfifo(desk.folder / "photos/pipe.png")
    _piece(desk, "pipe.png")
    ran = desk.build()
    assert ran.status == 2
    assert '"photos/pipe.png" is not a file, but a pipe or a device' in ran.err


def test_a_pipe_where_an_output_belongs_is_not_read(desk: Studio) -> None:
    (desk.folder / "build").mkdir()
    os.mkfifo(desk.folder / "build/piece.png")
    _piece(desk, "good.png")
    ran = desk.build()
    assert ran.status == 1
    assert "build/piece.png: it is not a file" in ran.err


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("/etc/hostname", "leads out of the project folder"),
        ("/dev/zero", "leads out of the project folder"),
        ("../../outside.png", "leads out of the project folder"),
        ("photos", "is a folder"),
        ("circle.png", '"photos/link.png" is a link that leads round in a circle'),
        ("nowhere.png", '"photos/link.png" is a link to "nowhere.png", where there is no file'),
    ],
)
def test_links_are_followed_with_care(desk: Studio, target: str, message: str) -> None:
    (desk.folder / "photos/circle.png").symlink_to("circle.png")
    link = desk.folder / "photos/link.png"
    link.symlink_to(desk.folder / target if target == "photos" else target)
    (desk.folder.parent / "outside.png").write_bytes(b"")
    _piece(desk, "link.png")
    ran = desk.build()
    assert ran.status == 2
    assert message in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(desk: Studio) -> None:
    (desk.folder / "photos/good.png").chmod(0)
    _piece(desk, "good.png")
    ran = desk.build()
    assert ran.status == 1
    assert "photos/good.png: Permission denied" in ran.err


@pytest.mark.parametrize("crop", ["[0.5, 0.0, 0.5, 1.0]", "[0.0, 0.7, 1.0, 0.2]", "[0.0, 0.0, 1.0, nan]"])
def test_a_crop_of_nothing_is_a_mistake(desk: Studio, crop: str) -> None:
    _piece(desk, "good.png", more=f"place = {{ crop = {crop} }}")
    ran = desk.build()
    assert ran.status == 2
    assert "crop" in ran.err


def test_a_crop_of_less_than_a_pixel_is_a_pixel(desk: Studio) -> None:
    _piece(desk, "good.png", more="place = { crop = [0.5, 0.5, 0.5001, 0.5001], fit = 'stretch' }")
    assert desk.build().status == 0


@pytest.mark.parametrize("photo", ["1x1", "1x9000", "9000x1"])
@pytest.mark.parametrize("fit", ["contain", "cover", "stretch", "none"])
def test_slivers_are_placed(desk: Studio, photo: str, fit: str) -> None:
    width, height = map(int, photo.split("x"))
    desk.paint("photos/sliver.png", np.full((height, width, 3), 90, np.uint8))
    _piece(desk, "good.png", "sliver.png", more=f'place = {{ fit = "{fit}" }}')
    ran = desk.build()
    assert ran.status == 0, ran.err


MASKED = HEAD + LAYER + '[mask.hand]\nuse = "file"\nfile = "masks/hand.png"\n{place}\n' + OUTPUT


@pytest.mark.parametrize(
    ("size", "place", "status"),
    [
        ((60, 40), "", 0),
        ((600, 400), "", 0),
        ((40, 60), "", 1),
        ((60, 60), "", 1),
        ((60, 60), 'place = { fit = "contain" }', 0),
        ((60, 60), 'place = { fit = "stretch" }', 0),
        ((60, 60), 'place = "good"', 0),
    ],
)
def test_a_mask_out_of_shape_is_told_until_the_artist_says_how_it_lies(
    desk: Studio, size: tuple[int, int], place: str, status: int
) -> None:
    desk.paint("masks/hand.png", np.full((size[1], size[0]), 200, np.uint8))
    text = MASKED.format(width=60, height=40, name="good", file="good.png", more='mask = "hand"', place=place)
    desk.write(text)
    ran = desk.build()
    assert ran.status == status, ran.err
    if status:
        assert f"masks/hand.png is {size[0]}×{size[1]} and the canvas 60×40" in ran.err
        assert "place = " in ran.err


@pytest.mark.parametrize("place", ["{ scale = 0.5 }", "{ scale = 0.5, rotate = 10 }", "{ offset = [30, 0] }"])
@pytest.mark.parametrize("kind", ["white on black", "black on nothing"])
def test_beyond_the_picture_of_a_mask_is_hidden_and_within_it_is_what_it_shows(
    desk: Studio, place: str, kind: str
) -> None:
    hand = np.zeros((40, 60, 4), np.uint8)
    hand[10:30, 20:40, 3] = 255
    if kind == "white on black":
        hand = np.repeat(hand[..., 3:], 3, axis=2)
    desk.paint("masks/hand.png", hand)
    place = f"place = {place}"
    desk.write(
        MASKED.format(width=60, height=40, name="good", file="good.png", more='mask = "hand"', place=place)
    )
    ran = desk.build()
    assert ran.status == 0, ran.err
    alpha = np.asarray(Image.open(desk.folder / "build/piece.png"))[..., 3]
    shown = int((alpha > 127).sum())
    assert abs(shown - (200 if "offset" in place else 100)) <= 12
    assert alpha[0].max() == alpha[:, 0].max() == 0


def test_a_draft_of_a_piece_with_a_mask_is_not_refused_for_its_rounding(desk: Studio) -> None:
    desk.paint("masks/hand.png", np.full((400, 600), 200, np.uint8))
    desk.write(
        MASKED.format(width=60, height=40, name="good", file="good.png", more='mask = "hand"', place="")
    )
    for scale in ("0.5", "0.11", "0.03"):
        assert desk.build("--scale", scale).status == 0


def test_the_limit_of_megapixels_is_a_setting(desk: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    _piece(desk, "good.png")
    monkeypatch.setenv("COMPOSER_MAX_MEGAPIXELS", "0.001")
    ran = desk.build()
    assert ran.status == 1
    assert "photos/good.png has 60×40 pixels: 0.0024 megapixels, more than 0.001" in ran.err
    assert "COMPOSER_MAX_MEGAPIXELS" in ran.err
    monkeypatch.setenv("COMPOSER_MAX_MEGAPIXELS", "1")
    assert desk.build().status == 0


def test_a_path_that_leads_out_is_told_once(desk: Studio) -> None:
    _piece(desk, "../../outside.png")
    desk.edit("build/piece.png", "../piece.png")
    ran = desk.build()
    assert ran.status == 2
    assert ran.err.count("error: ") == 2


def test_a_piece_that_is_a_pipe_is_not_waited_for(desk: Studio) -> None:
    os.mkfifo(desk.piece)
    ran = desk.build()
    assert ran.status == 2
    assert "is not a file" in ran.err


def test_a_new_piece_does_not_begin_with_a_broken_photo(desk: Studio) -> None:
    photos, piece = desk.folder / "photos", desk.folder / "new/piece.toml"
    for file, what in _write_broken(photos).items():
        ran = desk.run("new", str(piece), "--photo", str(photos / file))
        assert ran.status == 1
        assert f"photos/{file} {what}" in ran.err
    assert not piece.parent.exists()


def test_a_new_piece_has_the_shape_of_an_upright_photo(desk: Studio) -> None:
    photo, piece = desk.folder / "photos/tall.jpg", desk.folder / "new/piece.toml"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (3200, 1000)).save(photo, exif=exif)
    made = desk.run("new", str(piece), "--photo", str(photo))
    assert made.status == 0, made.err
    assert "width      = 500" in piece.read_text()
    assert "height     = 1600" in piece.read_text()
