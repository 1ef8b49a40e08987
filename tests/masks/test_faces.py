"""Masks of faces and eyes: where the artist says, or where they are found."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage
from PIL import Image

from composer import registry
from composer.errors import OperationError
from composer.pixels.raster import Mask, Raster

CONTENTS = Path(__file__).parents[2] / ".." / "shared" / "assets" / "contents"
MATERIAL = pytest.mark.skipif(
    not CONTENTS.is_dir(), reason="the shared test material is not beside the project"
)


def run(name: str, image: Raster, **knobs: object) -> Mask:
    extension = registry.find("mask", name)
    mask = extension.function(image, extension.params.model_validate(knobs))
    assert isinstance(mask, Mask)
    return mask


def photograph(name: str, depth: int = 8) -> Raster:
    pixels = np.asarray(Image.open(CONTENTS / name).convert("RGBA"))
    return Raster(pixels if depth == 8 else pixels.astype(np.uint16) * 257)


def blank(height: int = 100, width: int = 120, alpha: int = 255) -> Raster:
    return Raster(np.full((height, width, 4), (90, 120, 150, alpha), np.uint8))


@pytest.mark.parametrize("name", ["face", "eyes"])
@pytest.mark.parametrize("size", [1.0, 0.5])
def test_ovals_are_where_the_artist_says(name: str, size: float) -> None:
    mask = run(name, blank(), at=[[10, 20, 40, 30], [70, 50, 30, 40]], size=size, softness=0)
    areas = size**2 * np.pi / 4 * (40 * 30 + 30 * 40)
    assert mask.to_float().sum() == pytest.approx(areas, rel=0.03)
    assert mask.values[35, 30] == mask.values[70, 85] == 255
    assert mask.values[5, 5] == 0
    assert mask.confidence is None, "nothing was guessed"


def test_a_soft_oval_fades_to_both_sides_of_its_rim() -> None:
    row = run("face", blank(), at=[[20, 20, 80, 60]], softness=0.5).to_float()[50]
    assert row[20] == pytest.approx(0.5, abs=0.05)
    assert 0 < row[10] < row[30] < row[60] == 1


@pytest.mark.parametrize("name", ["face", "eyes"])
def test_ovals_may_leave_the_canvas_and_stay_within_the_layer(name: str) -> None:
    pixels = blank().pixels.copy()
    pixels[:, :60, 3] = 0
    mask = run(name, Raster(pixels), at=[[-500, -500, 1000, 1000], [5000, 0, 9, 9]])
    assert mask.values[50, 70] == 255
    assert not mask.values[:, :60].any()


@pytest.mark.parametrize("name", ["face", "eyes"])
@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (1, 9), (5, 2), (60, 80)])
@pytest.mark.parametrize("alpha", [0, 255])
def test_nothing_found_is_an_empty_mask_of_no_confidence(
    name: str, shape: tuple[int, int], alpha: int
) -> None:
    mask = run(name, blank(*shape, alpha=alpha))
    assert mask.values.shape == shape
    assert not mask.values.any()
    assert mask.confidence == 0


def test_an_opencv_without_cascades_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(cv2, "CascadeClassifier")
    with pytest.raises(OperationError, match=r"has no cascades[\s\S]*or say where they are: at ="):
        run("face", blank())
    assert run("face", blank(), at=[[10, 10, 50, 50]]).values.any()


@MATERIAL
@pytest.mark.parametrize("depth", [8, 16])
def test_a_face_and_its_two_eyes_are_found(depth: int) -> None:
    portrait = photograph("astronaut.png", depth)
    face, eyes = run("face", portrait), run("eyes", portrait)
    assert face.depth == eyes.depth == depth
    assert min(face.confidence or 0, eyes.confidence or 0) > 0.7
    assert 0.01 < face.to_float().mean() < 0.05
    count, _ = cv2.connectedComponents((eyes.to_float() > 0.5).astype(np.uint8))
    assert count - 1 == 2
    assert (face.to_float()[eyes.to_float() > 0.5] > 0.5).all(), "eyes are in the face"


@MATERIAL
def test_a_tilted_face_under_a_hat_is_found() -> None:
    portrait = photograph("kodak04_portrait_red_hat.png")
    shown = run("face", portrait).to_float()
    assert shown[400, 250] == 1
    assert shown[60, 250] == 0, "the hat is no face"
    eyes = run("eyes", portrait).to_float()
    assert eyes[324, 222] > 0.9
    assert eyes[347, 347] > 0.9


@MATERIAL
@pytest.mark.parametrize("name", ["kodak22_landscape_barn.png", "chelsea_cat.png", "coffee.png"])
def test_no_person_no_face(name: str) -> None:
    assert run("face", photograph(name)).confidence == 0
    assert not run("eyes", photograph(name)).values.any()


@pytest.mark.parametrize("scale", [0.5, 0.25, 0.15])
def test_a_draft_has_the_eyes_of_the_final(scale: float) -> None:
    astronaut = Image.open(Path(skimage.__file__).parent / "data" / "astronaut.png").convert("RGBA")
    side = round(512 * scale)
    draft = Raster(np.asarray(astronaut.resize((side, side), Image.Resampling.LANCZOS)))
    found = cv2.resize(run("eyes", draft).values, (512, 512), interpolation=cv2.INTER_LINEAR) > 127
    final = run("eyes", Raster(np.asarray(astronaut))).values > 127
    assert (found & final).sum() > 0.3 * (found | final).sum()
