"""Strange names and numbers: what a file system takes is built, what none takes is told at its place."""

import os
from pathlib import Path

import pytest
from psd_tools import PSDImage

from tests.e2e.conftest import Ran, Studio, picture

PIECE = """\
[canvas]
width = 60
height = 40

[source.a]
file = "{file}"

[[layer]]
name = "{name}"
source = "a"
{more}

[output]
png = "{output}"
psd = "build/p.psd"
ora = "build/p.ora"
"""
HUGE = "9" * 400


@pytest.fixture
def desk(tmp_path: Path) -> Studio:
    """A project with a good photograph."""
    studio = Studio(tmp_path)
    studio.paint("photos/good.png", picture(1, 60, 40))
    return studio


def _built(
    desk: Studio, file: str = "photos/good.png", name: str = "a", output: str = "build/p.png", more: str = ""
) -> Ran:
    desk.write(PIECE.format(file=file, name=name, output=output, more=more))
    return desk.build()


@pytest.mark.parametrize(
    "name",
    ["ünï cödé  spaces.png", "雨 🎨.png", "it's [a] #1%20&{x}.png", "CON.png", "aux", " .png", "-rf.png"],
)
def test_any_name_of_a_file_will_do(desk: Studio, name: str) -> None:
    (desk.folder / "photos/good.png").rename(desk.folder / "photos" / name)
    ran = _built(desk, file=f"photos/{name}", output="build/" + name.replace("{x}", "") + ".png")
    assert ran.status == 0, ran.err
    assert (desk.folder / "build" / (name.replace("{x}", "") + ".png")).is_file()


@pytest.mark.parametrize(
    "name", ["雨 🎨 \\u202e rtl", "two\\nlines\\u0007\\u001b[31m", "a\\u0000b\\u000b\\ufffe", "x" * 3000]
)
def test_any_name_of_a_layer_will_do(desk: Studio, name: str) -> None:
    ran = _built(desk, name=name)
    assert ran.status == 0, ran.err
    assert "\x1b" not in ran.out + ran.err
    assert len(PSDImage.open(desk.folder / "build/p.psd")) == 1


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("photos/good\\u0000.png", "has a control character in its path"),
        ("photos/new\\nline.png", "has a control character in its path"),
        ("photos/" + "z" * 300 + ".png", "has a name of more than 250 bytes in its path"),
        ("photos/good.png/inside.png", 'there is no file "photos/good.png/inside.png"'),
        (" ", 'there is no file " "'),
        (".", '"." is a folder'),
        ("photos", '"photos" is a folder'),
    ],
)
def test_what_can_be_no_file_is_told_at_its_place(desk: Studio, file: str, message: str) -> None:
    ran = _built(desk, file=file)
    assert ran.status == 2
    assert ran.err.startswith("piece.toml:6:8: error: ")
    assert message in ran.err
    assert ran.err.count("error: ") == 1


def test_the_name_of_an_output_may_be_too_long_too(desk: Studio) -> None:
    ran = _built(desk, output="build/" + "y" * 300 + ".png")
    assert ran.status == 2
    assert 'piece.toml:14:7: error: output "png" has a name of more than 250 bytes in its path' in ran.err


@pytest.mark.parametrize(
    "more",
    [
        f"opacity = {HUGE}",
        f"place = {{ offset = [{HUGE}, 0] }}",
        f'[[layer.filter]]\nuse = "blur"\nradius = {HUGE}',
        f'[[layer.filter]]\nuse = "eye_light"\nat = [[{HUGE}, 1]]',
        "opacity = nan",
        "place = { offset = [inf, 0] }",
        '[[layer.filter]]\nuse = "blur"\nradius = -inf',
        "place = { crop = [nan, 0.0, 1.0, 1.0] }",
        "place = { quad = [[nan, 0], [1, 0], [1, 1], [0, 1]] }",
        'mask = { use = "gradient", from = [0, 0], to = [0, 9], feather = nan }',
        'mask = { use = "eyes", of = "a", at = [[1, 1, -5, 5]] }',
        'mask = { use = "face", of = "a", at = [[1, 1, 5, 0]] }',
        'mask = { use = "face", of = "a", at = [[1e30, 1, 5, 5]] }',
    ],
)
def test_numbers_that_mean_nothing_are_told_at_their_place(desk: Studio, more: str) -> None:
    ran = _built(desk, more=more)
    assert ran.status == 2
    assert ran.err.startswith(f"piece.toml:{11 + more.count(chr(10))}:")
    assert "mistake in Composer" not in ran.err


@pytest.mark.parametrize("key", ["width", "height"])
def test_so_are_sizes_of_a_canvas(desk: Studio, key: str) -> None:
    desk.write(PIECE.format(file="photos/good.png", name="a", output="build/p.png", more=""))
    desk.edit(f"{key} = ", f"{key} = {HUGE}")
    ran = desk.build()
    assert ran.status == 2
    assert f"{key} of the canvas must be at most 300000, is a number that is far too large" in ran.err


def test_names_that_are_not_utf8_are_told_and_never_offered(desk: Studio) -> None:
    (desk.folder / "photos" / os.fsdecode(b"caf\xe9.png")).write_bytes(b"")
    ran = _built(desk, file="photos/café.png")
    assert ran.status == 2
    assert 'there is no file "photos/café.png"' in ran.err
    assert "\\udc" not in ran.err
    piece = desk.piece.rename(desk.folder / os.fsdecode(b"p\xe9.toml"))
    told = desk.run("build", str(piece), "--device", "cpu")
    assert told.status == 2
    assert "is not UTF-8\n   hint: rename the piece file" in told.err
