"""Colours from photograph to file: profiles, 16 bits from end to end, orientation once."""

from pathlib import Path
from zipfile import ZipFile

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import Resource

from composer.pixels.profile import srgb_profile
from tests.e2e.conftest import Studio
from tests.pixels import icc

ONE = """\
[canvas]
width = {width}
height = {height}

[source.photo]
file = "photos/{photo}"

[[layer]]
name = "photo"
source = "photo"
{layer}
[output]
{output}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Studio:
    """An empty project with a folder for photographs."""
    (tmp_path / "photos").mkdir()
    return Studio(tmp_path)


def _compose(
    desk: Studio, photo: str, output: str, layer: str = "", width: int = 48, height: int = 32
) -> None:
    desk.write(ONE.format(width=width, height=height, photo=photo, output=output, layer=layer))
    ran = desk.build()
    assert ran.status == 0, ran.err


def _deep_noise(width: int = 48, height: int = 32) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 65536, (height, width, 3)).astype(np.uint16)


def _png(desk: Studio, name: str = "build/piece.png") -> np.ndarray:
    """RGB or RGBA as it is stored."""
    return np.atleast_3d(imagecodecs.png_decode((desk.folder / name).read_bytes()))


@pytest.mark.parametrize("photo", ["deep.png", "deep.tif"])
@pytest.mark.parametrize("output", ['"build/piece.png"', '{ path = "build/piece.png", depth = 16 }'])
def test_sixteen_bits_go_through_untouched(desk: Studio, photo: str, output: str) -> None:
    deep = _deep_noise()
    if photo.endswith("png"):
        (desk.folder / "photos" / photo).write_bytes(imagecodecs.png_encode(deep))
    else:
        tifffile.imwrite(desk.folder / "photos" / photo, deep, photometric="rgb")
    _compose(desk, photo, f"png = {output}")
    assert np.array_equal(_png(desk), deep)


def test_eight_bits_of_a_deep_photo_are_rounded_once(desk: Studio) -> None:
    deep = _deep_noise()
    (desk.folder / "photos/deep.png").write_bytes(imagecodecs.png_encode(deep))
    _compose(desk, "deep.png", 'png = { path = "build/piece.png", depth = 8 }')
    assert np.array_equal(_png(desk), (deep.astype(np.uint32) + 128) // 257)


def test_every_layered_and_flat_format_carries_sixteen_bits(desk: Studio) -> None:
    """Half a photograph over a colour, against the same in doubles."""
    deep = _deep_noise()
    (desk.folder / "photos/deep.png").write_bytes(imagecodecs.png_encode(deep))
    formats = ("png", "tiff", "psd", "ora")
    _compose(
        desk,
        "deep.png",
        "\n".join(f'{word} = {{ path = "build/piece.{word}", depth = 16 }}' for word in formats),
        'opacity = 0.5\n[[layer]]\nname = "veil"\nfill = "#336699"\nopacity = 0.25\n',
    )
    veil = np.array([0x33, 0x66, 0x99]) / 255
    expected = np.dstack([0.0 * deep[..., :1], deep / 65535 * 0.5])[..., 1:]
    alpha = 0.5 * 0.75 + 0.25
    expected = (expected * 0.75 + veil * 0.25) / alpha
    merged = {
        "png": _png(desk),
        "tiff": tifffile.imread(desk.folder / "build/piece.tiff"),
        "ora": _in_ora(desk.folder / "build/piece.ora", "mergedimage.png"),
    }
    for word, stored in merged.items():
        assert stored.dtype == np.uint16, word
        assert np.abs(stored[..., 3] / 65535 - alpha).max() <= 1 / 65535, word
        assert np.abs(stored[..., :3] / 65535 - expected).max() <= 3 / 65535, word
    psd = PSDImage.open(desk.folder / "build/piece.psd")
    assert psd.depth == 16
    assert np.abs(psd[0].numpy("color") - deep / 65535).max() <= 0.6 / 65535


def _in_ora(path: Path, name: str) -> np.ndarray:
    with ZipFile(path) as file:
        return np.asarray(imagecodecs.png_decode(file.read(name)))


GRADIENT = 'opacity = 0.5\nmask = { use = "gradient", from = [0, 0], to = [512, 0] }\n'
BLURRED = GRADIENT + '[[layer.filter]]\nuse = "blur"\nradius = 6\n'


@pytest.mark.parametrize("layer", [GRADIENT, BLURRED])
def test_eight_bit_photos_give_no_bands_in_sixteen(desk: Studio, layer: str) -> None:
    """A dark ramp of 32 levels, blurred and faded, has more steps than 8 bits can tell."""
    ramp = np.tile(np.linspace(20, 52, 512).astype(np.uint8)[None, :, None], (16, 1, 3))
    desk.paint("photos/ramp.png", ramp)
    wide = {"width": 512, "height": 16}
    _compose(desk, "ramp.png", 'png = { path = "build/piece.png", depth = 16 }', layer, **wide)
    deep = _png(desk)
    assert deep.dtype == np.uint16
    row = deep[8, :, 3]
    assert len(np.unique(row)) > 400, "the mask itself has 16 bits"
    (desk.folder / "build/piece.png").unlink()
    _compose(desk, "ramp.png", 'png = "build/piece.png"', layer, **wide)
    assert _png(desk).dtype == np.uint8
    assert len(np.unique(_png(desk)[8, :, 3])) <= 129


def test_a_blurred_ramp_has_hundreds_of_levels(desk: Studio) -> None:
    ramp = np.tile(np.linspace(20, 52, 512).astype(np.uint8)[None, :, None], (16, 1, 3))
    desk.paint("photos/ramp.png", ramp)
    blur = '[[layer.filter]]\nuse = "blur"\nradius = 12\n'
    _compose(desk, "ramp.png", 'png = { path = "build/piece.png", depth = 16 }', blur, width=512, height=16)
    row = _png(desk)[8, :, 0]
    assert len(np.unique(row)) > 256
    assert np.diff(row.astype(int)).min() >= 0
    assert np.diff(row.astype(int)).max() < 257 / 4, "no step is as large as one of 8 bits"


def test_another_output_wanting_sixteen_bits_does_not_change_eight_bit_pictures(desk: Studio) -> None:
    deep = _deep_noise()
    (desk.folder / "photos/deep.png").write_bytes(imagecodecs.png_encode(deep))
    _compose(desk, "deep.png", 'png = { path = "build/piece.png", depth = 8 }\njpg = "build/piece.jpg"')
    shallow = _png(desk)
    _compose(
        desk,
        "deep.png",
        'png = { path = "build/piece.png", depth = 8 }\ntiff = { path = "build/piece.tif", depth = 16 }',
    )
    assert np.array_equal(_png(desk), shallow)


def test_a_wide_photo_is_the_same_picture_in_every_output(desk: Studio) -> None:
    steps = np.linspace(0, 255, 48).astype(np.uint8)
    photo = np.dstack([np.tile(steps, (32, 1)), np.full((32, 48), 160), np.full((32, 48), 60)]).astype(
        np.uint8
    )
    Image.fromarray(photo).save(desk.folder / "photos/wide.tif", icc_profile=icc.DISPLAY_P3.profile())
    formats = ("png", "tiff", "psd", "ora", "jpg", "webp")
    _compose(desk, "wide.tif", "\n".join(f'{word} = "build/piece.{word}"' for word in formats))
    expected = icc.DISPLAY_P3.in_srgb(photo / 255)
    for word in ("png", "tiff"):
        with Image.open(desk.folder / f"build/piece.{word}") as image:
            assert image.info["icc_profile"] == srgb_profile()
            assert np.abs(np.asarray(image) / 255 - expected).max() <= 1 / 255
    for word in ("jpg", "webp"):
        with Image.open(desk.folder / f"build/piece.{word}") as image:
            assert image.info["icc_profile"] == srgb_profile()
            assert np.abs(np.asarray(image) / 255 - expected).mean() <= 3 / 255
    psd = PSDImage.open(desk.folder / "build/piece.psd")
    assert psd.image_resources.get_data(Resource.ICC_PROFILE) == srgb_profile()
    assert np.abs(psd[0].numpy("color") - expected).max() <= 1 / 255


@pytest.mark.parametrize("orientation", [3, 6])
@pytest.mark.parametrize("photo", ["a.jpg", "a.png", "a.tif"])
def test_a_photo_on_its_side_is_turned_once(desk: Studio, orientation: int, photo: str) -> None:
    """And stays upright when what was written is read again: no output says that it must be turned."""
    stored = np.zeros((32, 48, 3), np.uint8)
    stored[:8, :8] = 255
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(stored).save(desk.folder / "photos" / photo, exif=exif, quality=100)
    turned = {3: stored[::-1, ::-1], 6: np.rot90(stored, -1)}[orientation]
    height, width = turned.shape[:2]
    formats = ("png", "tiff", "jpg", "webp")
    output = "\n".join(f'{word} = "build/piece.{word}"' for word in formats)
    _compose(desk, photo, output, width=width, height=height)
    for word in formats:
        with Image.open(desk.folder / f"build/piece.{word}") as image:
            assert 0x0112 not in image.getexif()
            assert np.abs(np.asarray(image.convert("RGB")).astype(int) - turned).mean() < 3
    (desk.folder / "photos/again.png").write_bytes((desk.folder / "build/piece.png").read_bytes())
    first = _png(desk)
    _compose(desk, "again.png", 'png = "build/piece.png"', width=width, height=height)
    assert np.array_equal(_png(desk), first)


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("png = { depth = 16 }", 'piece.toml:13:7: error: output "png" has no path'),
        ('png = { path = "a.png", depth = 12 }', "depth of output"),
        ('png = { path = "a.png", dept = 16 }', '"dept" is not a key of output "png"'),
        ('jpg = { path = "a.jpg", depth = 16 }', '"depth" is not a key of output "jpg"'),
        ('jpg = { path = "a.jpg", background = "blurple" }', "is not a colour"),
        ('png = { path = "{pieces}.png" }', "has {pieces} in its path"),
        ("png = 16", 'output "png" must be a path such as "build/{piece}.png", or a table with "path"'),
    ],
)
def test_mistakes_in_the_options_of_an_output_are_told(desk: Studio, output: str, message: str) -> None:
    desk.paint("photos/a.png", np.zeros((32, 48, 3), np.uint8))
    desk.write(ONE.format(width=48, height=32, photo="a.png", output=output, layer=""))
    ran = desk.build()
    assert ran.status == 2
    assert message in ran.err
    assert ran.err.count("error:") == 1


def test_one_file_asked_for_has_the_options_of_the_piece(desk: Studio) -> None:
    desk.paint("photos/a.png", np.full((32, 48, 3), 7, np.uint8))
    _compose(desk, "a.png", 'png = { path = "build/piece.png", depth = 16 }')
    ran = desk.build("-o", str(desk.folder / "look.png"), "-o", str(desk.folder / "look.jpg"))
    assert ran.status == 0, ran.err
    assert _png(desk, "look.png").dtype == np.uint16
    assert ran.rendered == {"export jpg"}, "all else is what the piece's own build came to"


def test_a_whole_piece_is_painted_in_sixteen_bits(studio: Studio) -> None:
    """Styles, filters, masks and blending; what a network paints comes out a little different."""
    assert studio.build().status == 0
    shallow = _png(studio).astype(float)
    studio.edit('png = "build/{piece}.png"', 'png = { path = "build/{piece}.png", depth = 16 }')
    ran = studio.build()
    assert ran.status == 0, ran.err
    deep = _png(studio)
    assert deep.dtype == np.uint16
    assert len(np.unique(deep[..., 0])) > 1000
    assert np.abs(deep / 257 - shallow).mean() < 12
    assert not any(node.startswith("source") for node in ran.rendered), "photographs are read once for both"
    psd = PSDImage.open(studio.folder / "build/piece.psd")
    assert psd.depth == 16
